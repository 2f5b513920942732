/**
 * One key for all ways in which the same person's number reaches us: WhatsApp drops or adds Argentina's 9, Mexico's 1
 * and Brazil's ninth digit. For matching only; a message always goes to the number as it was received.
 */
export const phoneKey = (e164: string): string => {
  const digits = e164.replace(/\D/g, '');
  if (/^549\d{10}$/.test(digits)) return `54${digits.slice(3)}`;
  if (/^521\d{10}$/.test(digits)) return `52${digits.slice(3)}`;
  if (/^55\d{2}9\d{8}$/.test(digits)) return digits.slice(0, 4) + digits.slice(5);
  return digits;
};
