import { MOST_WRITES } from '#core/most-writes.ts';
import type { absorbConversation } from '../conversations/absorb-conversation.ts';
import { writesOfLead } from '../leads/lead-rows.ts';
import type { MergedLeads } from '../leads/merge-leads-of-contacts.ts';
import type { ContactChange } from './identity.ts';

type Absorbed = ReturnType<typeof absorbConversation>;

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

const writesOfContact = ({ claims, releases }: ContactChange): number => 1 + claims.length + releases.length;

const writesOfLeads = ({ changes, absent }: MergedLeads): number =>
  absent.length + sum(changes.map(({ before, after, entries }) => writesOfLead(before, after) + entries.length));

/** The own conversation, the former one, and what tells of it. */
const writesOfConversation = ({ entries }: Absorbed): number => 2 + entries.length;

/** How many writes are left of a transaction that merges these contacts with their leads; less than none: it is too much. */
export const roomBeside = (changes: readonly ContactChange[], merged: MergedLeads): number =>
  MOST_WRITES - sum(changes.map(writesOfContact)) - writesOfLeads(merged);

/** The first of these conversations, as many as there is room for. */
export const fitting = (conversations: readonly Absorbed[], room: number): Absorbed[] => {
  const chosen: Absorbed[] = [];
  let left = room;
  for (const one of conversations) {
    left -= writesOfConversation(one);
    if (left < 0) break;
    chosen.push(one);
  }
  return chosen;
};
