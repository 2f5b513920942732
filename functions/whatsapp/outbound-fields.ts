import * as z from 'zod/mini';

/**
 * How many characters a text has. Meta's pages do not say whether an emoji counts as one or as two: we take the stricter,
 * for what we let pass should not be refused.
 */
const lengthOf = (text: string): number => text.length;

/** Text of one to `most` characters that can be stored and sent: not blank, and no half of a surrogate pair. */
export const metaText = (most: number) =>
  z.string().check(
    z.refine((text) => text.trim() !== '', 'must not be empty'),
    z.refine((text) => lengthOf(text) <= most, `must have at most ${most} characters`),
    z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
  );

/** Text on one line: what stands on a button or a row. */
export const lineText = (most: number) =>
  metaText(most).check(z.refine((text) => !/[\r\n\t]/.test(text), 'must stand on one line'));

/** An id that comes back when a button or a row is chosen. */
export const replyId = (most: number) =>
  lineText(most).check(z.refine((id) => id.trim() === id, 'must not begin or end with a space'));

/** An address that the recipient, or Meta, opens. */
export const webAddress = () =>
  z.string().check(
    z.maxLength(2000),
    z.refine(
      (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
      'must be an address that begins with https://',
    ),
  );

/** Items that may not repeat, each by what makes it the same. */
export const unique = <Item>(what: (item: Item) => string, message: string) =>
  z.refine<readonly Item[]>((items) => new Set(items.map(what)).size === items.length, message);

/** Meta's id of an object: digits. */
export const objectId = () => z.string().check(z.regex(/^\d{1,32}$/, 'must be an id of Meta’s, digits only'));

/** The SKU of a product in a Meta catalogue. */
export const retailerId = () => lineText(100);
