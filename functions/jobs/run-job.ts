import * as z from 'zod/mini';
import { addMinutes, type Clock } from '#core/clock.ts';
import { idField } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import {
  advanced,
  claimed,
  ended,
  type Facts,
  isFree,
  isHopeless,
  type Job,
  type JobEnd,
  type JobKind,
  released,
  restOf,
} from './job.ts';

/** Stands on the queue for a job that waits for a worker. */
export const JobTask = lazy(() => z.object({ shopId: idField(), jobId: idField() }));

/** A function has 15 minutes; what a runner does between two checkpoints must fit into the rest. */
const RUN_MINUTES = 12;

/** Until when a worker that begins now goes on behind a checkpoint. */
export const runUntil = (now: Date): Date => addMinutes(now, RUN_MINUTES);

/** A job in the hands of its worker. */
export interface JobRun {
  /** As it was taken: `progress` tells where to begin. */
  job: Job;
  /**
   * Saves how far it has come. False when the worker must stop there, for it was cancelled, somebody else has it, or the
   * time is up: then the runner returns undefined, and whoever goes on begins at what was saved last. To be called
   * every two minutes at least. `restSeconds`: the job is put down in any case, and not taken up before.
   */
  checkpoint: (progress: Facts, restSeconds?: number) => Promise<boolean>;
}

/**
 * Does the work of one kind of job, from where it is to its end. It may begin anew behind any checkpoint, and must then
 * change nothing a second time. What it throws has it begun again; what can't be mended by that, it gives as a failure.
 */
export type Runner = (run: JobRun) => Promise<(JobEnd & { state: 'done' | 'failed' }) | undefined>;

/** A runner for each kind of job that a worker does; jobs of another kind it leaves alone. */
export type Runners = Readonly<Partial<Record<JobKind, Runner>>>;

export interface RunJobPorts {
  jobs: {
    find: (shopId: string, jobId: string) => Promise<Job | undefined>;
    /** Saves the next version of a job; false when somebody else was faster. */
    save: (job: Job) => Promise<boolean>;
    /** Saves what its worker made of a job, but for what was asked for meanwhile; false unless it still is that worker's. */
    saveClaimed: (job: Job, claim: string) => Promise<boolean>;
  };
  runners: Runners;
  clock: Clock;
  /** A word that no other worker says. */
  newClaim: () => string;
}

interface Which {
  shopId: string;
  jobId: string;
}

/** What became of a job in this run. */
export type RunOutcome = 'done' | 'failed' | 'cancelled' | 'paused' | 'not-ours';

const claim = async ({ shopId, jobId }: Which, ports: RunJobPorts): Promise<Job | undefined> => {
  const job = await ports.jobs.find(shopId, jobId);
  if (job === undefined || ports.runners[job.kind] === undefined || !isFree(job, ports.clock())) return undefined;
  const word = ports.newClaim();
  const taken = claimed(job, word, ports.clock());
  if (await ports.jobs.save(taken)) return taken;
  // the client may have repeated a call that had been done: then the claim is ours
  const now = await ports.jobs.find(shopId, jobId);
  return now?.claim === word ? now : undefined;
};

/** How a checkpoint leaves the job, and why the worker stops there, if it does. */
const stepOf = (job: Job, progress: Facts, facts: StepFacts): [Job, RunOutcome | undefined] => {
  const { isCancelled, restSeconds, now } = facts;
  if (isCancelled) return [ended(job, { state: 'cancelled', progress }, now), 'cancelled'];
  const further = advanced(job, progress, now);
  return restSeconds === undefined ? [further, undefined] : [released(further, now, restSeconds), 'paused'];
};

interface StepFacts {
  isCancelled: boolean;
  /** The job is to be put down, for so long. */
  restSeconds: number | undefined;
  now: Date;
}

/** Saves progress for as long as the job is ours, wanted, and there is time. */
const checkpoints = (taken: Job, word: string, until: Date, ports: RunJobPorts) => {
  let job = taken;
  let outcome: RunOutcome | undefined;
  const checkpoint = async (progress: Facts, rest?: number): Promise<boolean> => {
    const stored = await ports.jobs.find(job.shopId, job.jobId);
    const now = ports.clock();
    const restSeconds = rest ?? (now >= until ? 0 : undefined);
    const facts = { isCancelled: stored?.cancelledAt !== undefined, restSeconds, now };
    [job, outcome] = stepOf(job, progress, facts);
    if (!(await ports.jobs.saveClaimed(job, word))) outcome = 'not-ours';
    return outcome === undefined;
  };
  return { checkpoint, outcome: () => outcome, job: () => job };
};

interface Work {
  taken: Job;
  word: string;
  runner: Runner;
  until: Date;
}

const work = async ({ taken, word, runner, until }: Work, ports: RunJobPorts): Promise<RunOutcome> => {
  const steps = checkpoints(taken, word, until, ports);
  const end = await runner({ job: taken, checkpoint: steps.checkpoint });
  if (end === undefined) return steps.outcome() ?? 'not-ours';
  const isSaved = await ports.jobs.saveClaimed(ended(steps.job(), end, ports.clock()), word);
  return isSaved ? end.state : 'not-ours';
};

const finish = async (taken: Job, word: string, end: JobEnd, ports: RunJobPorts): Promise<RunOutcome> =>
  (await ports.jobs.saveClaimed(ended(taken, end, ports.clock()), word)) ? end.state : 'not-ours';

/**
 * Takes a job, unless somebody has it, and works at it until it is finished, cancelled, or `until` has come: then anybody
 * may go on. One that died five times without coming any further has failed, unless it is an erasure. Throws what its
 * runner throws, having put it down where it is, to rest for a while.
 */
export const runJob = async (which: Which & { until: Date }, ports: RunJobPorts): Promise<RunOutcome> => {
  const taken = await claim(which, ports);
  const runner = taken && ports.runners[taken.kind];
  if (taken?.claim === undefined || runner === undefined) return 'not-ours';
  const word = taken.claim;
  if (taken.cancelledAt !== undefined) return finish(taken, word, { state: 'cancelled' }, ports);
  if (isHopeless({ kind: taken.kind, attempts: (taken.attempts ?? 1) - 1 })) {
    return finish(taken, word, { state: 'failed', error: 'gave-up' }, ports);
  }
  try {
    return await work({ taken, word, runner, until: which.until }, ports);
  } catch (error) {
    const stored = await ports.jobs.find(which.shopId, which.jobId);
    if (stored?.claim === word) await ports.jobs.saveClaimed(released(stored, ports.clock(), restOf(stored)), word);
    throw error;
  }
};
