type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;
type NewJson = { parse(text: string, reviver: Reviver): unknown; rawJSON(text: string): unknown };
const json = JSON as unknown as NewJson;

/**
 * Parses so that writing again loses no digit: a number that JavaScript would change (ids beyond 2^53) is kept as its
 * own text, which `JSON.stringify` writes as it was. The language's own means are used, so there is no second parser.
 */
export const parseLossless = (text: string): unknown =>
  json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  );
