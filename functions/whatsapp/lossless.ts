/** The language's own reviver tells each number's source since Node 21; TypeScript's library does not know yet. */
type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown;
const parse = JSON.parse as (text: string, reviver: SourceReviver) => unknown;

/** Cheap to test, and nearly never true: a number long enough, or with an exponent, to be one that loses digits. */
const MAY_LOSE_DIGITS = /(?:^|[:,[\s])-?(?:\d{16}|\d+(?:\.\d+)?[eE])/;

const isLost = (value: number, source: string): boolean =>
  !Number.isFinite(value) || (/^-?[1-9]\d*$/.test(source) && String(value) !== source);

/**
 * Parses JSON. An integer that a JavaScript number would change (Meta's ids go beyond 2^53) becomes the text of its
 * digits; any other value is as `JSON.parse` gives it. Throws `SyntaxError` for what is no JSON.
 */
export const parseLossless = (text: string): unknown => {
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text);
  return parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && isLost(value, source) ? source : value,
  );
};
