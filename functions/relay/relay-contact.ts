import * as z from 'zod/mini';
import { lazy } from '#core/lazy.ts';
import { Contact } from '../contacts/contact.ts';
import type { LeadWork } from '../lead-sources/lead-work.ts';
import type { Change } from './change.ts';
import type { Post } from './outbox.ts';

export interface RelayContactPorts {
  post: Post;
}

/** Only what is needed: a row that can't be read whole must not hold up the stream. */
const Relayed = lazy(() => z.pick(Contact(), { shopId: true, contactId: true }));

/** What a lead copies of its contact, or follows. */
const followed = ['phone', 'userIds', 'name', 'profileName', 'username', 'mergedInto'] as const;

const factsOf = (image: Record<string, unknown>): string =>
  JSON.stringify(followed.map((field) => image[field] ?? null));

/** What follows from a change of a contact: its lead learns of it. A new one has none yet. Safe to repeat. */
export const relayContact = ({ before, after }: Change, { post }: RelayContactPorts): void => {
  if (before === undefined || after === undefined || factsOf(before) === factsOf(after)) return;
  const { shopId, contactId } = Relayed().parse(after);
  const body: LeadWork = { do: 'contact', shopId, contactId };
  post('leads', { body, group: shopId });
};
