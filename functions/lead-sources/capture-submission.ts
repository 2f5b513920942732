import { AppError } from '#core/errors.ts';
import { type ConsentPorts, changeConsent } from '../contacts/change-consent.ts';
import { type IdentityPorts, identifyContact } from '../contacts/identify-contact.ts';
import { ANY_BUSINESS } from '../contacts/identity.ts';
import { type CaptureLeadPorts, captureLead } from '../leads/capture-lead.ts';
import type { Shop } from '../shops/shop.ts';
import { answersOf, answersOfLeadAd, filledInAt } from './answers.ts';
import { type FetchLeadAdPorts, fetchLeadAd, leadgenIdOf, type NotFetched } from './fetch-lead-ad.ts';
import { type FormReading, type LeadForm, unmappedForm } from './lead-form.ts';
import type { LeadWorkOf } from './lead-work.ts';
import { mayCapture } from './may-capture.ts';
import { readAnswers, type SubmissionFacts, type Unreadable } from './read-submission.ts';
import type { Submission } from './submission.ts';

/** Why there is no lead of a submission. */
export type SubmissionReason = NotFetched | Unreadable | 'capture-off' | 'form-deleted';

export interface CaptureSubmissionPorts extends CaptureLeadPorts, FetchLeadAdPorts {
  submissions: {
    find: (shopId: string, submissionId: string) => Promise<Submission | undefined>;
    save: (submission: Submission) => Promise<boolean>;
  };
  forms: { find: (shopId: string, formKey: string) => Promise<LeadForm | undefined> };
  findShop: (shopId: string) => Promise<Shop | undefined>;
  contacts: IdentityPorts['contacts'] & CaptureLeadPorts['contacts'] & ConsentPorts['contacts'];
}

/** What became of a submission. `later`: Meta may tell it another time. */
export type SubmissionOutcome = 'captured' | 'failed' | 'later' | 'skipped';

/**
 * Seconds until the second try, the third…: a token is mended in minutes or in days. A queue counts as late by its oldest
 * message until that was received three times, so the first ones come soon.
 * Source: Amazon SQS developer guide, "Available CloudWatch metrics".
 */
const waits = [20, 60, 120, 1800, 7200, 21_600, 43_000, 43_000];

/** How long to wait after the nth try has failed; undefined when that was the last. */
export const secondsUntilNextTry = (tries: number): number | undefined => waits[tries - 1];

const save = async (submission: Submission, change: Partial<Submission>, ports: CaptureSubmissionPorts) => {
  const { reason: _, ...rest } = submission;
  const updatedAt = ports.patience.clock().toISOString();
  const next: Submission = { ...rest, ...change, version: submission.version + 1, updatedAt };
  if (await ports.submissions.save(next)) return next;
  throw new AppError('change.conflict', 'somebody else works on this submission');
};

const fail = async (
  submission: Submission,
  reason: SubmissionReason,
  ports: CaptureSubmissionPorts,
): Promise<SubmissionOutcome> => {
  await save(submission, { state: 'failed', reason }, ports);
  return 'failed';
};

/** Meta may tell of a form long after it was filled in, and of what was said since before. */
const saidAt = ({ kind, payload, receivedAt }: Submission): string => {
  const told = kind === 'lead-ad' ? filledInAt(payload) : undefined;
  return told !== undefined && told < receivedAt ? told : receivedAt;
};

const grant = async (
  submission: Submission,
  contactId: string,
  { agreedTo }: SubmissionFacts,
  ports: CaptureSubmissionPorts,
): Promise<void> => {
  if (agreedTo === undefined) return;
  const { shopId, kind } = submission;
  const { text, isTicked } = agreedTo;
  const how = { source: kind === 'form' ? 'form' : 'lead-ad', channel: 'form', by: 'customer' } as const;
  const word = { shopId, contactId, at: saidAt(submission), state: 'granted', text, ...how } as const;
  await changeConsent({ ...word, ...(!isTicked && { isImplied: true }) }, ports);
};

