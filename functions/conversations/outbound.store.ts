import { randomUUID } from 'node:crypto';
import { type Change, type Condition, exists, missing, where } from '#platform/expression.ts';
import { ConditionFailed, type Item, isContention, type Table, type Write } from '#platform/table.ts';
import { indexKeys, keys, type MessagePlace, outboundShards, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { Connection } from '../connections/connection.ts';
import { Contact } from '../contacts/contact.ts';
import { conversationWrites } from './conversation.store.ts';
import { type Conversation, partsOfConversationId } from './conversation.ts';
import { metaIdWrite } from './message.store.ts';
import { Message, ranks } from './message.ts';
import type { Claim } from './send-message.ts';
import { errorOfObstacle, type Loaded } from './send-parcel.ts';
import type { Settlement } from './settle-message.ts';

/** The relay passes a new row on at once; the sweep finds it when that did not happen. */
const RELAY_MS = 60_000;

const laterThan = (at: string, milliseconds: number): string =>
  new Date(new Date(at).getTime() + milliseconds).toISOString();

const keyOf = (message: Message) => keys.message(message.shopId, message);

/** What keeps a row on the list of those to be sent, and who is at it. */
const unsettled = ['gsi3pk', 'gsi3sk', 'claimedUntil', 'claim'] as const;

const newItem = (message: Message): Item => ({
  ...keyOf(message),
  ...indexKeys.unsettledMessage(message.messageId, laterThan(message.at, RELAY_MS)),
  ...(message as object),
});

/** Runs a write; false when its condition did not hold. */
const held = async (write: Promise<void>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
};

/** The row is as it was read: nobody has claimed, settled or put it back since. */
const unchanged = ({ rank = 0, attempt, claimedUntil }: Message): Condition[] => [
  where('rank', '=', rank),
  attempt === undefined ? { attribute: 'attempt', exists: false } : where('attempt', '=', attempt),
  ...(claimedUntil === undefined ? [] : [where('claimedUntil', '=', claimedUntil)]),
];

const momentOf = { sent: 'sentAt', failed: 'failedAt', unknown: undefined } as const;

const settledSet = (settlement: Settlement, at: string): Partial<Message> => {
  const moment = momentOf[settlement.state];
  return {
    state: settlement.state,
    rank: ranks[settlement.state],
    updatedAt: at,
    ...(moment && { [moment]: at }),
    ...(settlement.state === 'sent' && { metaId: settlement.metaId, ...(settlement.held && { held: true }) }),
    ...(settlement.state === 'failed' && { error: settlement.error }),
  };
};

/** Whether a row was changed, has come further already, or is gone. */
const settledRow = async (write: Promise<void>): Promise<'settled' | 'behind' | 'gone'> => {
  try {
    await write;
    return 'settled';
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return error.items[0] === undefined ? 'gone' : 'behind';
  }
};

const settleWrites = (table: Table) => ({
  /** See the port: sent raises the rank whatever happened meanwhile; the others need the row as it was given. */
  settle: async (message: Message, settlement: Settlement, now: Date): Promise<boolean> => {
    const { state } = settlement;
    const conditions = state === 'sent' ? [where('rank', '<', ranks.sent)] : unchanged(message);
    const change = { set: settledSet(settlement, now.toISOString()) as Item, remove: unsettled };
    const settled = await settledRow(table.update(keyOf(message), change, conditions));
    // a row that is gone was erased with its person, and Meta's ids of messages have phones in them
    if (state === 'sent' && settled !== 'gone')
      await table.put(metaIdWrite(message.shopId, settlement.metaId, message, now).put);
    return settled === 'settled';
  },

  /** Takes a row off the list of those to be sent that a status has settled. */
  unlist: (message: Message): Promise<boolean> =>
    held(table.update(keyOf(message), { remove: unsettled }, [where('rank', '>', ranks.sending)])),
});

/** Nothing was said about marketing since, nor has the person turned out to be another. */
const isAsAsked = ({ shopId, contactId, version }: Contact): Write => ({
  check: keys.contact(shopId, contactId),
  if: [where('version', '=', version)],
});

/** Runs a transaction; false when somebody else was at the same items. */
const uncontended = async (write: Promise<void>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isContention(error)) return false;
    throw error;
  }
};

/** Changes the row as it was given; with `asked`, only while that contact is as it was given too. */
const taken = (table: Table, message: Message, change: Change, asked: Contact | undefined): Promise<boolean> =>
  asked
    ? uncontended(table.transact([{ update: keyOf(message), ...change, if: unchanged(message) }, isAsAsked(asked)]))
    : held(table.update(keyOf(message), change, unchanged(message)));

