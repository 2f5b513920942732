import type { Page, PageRequest } from '#core/page.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { type Item, isContention, type Table, type Write } from '#platform/table.ts';
import { indexKeys, keys, type MessagePlace, ranges } from '#table/schema.ts';
import { Conversation, type ConversationState, conversationStates } from './conversation.ts';

/** Which conversations a list shows. */
export interface InboxView {
  shopId: string;
  /** Only those of this user, or of nobody; absent: all. */
  assignedTo?: string | 'unassigned';
  /** Absent: whatever their state. */
  state?: ConversationState;
}

/** A conversation that goes on in another one is in no inbox. */
const toItem = (conversation: Conversation): Item => ({
  ...keys.conversation(conversation.shopId, conversation.conversationId),
  ...(conversation.mergedInto === undefined && indexKeys.conversation(conversation.shopId, conversation)),
  ...conversation,
});

const notMerged: Condition = { attribute: 'mergedInto', exists: false };

/** The write of a changed conversation, for a transaction: it fails when somebody changed it since it was read. */
export const conversationWrite = (conversation: Conversation): Extract<Write, { put: Item }> => ({
  put: toItem(conversation),
  if: [conversation.version === 1 ? missing : where('version', '=', conversation.version - 1)],
});

const viewName = ({ shopId, assignedTo, state }: InboxView): string =>
  `${shopId}#${assignedTo ?? 'all'}#${state ?? 'all'}`;

const rangeOf = ({ shopId, assignedTo }: InboxView, state: ConversationState, before: string | undefined) =>
  assignedTo === undefined ? ranges.inbox(shopId, state, before) : ranges.inboxOf(shopId, assignedTo, state, before);

/** Where a conversation stands in every list; the position after which a page goes on. */
const placeOf = ({ lastMessageAt, conversationId }: Pick<Conversation, 'lastMessageAt' | 'conversationId'>): string =>
  `${lastMessageAt}#${conversationId}`;

const latestFirst = (one: Conversation, other: Conversation): number => (placeOf(one) < placeOf(other) ? 1 : -1);

const listConversations = async (
  table: Table,
  view: InboxView,
  { limit, cursor }: PageRequest,
): Promise<Page<Conversation>> => {
  const scope = { attribute: 'view', value: viewName(view), attributes: ['view', 'before'] };
  const before = fromCursor(cursor, scope)?.['before'];
  const states = view.state ? [view.state] : conversationStates;
  // one more for the page's end, and one because the bound itself is part of the range
  const some = { limit: limit + 2 };
  const found = await Promise.all(
    states.map((state) => table.query(rangeOf(view, state, before), some, { newestFirst: true })),
  );
  const all = found
    .flatMap(({ items }) => items.map((item) => Conversation().parse(item)))
    .filter((conversation) => before === undefined || placeOf(conversation) < before)
    .sort(latestFirst);
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
    return item && Conversation().parse(item);
  },

  /** A conversation, and whether a message has its row in it already: one read. */
  findAt: async (
    shopId: string,
    place: MessagePlace,
  ): Promise<{ conversation: Conversation | undefined; isStored: boolean }> => {
    const key = keys.conversation(shopId, place.conversationId);
    const items = await table.batchGet([key, keys.message(shopId, place)], { consistent: true });
    const item = items.find(({ sk }) => sk === key.sk);
    return { conversation: item && Conversation().parse(item), isStored: items.some(({ sk }) => sk !== key.sk) };
  },

  /**
   * Saves a changed conversation; false when somebody changed it since it was read. A new one is only saved while its
   * contact has not been merged into another, which would not learn of it.
   */
  save: async (conversation: Conversation): Promise<boolean> => {
    const write = conversationWrite(conversation);
    const { shopId, contactId, version } = conversation;
    try {
      if (version > 1) await table.put(write.put, write.if);
      else await table.transact([write, { check: keys.contact(shopId, contactId), if: [exists, notMerged] }]);
      return true;
    } catch (error) {
      if (isContention(error)) return false;
      throw error;
    }
  },

  /** One page of the inbox, latest message first. Throws `request.invalid` for a cursor that another list gave. */
  list: (view: InboxView, page: PageRequest): Promise<Page<Conversation>> => listConversations(table, view, page),
});

export type ConversationStore = ReturnType<typeof conversationStore>;
