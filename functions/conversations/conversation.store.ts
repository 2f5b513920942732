import { addMinutes } from '#core/clock.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { type Item, saved, type Table, type Write } from '#platform/table.ts';
import { indexKeys, keys, type MessagePlace, type Range, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import {
  Conversation,
  type ConversationState,
  conversationStates,
  partsOfConversationId,
  WINDOW_HOURS,
} from './conversation.ts';

/** Which conversations a list shows. */
export interface InboxView {
  shopId: string;
  /** Only those of these users, or of nobody; absent: all. */
  of?: readonly (string | 'unassigned')[] | undefined;
  /** Absent: whatever their state. */
  state?: ConversationState;
}

/** Remembered messages are stored as one text of parts of equal length. */
const joined = (recent: readonly string[]): string => recent.join(' ');
const parted = (recent: unknown): string[] => (typeof recent === 'string' && recent !== '' ? recent.split(' ') : []);

const windowOf = (lastInboundAt: string): string =>
  addMinutes(new Date(lastInboundAt), WINDOW_HOURS * 60).toISOString();

/**
 * The item of a conversation: a write for each message, so it must fit into one unit of a kilobyte. What its key or
 * another attribute tells is left out. One that goes on in another conversation is in no inbox.
 */
const toItem = (conversation: Conversation): Item => {
  const { conversationId: _, contactId: __, recent, formerIds, windowEndsAt, lastInboundAt, ...rest } = conversation;
  const isUsual = lastInboundAt !== undefined && windowEndsAt === windowOf(lastInboundAt);
  return {
    ...keys.conversation(conversation.shopId, conversation.conversationId),
    ...(conversation.mergedInto === undefined && indexKeys.conversation(conversation.shopId, conversation)),
    ...rest,
    ...(recent.length > 0 && { recent: joined(recent) }),
    ...(formerIds.length > 0 && { formerIds }),
    lastInboundAt,
    ...(!isUsual && { windowEndsAt }),
  };
};

/** Reads the item of a conversation. */
export const readConversation = (item: Record<string, unknown>): Conversation => {
  const conversationId = String(item['pk']).split('#').at(-1) ?? '';
  const { lastInboundAt } = item;
  return Conversation().parse({
    formerIds: [],
    ...(typeof lastInboundAt === 'string' && { windowEndsAt: windowOf(lastInboundAt) }),
    ...item,
    conversationId,
    contactId: partsOfConversationId(conversationId)?.contactId,
    recent: parted(item['recent']),
  });
};

const notMerged: Condition = { attribute: 'mergedInto', exists: false };

/** The write of a changed conversation, for a transaction: it fails when somebody changed it since it was read. */
export const conversationWrite = (conversation: Conversation): Extract<Write, { put: Item }> => ({
  put: toItem(conversation),
  if: [conversation.version === 1 ? missing : where('version', '=', conversation.version - 1)],
});

/**
 * The writes of a changed or a new conversation, for a transaction. A new one is only made while its contact has not
 * been merged into another, which would not learn of it.
 */
export const conversationWrites = (conversation: Conversation): [Write, ...Write[]] => [
  conversationWrite(conversation),
  ...(conversation.version === 1
    ? [{ check: keys.contact(conversation.shopId, conversation.contactId), if: [exists, notMerged] }]
    : []),
];

const viewName = ({ shopId, of, state }: InboxView): string => `${shopId}#${of?.join('+') ?? 'all'}#${state ?? 'all'}`;

/** What the list is merged from: a range of each state, and of each assignee if it is of some only. */
const rangesOf = ({ shopId, of, state }: InboxView, before: string | undefined): Range[] => {
  const states = state ? [state] : conversationStates;
  return states.flatMap((one) =>
    of === undefined
      ? [ranges.inbox(shopId, one, before)]
      : of.map((assignee) => ranges.inboxOf(shopId, assignee, one, before)),
  );
};

/** Where a conversation stands in every list; the position after which a page goes on. */
const placeOf = ({ lastMessageAt, conversationId }: Pick<Conversation, 'lastMessageAt' | 'conversationId'>): string =>
  `${lastMessageAt}#${conversationId}`;

const latestFirst = (one: Conversation, other: Conversation): number => (placeOf(one) < placeOf(other) ? 1 : -1);

/** A range as far as it was read; `found` are those that were not taken yet. */
interface Stream {
  range: Range;
  found: Conversation[];
  cursor?: string | undefined;
  isOver: boolean;
  /** How many to read next: a range that has most of a page is soon read in large parts. */
  size: number;
}

const readOn = async (table: Table, { range, cursor, size }: Stream): Promise<Stream> => {
  const page = await table.query(range, { limit: size, ...(cursor && { cursor }) }, { newestFirst: true });
  const next = { range, found: page.items.map(readConversation), size: size * 2 };
  return { ...next, cursor: page.nextCursor, isOver: page.nextCursor === undefined };
};

/** Which one is the latest is known only when every range that has more shows its next. */
const refilled = async (table: Table, stream: Stream): Promise<Stream> => {
  let next = stream;
  while (next.found.length === 0 && !next.isOver) next = await readOn(table, next);
  return next;
};

const latestOf = (streams: readonly Stream[]): Conversation | undefined =>
  streams.flatMap(({ found }) => found.slice(0, 1)).toSorted(latestFirst)[0];

/** The latest of all ranges together, each once: what moves from one to another while they are read is in both. */
const takeLatest = async (table: Table, from: readonly Range[], most: number): Promise<Conversation[]> => {
  const size = Math.ceil(most / from.length);
  const taken = new Map<string, Conversation>();
  let streams = from.map((range): Stream => ({ range, found: [], isOver: false, size }));
  while (taken.size < most) {
    streams = await Promise.all(streams.map((stream) => refilled(table, stream)));
    const latest = latestOf(streams);
    if (latest === undefined) break;
    if (!taken.has(latest.conversationId)) taken.set(latest.conversationId, latest);
    for (const { found } of streams.filter((stream) => stream.found[0] === latest)) found.shift();
  }
  return [...taken.values()];
};

const listConversations = async (
  table: Table,
  view: InboxView,
  { limit, cursor }: PageRequest,
): Promise<Page<Conversation>> => {
  const scope = { attribute: 'view', value: viewName(view), attributes: ['view', 'before'] };
  const before = fromCursor(cursor, scope)?.['before'];
  const from = rangesOf(view, before);
  // one more for the page's end, and one because the bound itself is part of the range
  const all = (from.length === 0 ? [] : await takeLatest(table, from, limit + 2)).filter(
    (conversation) => before === undefined || placeOf(conversation) < before,
  );
  const items = all.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    ...(all.length > limit && last && { nextCursor: toCursor({ view: viewName(view), before: placeOf(last) }) }),
  };
};

