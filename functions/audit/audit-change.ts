import { isDeepStrictEqual } from 'node:util';
import { newId } from '#core/ids.ts';
import type { AuditEntry, FieldChange } from './audit-entry.ts';

/** What is told of a change; see {@link changesOf} for its fields. */
export type AuditNote = Pick<AuditEntry, 'shopId' | 'subject' | 'by' | 'action' | 'changes' | 'reason'>;

/** The entry of a change that is made now, to be written in the same transaction. Without changes it names no fields. */
export const auditEntry = ({ changes, reason, ...note }: AuditNote, now: Date): AuditEntry => ({
  ...note,
  entryId: newId(now),
  at: now.toISOString(),
  ...(changes && Object.keys(changes).length > 0 && { changes }),
  ...(reason !== undefined && { reason }),
});

/** Bookkeeping, which changes with every change. */
const always: readonly string[] = ['shopId', 'version', 'createdAt', 'updatedAt'];

const LONGEST_VALUE = 200;

type Values = Readonly<Record<string, unknown>>;

const isPlainObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members of members by their path: `limits.maxLines`. */
const flattened = (value: unknown, path: string): [string, unknown][] =>
  isPlainObject(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([name, member]) => flattened(member, path === '' ? name : `${path}.${name}`))
    : [[path, value]];

const shortened = (value: unknown): unknown => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= LONGEST_VALUE ? value : `${text.slice(0, LONGEST_VALUE).toWellFormed()}…`;
};

const fieldChange = (from: unknown, to: unknown): FieldChange => ({
  ...(from !== undefined && { from: shortened(from) }),
  ...(to !== undefined && { to: shortened(to) }),
});

/**
 * Which fields differ between two states of a thing, members of members by their path. How they differ is told only of
 * the fields in `shown`, shortened to 200 characters; of all others, which may be personal, only that they do. `ignored`
 * are bookkeeping of the thing's own. A thing that begins or ends has an empty other state.
 */
export const changesOf = (
  before: object,
  after: object,
  { shown, ignored = [] }: { shown: readonly string[]; ignored?: readonly string[] },
): Record<string, FieldChange> => {
  const [were, are] = [new Map(flattened(before, '')), new Map(flattened(after, ''))];
  const topOf = (path: string): string => path.split('.')[0] ?? path;
  const paths = [...new Set([...were.keys(), ...are.keys()])].filter((path) => {
    const isBookkeeping = path === '' || always.includes(path) || ignored.includes(topOf(path));
    return !isBookkeeping && !isDeepStrictEqual(were.get(path), are.get(path));
  });
  return Object.fromEntries(
    paths.map((path) => [path, shown.includes(topOf(path)) ? fieldChange(were.get(path), are.get(path)) : {}]),
  );
};
