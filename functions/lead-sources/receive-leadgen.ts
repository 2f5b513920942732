import { contentDigest } from '#core/ids.ts';
import type { WebhookEvent } from '../whatsapp/webhook-event.ts';
import { fieldsOf, idOf } from '../whatsapp/wire.ts';
import type { LeadPage } from './lead-page.ts';
import type { Submission } from './submission.ts';

export interface ReceiveLeadgenPorts {
  pages: { findById: (pageId: string) => Promise<LeadPage | undefined> };
  submissions: { put: (submission: Submission) => Promise<boolean> };
}

/** `nobody`: no shop of ours has that page; `foreign`: another Meta app signed than the one that the page is connected through. */
export type LeadgenOutcome = 'received' | 'repeated' | 'nobody' | 'foreign';

/** The same for one filled-in form, however often Meta tells of it. */
export const leadAdSubmissionId = (leadgenId: string): string => contentDigest(['lead-ad', leadgenId]);

/** The ids of a filled-in form; Meta's own sample has another page on the entry than in the value. */
const idsOf = ({ payload, accountId }: WebhookEvent) => {
  const told = fieldsOf(payload);
  const [leadgenId, pageId, formId] = ['leadgen_id', 'page_id', 'form_id'].map((name) => idOf(told[name]));
  return { leadgenId, pageId: pageId ?? accountId, formId: formId ?? '' };
};

const submissionOf = (
  { shopId, pageId }: LeadPage,
  leadgenId: string,
  formId: string,
  { payload, receivedAt }: WebhookEvent,
): Submission => ({
  ...{ shopId, submissionId: leadAdSubmissionId(leadgenId), kind: 'lead-ad', formId, pageId, receivedAt },
  ...{ payload: JSON.stringify(payload), state: 'pending', version: 1, updatedAt: receivedAt },
});

/**
 * Keeps that somebody filled in a form of an advertisement, once for each of Meta's ids; what they wrote is asked of Meta
 * by whoever makes a lead of it. Source: Meta for Developers, "Webhooks for Leads".
 */
export const receiveLeadgen =
  ({ pages, submissions }: ReceiveLeadgenPorts) =>
  async (event: WebhookEvent): Promise<LeadgenOutcome> => {
    const { leadgenId, pageId, formId } = idsOf(event);
    if (leadgenId === undefined) return 'nobody';
    const page = await pages.findById(pageId);
    if (page === undefined) return 'nobody';
    if (page.app !== event.app) return 'foreign';
    return (await submissions.put(submissionOf(page, leadgenId, formId, event))) ? 'received' : 'repeated';
  };
