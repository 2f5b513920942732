import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/core';
import type { Country } from './countries.ts';
import { phoneMetadata } from './phone-metadata.ts';

const E164 = /^\+[1-9]\d{7,14}$/;

/** Argentina's mobile numbers are dialled from abroad, and known to WhatsApp, with a 9 after the country code. */
const withArgentineNine = (e164: string): string => e164.replace(/^\+54(?!9)(\d{10})$/, '+549$1');

/** Mexico's mobile numbers had a 1 after the country code until 2019, and WhatsApp still shows it; metadata refuses it. */
const withoutMexicanOne = (text: string, country: Country): string => {
  const digits = text.replace(/[\s().-]/g, '');
  const [, national] = /^\+521(\d{10})$/.exec(country === 'MX' ? digits.replace(/^521/, '+521') : digits) ?? [];
  return national ? `+52${national}` : text;
};

/**
 * Reads a phone as a shopper types it, with the shop's country as the default (`011 15-2345-6789` in Argentina),
 * and gives E.164. Undefined when it can't be a phone. A number from a country we do not know is taken as it is when
 * written in full international form.
 */
export const parsePhone = (text: string, country: Country): string | undefined => {
  const trimmed = withoutMexicanOne(text.trim().replace(/^00/, '+'), country);
  const parsed = parsePhoneNumberFromString(trimmed, country as CountryCode, phoneMetadata());
  if (parsed?.isValid()) return parsed.country === 'AR' ? withArgentineNine(parsed.number) : parsed.number;
  if (parsed?.country !== undefined) return undefined;
  const international = trimmed.replace(/[\s().-]/g, '');
  return E164.test(international) ? international : undefined;
};
