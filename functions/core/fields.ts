import * as z from 'zod/mini';
import { CODE_LENGTH, parseCode } from './code.ts';
import { countryCodes } from './countries.ts';
import { currencyCodes, MAX_AMOUNT } from './money.ts';

/** Field schemas shared by entities and contracts. Functions, so that each is made only where it is used. */
export const languages = ['es', 'pt', 'en'] as const;
export type Language = (typeof languages)[number];

export const idField = () => z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'must be an id of 26 characters'));
export const slugField = () =>
  z
    .string()
    .check(
      z.minLength(2),
      z.maxLength(40),
      z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters and digits, joined by single dashes'),
    );
/** Text that can be stored: half a surrogate pair can't. */
const wellFormed = () => z.refine<string>((text) => text.isWellFormed(), 'must be well-formed Unicode');
export const textField = (maxLength: number) =>
  z.string().check(z.trim(), z.minLength(1), z.maxLength(maxLength), wellFormed());
export const optionalTextField = (maxLength: number) =>
  z._default(z.string().check(z.trim(), z.maxLength(maxLength), wellFormed()), '');
export const timeField = () => z.iso.datetime({ precision: 3 });
export const languageField = () => z.enum(languages);
export const currencyField = () => z.enum(currencyCodes);
export const countryField = () => z.enum(countryCodes);
export const amountField = () => z.int().check(z.minimum(0), z.maximum(MAX_AMOUNT));
/** A sum of amounts. */
export const sumField = () => z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER));
export const countField = (maximum = 1_000_000) => z.int().check(z.minimum(0), z.maximum(maximum));
export const quantityField = (maximum = 1_000_000) => z.int().check(z.minimum(1), z.maximum(maximum));

/** An IANA time zone name that this runtime knows. Offsets (`+03:00`) are none, though newer runtimes take them. */
export const timeZoneField = () =>
  z.string().check(
    z.maxLength(64),
    z.refine((name) => isTimeZone(name), 'must be an IANA time zone, like America/Argentina/Buenos_Aires'),
  );

const isTimeZone = (name: string): boolean => {
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

/** A checkout code in a path, read as people write it; what can't be a code stays as it is and is simply not found. */
export const codeField = () =>
  z.pipe(
    z.string().check(z.maxLength(64)),
    z.transform((text) => parseCode(text) ?? 'x'.repeat(CODE_LENGTH)),
  );

/** `limit` and `cursor` of a list, as they stand in a query string. */
export const pageFields = (defaultLimit: number, maxLimit: number) => ({
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(maxLimit)), defaultLimit),
  cursor: z.optional(z.string().check(z.maxLength(1000))),
});

/** One page of a list, as the API answers. */
export const pageOf = <Item extends z.ZodMiniType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.optional(z.string()) });
