import { cached } from '#core/cache.ts';
import type { Table } from '#platform/table.ts';
import { connectionStore } from '../connections/connection.store.ts';
import { contactStore } from '../contacts/contact.store.ts';
import { leadPageStore } from '../lead-sources/lead-page.store.ts';
import { receiveLeadgen } from '../lead-sources/receive-leadgen.ts';
import { submissionStore } from '../lead-sources/submission.store.ts';
import { accountEventStore } from './account-event.store.ts';
import { conversationStore } from './conversation.store.ts';
import { messageStore } from './message.store.ts';

/** A connection changes seldom; another environment learns of it a minute late, unless it asks for now. */
const KNOWN_MS = 60_000;

/** Every store that the inbox works with; the connection of a number is remembered for a minute. */
export const inboxStores = (table: Table, secret: () => Promise<string>) => {
  const connections = connectionStore(table);
  const findByNumber = cached(connections.findByNumber, { ttlMs: KNOWN_MS, clock: () => new Date() });
  return {
    contacts: contactStore(table, secret),
    conversations: conversationStore(table),
    messages: messageStore(table),
    events: accountEventStore(table),
    /** What Lead Ads tell comes in with all else that Meta does. */
    takeLeadgen: receiveLeadgen({ pages: leadPageStore(table), submissions: submissionStore(table) }),
    connections: { ...connections, findByNumber, findByNumberNow: connections.findByNumber },
  };
};
