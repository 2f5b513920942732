import * as z from 'zod/mini';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { joinedMarks, PersonMarks } from './person-marks.ts';

/** Whom an erasure is about, in ids and keyed digests: it is kept with the job, and goes with it. */
export const ErasurePlan = lazy(() =>
  z.object({
    ids: z.array(idField()),
    marks: PersonMarks(),
    conversationIds: z.array(z.string()),
    /** The chats told of more numbers than the contacts did. */
    learned: z.optional(z.boolean()),
  }),
);
export type ErasurePlan = z.infer<Lazy<typeof ErasurePlan>>;

/** Before anybody was found. */
export const nobody: ErasurePlan = {
  ids: [],
  marks: { phones: [], holders: [], tails: [], emails: [], userIds: [] },
  conversationIds: [],
};

const union = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])];

/** Whom both are about. */
export const joinedPlans = (one: ErasurePlan, other: ErasurePlan): ErasurePlan => ({
  ...other,
  ...one,
  ids: union(one.ids, other.ids),
  marks: joinedMarks(one.marks, other.marks),
  conversationIds: union(one.conversationIds, other.conversationIds),
});

/** How much of each kind was erased; a part that had to be repeated after a crash may count twice. */
export const ErasureCounts = lazy(() => z.record(z.string(), z.int()));
export type ErasureCounts = z.infer<Lazy<typeof ErasureCounts>>;

/** How far an erasure has come. */
export const ErasureProgress = lazy(() =>
  z.object({
    step: z._default(z.int(), 0),
    /** Where in the step. */
    cursor: z.optional(z.string()),
    plan: z.optional(ErasurePlan()),
    counts: z._default(ErasureCounts(), {}),
  }),
);
export type ErasureProgress = z.infer<Lazy<typeof ErasureProgress>>;

/** What stays of an erased person: that there was one, and what went. The id leads nowhere any more. */
export const Erasure = lazy(() =>
  z.object({
    shopId: idField(),
    contactId: idField(),
    jobId: idField(),
    /** Who asked for it. */
    by: z.string(),
    at: timeField(),
    counts: ErasureCounts(),
  }),
);
export type Erasure = z.infer<Lazy<typeof Erasure>>;

/** The sum of both. */
export const added = (one: ErasureCounts, other: ErasureCounts): ErasureCounts => {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
};

/** A place in several lists that are walked one after the other: which, and where in it. */
export const readPlace = (cursor: string | undefined): { list: number; at: string | undefined } => {
  const [list = '0', ...rest] = (cursor ?? '0').split(' ');
  return { list: Number(list), at: rest.join(' ') || undefined };
};

/** The next place: further in this list, or the beginning of the next; undefined behind the last. */
export const nextPlace = (list: number, lists: number, at: string | undefined): string | undefined => {
  if (at !== undefined) return `${list} ${at}`;
  return list + 1 < lists ? `${list + 1}` : undefined;
};
