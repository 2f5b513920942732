import { isAppError } from '#core/errors.ts';
import type { Job } from '../jobs/job.ts';
import type { Runner } from '../jobs/run-job.ts';
import { type EraseFilesPorts, eraseJobFiles } from './erase-files.ts';
import {
  anonymiseKnown,
  anonymiseOthers,
  cutNames,
  type ErasePorts,
  eraseAccountEvents,
  eraseBeside,
  eraseConversations,
  eraseHolders,
  eraseSubmissions,
  type Step,
} from './erase-person.ts';
import { added, type Erasure, ErasureProgress, joinedPlans, nobody } from './erasure.ts';
import { findConversations, planPerson, type StepDone } from './plan-person.ts';

export interface RunErasurePorts extends ErasePorts, EraseFilesPorts {
  rows: ErasePorts['rows'] & {
    /** Keeps that somebody was erased, and how much. */
    record: (erasure: Erasure) => Promise<void>;
  };
}

/** Longer than anybody works who began to before the person was gone. */
const REST_SECONDS = 105;

/** The job is put down meanwhile, so that nobody pays for the wait. */
const restForOthers: Step = async ({ cursor }) =>
  cursor === undefined ? { cursor: 'rested', restSeconds: REST_SECONDS } : {};

/** Only when the chats told of numbers that the person had before. */
const ifLearned =
  (step: Step): Step =>
  async (input, ports) =>
    input.plan.learned ? step(input, ports) : {};

/** Who it is, and who they were known to be before: an erasure that is repeated finds nobody any more. */
const whoItIs: Step = async (input, ports) => {
  try {
    const { plan = nobody } = await planPerson(input, ports);
    return { plan: joinedPlans(input.plan, plan) };
  } catch (error) {
    if (isAppError(error, 'not-found') && input.plan.ids.length > 0) return {};
    throw error;
  }
};

/**
 * What is done, in this order: imports and exports that wait or run are waited for, which may take hours, so that it is
 * asked again who it is; what a worker could make the person anew of (files, checkouts, submissions), then the names, so
 * that nothing more comes to the person; what leads to other things before those; at last once more what somebody may
 * have added who was at it all the while.
 */
const stepsOf = (ports: RunErasurePorts): readonly Step[] => [
  whoItIs,
  findConversations,
  eraseJobFiles(ports),
  whoItIs,
  findConversations,
  anonymiseKnown,
  anonymiseOthers,
  eraseSubmissions,
  cutNames,
  eraseConversations,
  ifLearned(anonymiseOthers),
  ifLearned(eraseSubmissions),
  eraseBeside,
  eraseAccountEvents,
  eraseJobFiles(ports),
  eraseHolders,
  restForOthers,
  eraseConversations,
  eraseBeside,
];

const further = (progress: ErasureProgress, { cursor, plan, counts }: StepDone): ErasureProgress => ({
  step: cursor === undefined ? progress.step + 1 : progress.step,
  ...(cursor !== undefined && { cursor }),
  plan: plan ?? progress.plan,
  counts: added(progress.counts, counts ?? {}),
});

/** Whom it was about stays with the job, in digests: what turns up later can be erased too. */
const finish = async (job: Job, { plan, counts }: ErasureProgress, { rows }: RunErasurePorts) => {
  const { shopId, jobId, by, createdAt: at } = job;
  await rows.record({ shopId, contactId: String(job.input['contactId']), jobId, by, at, counts });
  return { state: 'done', result: { counts }, progress: { plan, counts } } as const;
};

/** One part of the work; undefined when there never was such a person. */
const advanceBy = async (
  step: Step,
  progress: ErasureProgress,
  { shopId, input }: Job,
  ports: RunErasurePorts,
): Promise<(StepDone & { progress: ErasureProgress }) | undefined> => {
  const { plan = nobody, cursor } = progress;
  try {
    const done = await step({ shopId, contactId: String(input['contactId']), plan, cursor }, ports);
    return { ...done, progress: further(progress, done) };
  } catch (error) {
    if (progress.plan === undefined && isAppError(error, 'not-found')) return undefined;
    throw error;
  }
};

/**
 * Erases the person of `input.contactId` from a shop: contacts, look-ups, conversations, messages, files, leads, notes,
 * audit entries, consents, submissions, links to sales. Checkouts stay as figures without the person. It goes step by step
 * and page by page, and may die and begin anew behind any of them; who it is, is noted without anything personal. A
 * message that comes meanwhile makes a new contact. What ages out elsewhere is told in docs/operations.md.
 */
export const erasureRunner =
  (ports: RunErasurePorts): Runner =>
  async ({ job, checkpoint }) => {
    const steps = stepsOf(ports);
    let progress = ErasureProgress().parse(job.progress);
    for (let step = steps[progress.step]; step; step = steps[progress.step]) {
      const next = await advanceBy(step, progress, job, ports);
      if (next === undefined) return { state: 'failed', error: 'not-found' };
      progress = next.progress;
      if (!(await checkpoint(progress, next.restSeconds))) return undefined;
    }
    return finish(job, progress, ports);
  };
