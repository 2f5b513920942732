import { GraphRefusal } from '../graph-refusal.ts';

/** A JSON object of a send, and where it is. */
export interface Part {
  path: string;
  members: Readonly<Record<string, unknown>>;
}

interface TextRule {
  most: number;
  /** @default 1 */
  least?: number;
}

const at = (path: string, key: string): string => (path === '' ? key : `${path}['${key}']`);

/** A part is not as it must be. */
export const invalid = (details: string): GraphRefusal => new GraphRefusal(131009, details);
export const missing = (path: string): GraphRefusal => new GraphRefusal(131008, `The parameter ${path} is required.`);
const malformed = (details: string): GraphRefusal => new GraphRefusal(100, details);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes a value as an object with no other members than these. Throws 100 as Meta does on an unexpected key. */
export const openPart = (value: unknown, path: string, keys: readonly string[]): Part => {
  if (!isObject(value)) throw malformed(`Param ${path} must be a JSON object.`);
  const stranger = Object.keys(value).find((key) => !keys.includes(key));
  if (stranger !== undefined) throw malformed(`Unexpected key "${stranger}" on param "${path}".`);
  return { path, members: value };
};

/** A member that is an object. */
export const partOf = (part: Part, key: string, keys: readonly string[]): Part => {
  const value = part.members[key];
  if (value === undefined) throw missing(at(part.path, key));
  return openPart(value, at(part.path, key), keys);
};

/** The same where it may be left out. */
export const maybePartOf = (part: Part, key: string, keys: readonly string[]): Part | undefined =>
  part.members[key] === undefined ? undefined : partOf(part, key, keys);

/** A member that is a text; its length counts in UTF-16 units. */
export const textOf = (part: Part, key: string, { most, least = 1 }: TextRule): string => {
  const value = part.members[key];
  const path = at(part.path, key);
  if (value === undefined || value === null) throw missing(path);
  if (typeof value !== 'string') throw malformed(`Param ${path} must be a string.`);
  if (value.trim().length < least) throw invalid(`${path} must have at least ${least} characters.`);
  if (value.length > most) throw invalid(`${path} length invalid. Min length: ${least}, Max length: ${most}.`);
  return value;
};

export const maybeTextOf = (part: Part, key: string, rule: TextRule): string | undefined =>
  part.members[key] === undefined ? undefined : textOf(part, key, rule);

/** A member that is one of some words. */
export const wordOf = <Word extends string>(part: Part, key: string, words: readonly Word[]): Word => {
  const value = textOf(part, key, { most: 200 });
  const word = words.find((one) => one === value);
  if (word === undefined)
    throw malformed(`Param ${at(part.path, key)} must be one of {${words.join(', ')}} - got "${value}".`);
  return word;
};

/** A member that is a list. */
export const listOf = (part: Part, key: string, { least, most }: { least: number; most: number }): unknown[] => {
  const value = part.members[key];
  const path = at(part.path, key);
  if (value === undefined) throw missing(path);
  if (!Array.isArray(value)) throw malformed(`Param ${path} must be an array.`);
  if (value.length < least || value.length > most) {
    throw invalid(`${path}: min ${least}, max ${most} entries are allowed, not ${value.length}.`);
  }
  return value;
};

/** A member that is a list of objects. */
export const partsOf = (
  part: Part,
  key: string,
  keys: readonly string[],
  range: { least: number; most: number },
): Part[] => listOf(part, key, range).map((item, place) => openPart(item, `${at(part.path, key)}[${place}]`, keys));

/** A member that is a number in a range; Meta takes digits in quotes too. */
export const numberOf = (part: Part, key: string, least: number, most: number): number => {
  const value = part.members[key];
  const path = at(part.path, key);
  if (value === undefined || value === '') throw missing(path);
  const isNumeric = typeof value === 'number' || typeof value === 'string';
  const number = isNumeric ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) throw invalid(`${path} must be a number from ${least} to ${most}.`);
  return number;
};

export const maybeFlagOf = (part: Part, key: string): boolean | undefined => {
  const value = part.members[key];
  if (value !== undefined && typeof value !== 'boolean')
    throw malformed(`Param ${at(part.path, key)} must be a boolean.`);
  return value;
};

/** A web address. */
export const addressOf = (part: Part, key: string, most = 2000): string => {
  const value = textOf(part, key, { most });
  const isWeb = /^https?:\/\/[^\s/?#]+/i.test(value) && URL.canParse(value);
  if (!isWeb) throw malformed(`Param ${at(part.path, key)} is not a valid URI.`);
  return value;
};

/** No two may be the same. */
export const assertDistinct = (values: readonly string[], what: string): void => {
  if (new Set(values).size !== values.length) throw invalid(`Duplicated ${what}.`);
};