const capture = async (
  submission: Submission,
  { shop, form, facts }: { shop: Shop; form: FormReading; facts: SubmissionFacts },
  ports: CaptureSubmissionPorts,
): Promise<SubmissionOutcome> => {
  const { shopId, receivedAt, kind } = submission;
  const { phone, agreedTo: _, ...known } = facts;
  const sighting = { shopId, businessId: ANY_BUSINESS, person: { phone }, at: receivedAt };
  const contact = await identifyContact(sighting, ports);
  const metaLeadId = kind === 'lead-ad' ? leadgenIdOf(submission) : undefined;
  const at = ports.patience.clock().toISOString();
  const captured = { ...known, source: form.source, ...(metaLeadId && { metaLeadId }) };
  const { lead } = await captureLead({ shop, contact, facts: captured, at, by: 'customer' }, ports);
  await grant(submission, contact.contactId, facts, ports);
  await save(submission, { state: 'done', leadId: lead.leadId }, ports);
  return 'captured';
};

/** The answers, asked of Meta where the webhook told only that there are some, and kept from then on. */
const withAnswers = async (
  submission: Submission,
  ports: CaptureSubmissionPorts,
): Promise<{ submission: Submission; answers: ReturnType<typeof answersOf> } | { reason: NotFetched }> => {
  if (submission.kind === 'form') return { submission, answers: answersOf(submission.payload) };
  const known = answersOfLeadAd(submission.payload);
  if (known) return { submission, answers: known };
  const fetched = await fetchLeadAd(submission, ports.patience.clock().toISOString(), ports);
  if ('reason' in fetched) return fetched;
  const { payload } = fetched;
  return { submission: await save(submission, { payload }, ports), answers: answersOfLeadAd(payload) };
};

const formOf = async ({ shopId, formId, kind }: Submission, ports: CaptureSubmissionPorts) =>
  (await ports.forms.find(shopId, formId)) ?? (kind === 'lead-ad' ? unmappedForm : undefined);

const later = async (
  submission: Submission,
  reason: NotFetched,
  lastTry: boolean,
  ports: CaptureSubmissionPorts,
): Promise<SubmissionOutcome> => {
  if (lastTry || reason === 'page-disconnected') return fail(submission, reason, ports);
  if (submission.reason !== reason) await save(submission, { reason }, ports);
  return 'later';
};

/**
 * Makes a lead of what somebody filled in:
 * 1. what Meta only told the id of is fetched with the page's token, and kept;
 * 2. the form's mapping says who it is: a number that is none, or none at all, fails it, until the mapping is mended and
 *    it is tried again;
 * 3. the person is found or made, and becomes a lead, or brings what the lead lacked;
 * 4. what they agreed to is written down.
 * Safe to repeat. `later` while Meta gives nothing and this is not the `lastTry`; the reason stands on the submission
 * meanwhile. Throws `change.conflict` when others kept changing the contact or its lead.
 */
export const captureSubmission = async (
  { shopId, submissionId }: LeadWorkOf<'submission'>,
  { lastTry }: { lastTry: boolean },
  ports: CaptureSubmissionPorts,
): Promise<SubmissionOutcome> => {
  const found = await ports.submissions.find(shopId, submissionId);
  const shop = found && (await ports.findShop(shopId));
  if (found?.state !== 'pending' || shop === undefined) return 'skipped';
  if (!mayCapture(shop)) return fail(found, 'capture-off', ports);
  const form = await formOf(found, ports);
  if (form === undefined) return fail(found, 'form-deleted', ports);
  const told = await withAnswers(found, ports);
  if ('reason' in told) return later(found, told.reason, lastTry, ports);
  const { submission, answers } = told;
  if (answers === undefined) return fail(submission, 'not-readable', ports);
  const facts = readAnswers(answers, form, shop.country);
  if (typeof facts === 'string') return fail(submission, facts, ports);
  return capture(submission, { shop, form, facts }, ports);
};
