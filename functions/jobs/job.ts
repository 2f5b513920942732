import * as z from 'zod/mini';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

export const jobKinds = ['import', 'lead-export', 'person-export', 'erasure'] as const;
export type JobKind = (typeof jobKinds)[number];

/** `uploading`: its file is awaited, and nobody has started it. */
export const jobStates = ['uploading', 'queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** Long work for a shop, done in steps. What a kind of job needs, has done and made is that kind's own. */
export const Job = lazy(() =>
  z.object({
    shopId: idField(),
    jobId: idField(),
    kind: z.enum(jobKinds),
    state: z.enum(jobStates),
    /** `user:<id>`. */
    by: z.string(),
    input: z.record(z.string(), z.unknown()),
    /** How far it has come: whoever goes on begins here. */
    progress: z.record(z.string(), z.unknown()),
    result: z.optional(z.record(z.string(), z.unknown())),
    /** Why it failed: a code, never words of a person. */
    error: z.optional(z.string()),
    /** Until when a worker has it for itself. */
    leaseUntil: z.optional(timeField()),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Job = z.infer<Lazy<typeof Job>>;
