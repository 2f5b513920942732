/**
 * Reads a phone written in full international form (`+54 9 11 2345-6789`, `0054…`) and gives E.164; undefined for all
 * else. Knows no country's numbering plan, whose rules would take a sixth of a function's size: who types a local number
 * is helped by the page.
 */
export const internationalPhone = (text: string): string | undefined => {
  const phone = text.replace(/[\s().-]/g, '').replace(/^00/, '+');
  return /^\+[1-9]\d{7,14}$/.test(phone) ? phone : undefined;
};
