const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Nobody's form is as deep, and what is much deeper can't be walked through. */
const MOST_LEVELS = 20;

const isDeeperThan = (levels: number, value: unknown): boolean =>
  isObject(value) && (levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member)));

/** Whether a text is a JSON object of no more levels than a form has. */
export const isPlainJson = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && !Array.isArray(value) && !isDeeperThan(MOST_LEVELS, value);
  } catch {
    return false;
  }
};

/** The fields of an `application/x-www-form-urlencoded` body as JSON; those that come more than once are lists. */
export const jsonOfFormFields = (text: string): string => {
  const fields = new Map<string, string | string[]>();
  const lists = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const list = lists.get(name) ?? [];
    list.push(value);
    lists.set(name, list);
    fields.set(name, list.length === 1 ? value : list);
  }
  return JSON.stringify(Object.fromEntries(fields));
};