/** Conversations: saved whole, on condition that nobody changed them since they were read. */
export const conversationStore = (table: Table) => ({
  find: async (shopId: string, conversationId: string): Promise<Conversation | undefined> => {
    const item = await table.get(keys.conversation(shopId, conversationId), { consistent: true });
    return item && readConversation(item);
  },

  /** A conversation, and whether a message has its row in it already: one read. */
  findAt: async (
    shopId: string,
    place: MessagePlace,
  ): Promise<{ conversation: Conversation | undefined; isStored: boolean }> => {
    const key = keys.conversation(shopId, place.conversationId);
    const items = await table.batchGet([key, keys.message(shopId, place)], { consistent: true });
    const item = items.find(({ sk }) => sk === key.sk);
    return { conversation: item && readConversation(item), isStored: items.some(({ sk }) => sk !== key.sk) };
  },

  /** Saves a changed or a new conversation, with what it leaves in the audit trail; false when somebody was faster. */
  save: async (conversation: Conversation, entries: readonly AuditEntry[] = []): Promise<boolean> => {
    const write = conversationWrite(conversation);
    const isAlone = conversation.version > 1 && entries.length === 0;
    const all = () => [...conversationWrites(conversation), ...entries.map(auditWrite)];
    return saved(isAlone ? table.put(write.put, write.if) : table.transact(all()));
  },

  /** Those of these conversations that exist. */
  findAll: async (shopId: string, conversationIds: readonly string[]): Promise<Conversation[]> => {
    const wanted = conversationIds.map((id) => keys.conversation(shopId, id));
    return (await table.batchGet(wanted, { consistent: true })).map(readConversation);
  },

  /** Saves all of this or nothing; false when somebody was faster. */
  saveAll: (conversations: readonly Conversation[], entries: readonly AuditEntry[] = []): Promise<boolean> =>
    saved(table.transact([...conversations.flatMap(conversationWrites), ...entries.map(auditWrite)])),

  /** One page of the inbox, latest message first. Throws `request.invalid` for a cursor that another list gave. */
  list: (view: InboxView, page: PageRequest): Promise<Page<Conversation>> => listConversations(table, view, page),
});
