import { isAppError } from '#core/errors.ts';
import { type SettlePipelinePorts, settlePipeline } from '../pipelines/settle-pipeline.ts';
import { type CaptureCheckoutPorts, captureCheckout } from './capture-checkout.ts';
import { type CaptureConversationPorts, captureConversation } from './capture-conversation.ts';
import { type CaptureSubmissionPorts, captureSubmission, secondsUntilNextTry } from './capture-submission.ts';
import { type FollowAssignmentPorts, followAssignment } from './follow-assignment.ts';
import { type FollowContactPorts, followContact } from './follow-contact.ts';
import type { LeadWork } from './lead-work.ts';

export type LeadWorkPorts = CaptureCheckoutPorts &
  CaptureConversationPorts &
  CaptureSubmissionPorts &
  FollowAssignmentPorts &
  FollowContactPorts &
  SettlePipelinePorts;

const run = async (work: LeadWork, ports: LeadWorkPorts): Promise<void> => {
  if (work.do === 'conversation') await captureConversation(work, ports);
  if (work.do === 'checkout') await captureCheckout(work, ports);
  if (work.do === 'contact') await followContact(work, ports);
  if (work.do === 'assignment') await followAssignment(work, ports);
  if (work.do === 'settle') await settlePipeline(work, ports);
};

/** Whoever was erased meanwhile is nobody's lead any more. */
const runUnlessGone = async (work: LeadWork, ports: LeadWorkPorts): Promise<void> => {
  try {
    await run(work, ports);
  } catch (error) {
    if (!isAppError(error, 'not-found')) throw error;
  }
};

/**
 * Does one piece of the queue's work, at its nth try. Answers with the seconds after which it is worth another one, or
 * undefined when it is done. Throws what may work sooner.
 */
export const runLeadWork = async (work: LeadWork, tries: number, ports: LeadWorkPorts): Promise<number | undefined> => {
  if (work.do !== 'submission') {
    await runUnlessGone(work, ports);
    return undefined;
  }
  const wait = secondsUntilNextTry(tries);
  const outcome = await captureSubmission(work, { lastTry: wait === undefined }, ports);
  return outcome === 'later' ? wait : undefined;
};
