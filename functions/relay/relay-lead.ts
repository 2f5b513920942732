import * as z from 'zod/mini';
import { lazy } from '#core/lazy.ts';
import type { LeadWork } from '../lead-sources/lead-work.ts';
import { Lead } from '../leads/lead.ts';
import type { Change } from './change.ts';
import type { Post } from './outbox.ts';

export interface RelayLeadPorts {
  post: Post;
}

/** Only what is needed: a row that can't be read whole must not hold up the stream. */
const Relayed = lazy(() =>
  z.pick(Lead(), { shopId: true, leadId: true, assignedTo: true, mergedInto: true, importId: true }),
);

/**
 * What follows from a change of a lead: its conversations follow its seller, or the seller of the lead in which it goes
 * on; and a new one looks at its contact once more, which may have changed while it was made. Safe to repeat.
 */
export const relayLead = ({ before, after }: Change, { post }: RelayLeadPorts): void => {
  if (after === undefined) return;
  const { shopId, leadId, assignedTo, mergedInto, importId } = Relayed().parse(after);
  const send = (body: LeadWork) => post('leads', { body, group: shopId });
  // an import makes a lead only of the contact as it is, and a hundred thousand of them at once
  if (before === undefined && importId === undefined) send({ do: 'contact', shopId, contactId: leadId });
  const wentOn = mergedInto !== undefined && before?.['mergedInto'] === undefined;
  const from = before?.['assignedTo'];
  if (from === assignedTo && !wentOn) return;
  send({ do: 'assignment', shopId, leadId, ...(typeof from === 'string' && { from }) });
};
