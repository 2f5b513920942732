/** An object of Meta's JSON. Nothing is taken for granted about its members. */
export type Fields = Readonly<Record<string, unknown>>;

/** True for an object, and for no array. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of an object; none of anything else. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** The items of a list; none of anything else. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Text as it can be stored: half a surrogate pair becomes a replacement character. Undefined for what is no text. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.toWellFormed() : undefined;

/** An id or a word of Meta's, which may come as a number. Undefined when empty or missing. */
export const idOf = (value: unknown): string | undefined => {
  const text = typeof value === 'number' ? String(value) : textOf(value);
  return text === '' ? undefined : text;
};

/** A number, which may come as text. Undefined for what is none. */
export const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};

/** Only a word that says so: Meta's booleans have come as text. */
export const flagOf = (value: unknown): boolean => value === true || value === 'true';

const EARLIEST = Date.UTC(2009, 0);
const LATEST = Date.UTC(2100, 0);
/** Above this, a number counts milliseconds and not seconds. */
const LARGEST_SECONDS = 1e11;

const millisecondsOf = (value: unknown): number => {
  const count = numberOf(value);
  if (count !== undefined) return count > LARGEST_SECONDS ? count : count * 1000;
  // Lead forms write an offset without its colon.
  return Date.parse((textOf(value) ?? '').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
};

/**
 * A moment of Meta's as ISO 8601 with milliseconds: seconds since 1970 as a number or as text, or a written date.
 * Undefined for what is none, or can't be true.
 */
export const timeOf = (value: unknown): string | undefined => {
  const at = millisecondsOf(value);
  return at >= EARLIEST && at <= LATEST ? new Date(at).toISOString() : undefined;
};
