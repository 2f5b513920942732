import type { Context } from './context.ts';
import type { Caller } from './graph-access.ts';
import { GraphRefusal } from './graph-refusal.ts';
import type { SendLimits } from './send-limits.ts';

/** A call of the Graph API, read and its caller known. */
export interface GraphCall {
  context: Context;
  limits: SendLimits;
  caller: Caller;
  method: string;
  /** Its path without the version. */
  segments: readonly string[];
  query: URLSearchParams;
  contentType: string;
  raw: Buffer;
  now: number;
}

/** An answer: JSON, or the bytes of a file. */
export type GraphResult = object | { bytes: Buffer; mimeType: string };

/** The body as JSON; a form counts as JSON with texts. Throws 100. */
export const bodyOf = ({ raw, contentType }: Pick<GraphCall, 'raw' | 'contentType'>): Record<string, unknown> => {
  const text = raw.toString('utf8');
  if (contentType.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // the same answer as for what is no object
  }
  throw new GraphRefusal(100, 'The body is not valid JSON.');
};

/** Only the fields asked for, and always the id. */
export const pickFields = (
  all: Readonly<Record<string, unknown>>,
  query: URLSearchParams,
  usual: readonly string[],
): object => {
  const asked = query.get('fields');
  const names =
    asked === null ? usual : asked.split(/,(?![^(]*\))/).map((name) => name.replace(/[.{(].*$/s, '').trim());
  const stranger = names.find((name) => name !== '' && !Object.hasOwn(all, name));
  if (stranger !== undefined) {
    throw new GraphRefusal(100, undefined, { message: `(#100) Tried accessing nonexisting field (${stranger})` });
  }
  const picked = [...new Set([...names, 'id'])].filter((name) => all[name] !== undefined);
  return Object.fromEntries(picked.map((name) => [name, all[name]]));
};

/** One page of a list, with Meta's cursors. */
export const pageOf = <Item>(items: readonly Item[], query: URLSearchParams, address: string, usualLimit = 25) => {
  const limit = Math.min(Math.max(Number(query.get('limit') ?? usualLimit) || usualLimit, 1), 1000);
  const toCursor = (place: number): string => Buffer.from(String(place)).toString('base64url');
  const toPlace = (cursor: string | null): number =>
    Number(Buffer.from(cursor ?? '', 'base64url').toString('utf8')) || 0;
  const start = toPlace(query.get('after'));
  const data = items.slice(start, start + limit);
  const end = start + data.length;
  const next = new URLSearchParams(query);
  next.set('after', toCursor(end));
  next.set('limit', String(limit));
  next.delete('access_token');
  const paging = {
    cursors: { before: toCursor(start), after: toCursor(end) },
    ...(end < items.length && { next: `${address}?${next}` }),
  };
  return data.length > 0 ? { data, paging } : { data };
};
