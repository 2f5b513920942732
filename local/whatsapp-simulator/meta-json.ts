const escapeText = (text: string): string =>
  JSON.stringify(text)
    .replaceAll('/', '\\/')
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const isKept = ([, value]: [string, unknown]): boolean => value !== undefined;

/**
 * JSON in the form in which Meta sends and signs webhooks: what is not ASCII as `\u00f1` in lower case, slashes as
 * `\/`, and a bigint as plain digits, for ids beyond what a number holds exactly.
 * Source: Graph API webhooks, "Getting Started": "we generate the signature using an escaped unicode version".
 */
export const toMetaJson = (value: unknown): string => {
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map((item) => toMetaJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(isKept);
  return `{${members.map(([name, member]) => `${escapeText(name)}:${toMetaJson(member)}`).join(',')}}`;
};