const claimWrites = (table: Table) => ({
  /** Takes a queued row for one attempt; undefined when somebody else has it. */
  claim: async (message: Message, { claimedUntil, media, asked }: Claim): Promise<Message | undefined> => {
    const claim = randomUUID();
    const attempt = (message.attempt ?? 0) + 1;
    const set = { state: 'sending' as const, rank: ranks.sending, attempt, claimedUntil, ...(media && { media }) };
    const listed = indexKeys.unsettledMessage(message.messageId, claimedUntil);
    const change = { set: { ...set, claim, ...listed } as Partial<Item> };
    if (await taken(table, message, change, asked)) return { ...message, ...set };
    // The client may have repeated a call that had been done: then the claim is ours.
    const row = await table.get(keyOf(message), { consistent: true });
    return row?.['claim'] === claim ? { ...message, ...set } : undefined;
  },

  /** Queues a row again, as it was given: a claimed one, or with one attempt more one that was not claimed. */
  putBack: (message: Message, dueAt: string, now: Date): Promise<boolean> => {
    const attempt = message.state === 'queued' ? (message.attempt ?? 0) + 1 : message.attempt;
    const set = { state: 'queued', rank: ranks.queued, attempt, updatedAt: now.toISOString() };
    const listed = indexKeys.unsettledMessage(message.messageId, dueAt);
    const change = { set: { ...set, ...listed } as Partial<Item>, remove: ['claimedUntil', 'claim'] };
    return held(table.update(keyOf(message), change, unchanged(message)));
  },

  /** Moves a queued row's time, so that the sweep leaves it alone until then. */
  postpone: (message: Message, dueAt: string): Promise<boolean> => {
    const set = indexKeys.unsettledMessage(message.messageId, dueAt) as Partial<Item>;
    return held(table.update(keyOf(message), { set }, unchanged(message)));
  },
});

/** A message id that its writer gave is found like one of Meta's, whose ids never look like ours. */
const idWrite = (message: Message): Write => ({
  ...metaIdWrite(message.shopId, message.messageId, message, new Date(message.createdAt)),
  if: [missing],
});

const commitOutcome = (error: unknown, givenId: boolean): 'exists' | 'conflict' => {
  if (!isContention(error)) throw error;
  return givenId && error instanceof ConditionFailed && error.failed[2] ? 'exists' : 'conflict';
};

const commits = (table: Table) => ({
  /** Commits a row with its conversation, or nothing. */
  commit: async (
    message: Message,
    conversation: Conversation,
    { givenId, audit }: { givenId: boolean; audit?: AuditEntry | undefined },
  ): Promise<'committed' | 'exists' | 'conflict'> => {
    const row: Write = { put: newItem(message), if: [missing] };
    const [saved, ...checks] = conversationWrites(conversation);
    const told = audit ? [auditWrite(audit)] : [];
    try {
      // what tells an outcome by its place comes first
      await table.transact([row, saved, ...(givenId ? [idWrite(message)] : []), ...checks, ...told]);
      return 'committed';
    } catch (error) {
      return commitOutcome(error, givenId);
    }
  },

  /** The row that was committed under an id that its writer gave. */
  findByMessageId: async (shopId: string, messageId: string): Promise<Message | undefined> => {
    const lookup = await table.get(keys.messageByMetaId(shopId, messageId), { consistent: true });
    if (lookup === undefined) return undefined;
    const place = { conversationId: String(lookup['conversationId']), at: String(lookup['at']), messageId };
    const item = await table.get(keys.message(shopId, place), { consistent: true });
    return item && Message().parse(item);
  },
});

/** The contact, or the one it goes on as, however often it was merged: nobody may be written to on a number they left. */
const contactOf = async (table: Table, item: Record<string, unknown> | undefined): Promise<Contact | undefined> => {
  const contact = item && Contact().parse(item);
  if (contact?.mergedInto === undefined) return contact;
  const survivor = await table.get(keys.contact(contact.shopId, contact.mergedInto), { consistent: true });
  return contactOf(table, survivor);
};

const dueItems = async (table: Table, now: Date, limit: number): Promise<Record<string, unknown>[]> => {
  const found = await Promise.all(
    outboundShards.map((shard) => table.query(ranges.dueMessages(shard, now.toISOString()), { limit })),
  );
  return found.flatMap(({ items }) => items);
};

const reads = (table: Table) => ({
  /** A row with the connection and the contact it goes to, in one read. */
  load: async (shopId: string, place: MessagePlace): Promise<Loaded | undefined> => {
    const parts = partsOfConversationId(place.conversationId);
    if (parts === undefined) return undefined;
    const wanted = {
      message: keys.message(shopId, place),
      connection: keys.connection(shopId, parts.phoneNumberId),
      contact: keys.contact(shopId, parts.contactId),
    };
    const items = await table.batchGet(Object.values(wanted), { consistent: true });
    const found = (name: keyof typeof wanted) =>
      items.find(({ pk, sk }) => pk === wanted[name].pk && sk === wanted[name].sk);
    const message = found('message');
    const connection = found('connection');
    return (
      message && {
        message: Message().parse(message),
        connection: connection && Connection().parse(connection),
        contact: await contactOf(table, found('contact')),
      }
    );
  },

  /** Rows of all shops that are neither sent, failed nor parked and are past their time, at most `limit` of each shard. */
  due: async (now: Date, limit: number): Promise<Message[]> =>
    (await dueItems(table, now, limit)).flatMap((item) => Message().safeParse(item).data ?? []),

  /**
   * Settles rows past their time that can't be read: they fail as broken and make room for others. Answers how many.
   */
  failUnreadable: async (now: Date, limit: number): Promise<number> => {
    const at = now.toISOString();
    const unreadable = (await dueItems(table, now, limit)).filter((item) => !Message().safeParse(item).success);
    for (const { pk, sk } of unreadable) {
      const set = {
        state: 'failed',
        rank: ranks.failed,
        error: errorOfObstacle('broken'),
        failedAt: at,
        updatedAt: at,
      };
      await held(table.update({ pk: String(pk), sk: String(sk) }, { set, remove: unsettled }, [exists]));
    }
    return unreadable.length;
  },
});

/** Messages on their way out, from commit to settlement. */
export const outboundStore = (table: Table) => ({
  ...commits(table),
  ...reads(table),
  ...claimWrites(table),
  ...settleWrites(table),
});

export type OutboundStore = ReturnType<typeof outboundStore>;
