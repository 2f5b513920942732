import * as z from 'zod/mini';
import { addMinutes } from '#core/clock.ts';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

export const jobKinds = ['import', 'lead-export', 'person-export', 'erasure'] as const;
export type JobKind = (typeof jobKinds)[number];

/** The queue on which a job of this kind waits: what a person has a right to does not wait behind files of leads. */
export const queueOfJob = (kind: JobKind): 'jobs' | 'personJobs' =>
  kind === 'person-export' || kind === 'erasure' ? 'personJobs' : 'jobs';

/** `uploading`: its file is awaited, and nobody has started it. */
export const jobStates = ['uploading', 'queued', 'running', 'done', 'failed', 'cancelled'] as const;

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
    /** That worker's word, by which it proves that nobody took over. */
    claim: z.optional(z.string()),
    /** How often it was begun since it last came any further. */
    attempts: z.optional(z.int()),
    /** When somebody asked to stop it while it ran. */
    cancelledAt: z.optional(timeField()),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Job = z.infer<Lazy<typeof Job>>;

/** How far a job has come, or what it made: plain JSON. */
export type Facts = Record<string, unknown>;

/** How long a worker has a job for itself; each checkpoint begins the time anew. */
const LEASE_SECONDS = 180;
/** A job that dies so often without coming any further is given up. */
const MOST_ATTEMPTS = 5;
/** After a failure it rests for this long at most. */
const LONGEST_REST_SECONDS = 3600;
/** A job that is over is kept so long, for what its file was called may be a name: longer than its files are. */
const KEPT_MINUTES = 90 * 24 * 60;

const later = (now: Date, seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();

/** Until when whoever begins a job, or comes further in it, has it for itself. */
export const leaseFrom = (now: Date): string => later(now, LEASE_SECONDS);

/** When a job is to be looked at again, should nobody have gone on with it till then. */
export const dueAtOf = ({ leaseUntil, updatedAt }: Pick<Job, 'leaseUntil' | 'updatedAt'>): string =>
  leaseUntil ?? later(new Date(updatedAt), 60);

/** How long a job rests that failed, twice as long each time it came no further: what broke it is mended by then, or not soon. */
export const restOf = ({ attempts = 0 }: Pick<Job, 'attempts'>): number =>
  Math.min(30 * 2 ** attempts, LONGEST_REST_SECONDS);

/** Neither finished nor waiting for its file. */
export const isUnfinished = ({ state }: Pick<Job, 'state'>): boolean => state === 'queued' || state === 'running';

/** Whether a worker may take the job now. */
export const isFree = (job: Pick<Job, 'state' | 'leaseUntil'>, now: Date): boolean =>
  isUnfinished(job) && (job.leaseUntil === undefined || job.leaseUntil <= now.toISOString());

/** Until when a job is kept, should nobody touch it; undefined while it is to be worked at. */
export const keptUntil = ({ state, updatedAt }: Pick<Job, 'state' | 'updatedAt'>): Date | undefined =>
  isUnfinished({ state }) ? undefined : addMinutes(new Date(updatedAt), KEPT_MINUTES);

/**
 * Whether it has died so often, without coming any further, that it is not begun again. An erasure never has: half a
 * person is left, and the law waits.
 */
export const isHopeless = ({ kind, attempts = 0 }: Pick<Job, 'kind' | 'attempts'>): boolean =>
  kind !== 'erasure' && attempts >= MOST_ATTEMPTS;

const changed = (job: Job, change: Partial<Job>, now: Date): Job => ({
  ...job,
  ...change,
  version: job.version + 1,
  updatedAt: now.toISOString(),
});

/** The job, taken by a worker that calls itself `claim`. Should it die at once, the job rests as after a failure. */
export const claimed = (job: Job, claim: string, now: Date): Job => {
  const attempts = (job.attempts ?? 0) + 1;
  const leaseUntil = later(now, Math.max(LEASE_SECONDS, restOf({ attempts })));
  return changed(job, { state: 'running', claim, leaseUntil, attempts }, now);
};

/** The job, this much further. */
export const advanced = (job: Job, progress: Facts, now: Date): Job =>
  changed(job, { progress, leaseUntil: leaseFrom(now), attempts: 0 }, now);

/** How a job ends. */
export interface JobEnd {
  state: 'done' | 'failed' | 'cancelled';
  progress?: Facts;
  result?: Facts;
  error?: string;
}

/** The job at its end: nobody works at it any more. */
export const ended = (job: Job, end: JobEnd, now: Date): Job => {
  const { leaseUntil: _, claim: __, attempts: ___, ...rest } = job;
  return changed(rest, end, now);
};

/** The job put down where it is, to be taken up again by anybody after so many seconds. */
export const released = (job: Job, now: Date, seconds = 0): Job =>
  changed(job, { leaseUntil: later(now, seconds) }, now);

/** A job that waits for a worker, from its beginning. `input`: what it is to do. */
export const queued = (job: Job, input: Facts, now: Date): Job => {
  const { result: _, error: __, cancelledAt: ___, ...rest } = job;
  return changed(rest, { state: 'queued', input, progress: {} }, now);
};

/** A job that is over, waiting for a worker once more, to go on from there. */
export const requeued = (job: Job, progress: Facts, now: Date): Job => ({ ...queued(job, job.input, now), progress });
