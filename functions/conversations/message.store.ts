import { addMinutes, toEpochSeconds } from '#core/clock.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
import { type Change, type Condition, exists, missing, where } from '#platform/expression.ts';
import { ConditionFailed, type Item, type Table, type Write } from '#platform/table.ts';
import { type Key, keys, type MessagePlace, ranges } from '#table/schema.ts';
import type { Mark } from './mark.ts';
import { Message, type MessageMedia, type Place } from './message.ts';
import type { LateFile } from './receive-message.ts';
import type { Advance, AdvanceOutcome } from './update-status.ts';

/** How long a message is found by Meta's id: statuses and reactions come within days. */
const FOUND_BY_META_ID_MINUTES = 90 * 24 * 60;

const toItem = (message: Message): Item => ({ ...keys.message(message.shopId, message), ...(message as object) });

/** The write of a look-up from Meta's id of a message to its row, for a transaction or alone. */
export const metaIdWrite = (shopId: string, metaId: string, place: MessagePlace, now: Date): { put: Item } => ({
  put: {
    ...keys.messageByMetaId(shopId, metaId),
    conversationId: place.conversationId,
    at: place.at,
    messageId: place.messageId,
    ttl: toEpochSeconds(addMinutes(now, FOUND_BY_META_ID_MINUTES)),
  },
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

const isNewest = (attribute: string, at: string): Condition => ({
  anyOf: [
    { attribute, exists: false },
    { attribute, is: '<=', value: at },
  ],
});

type Values = NonNullable<Change['set']>;

/** What keeps a message among those to be sent. */
const unsettled = ['gsi3pk', 'gsi3sk', 'claimedUntil', 'claim'] as const;

const advance = async (table: Table, key: Key, { state, rank, set }: Advance): Promise<AdvanceOutcome> => {
  try {
    const change = { set: { ...(set as Values), state, rank }, remove: unsettled };
    await table.update(key, change, [where('rank', '<', rank)]);
    return 'advanced';
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const [row] = error.items;
    if (row === undefined) return 'missing';
    if (set.pricing && row['pricing'] === undefined)
      await table.update(key, { set: { pricing: set.pricing } }, [exists]);
    return 'behind';
  }
};

const keyOf = ({ at, messageId }: MessagePlace): string => `${at}#${messageId}`;

/** The newest first; of one second, as Meta's clock counts, in the order in which they were taken in. */
const newestFirst = (one: Message, other: Message): number => {
  if (one.at !== other.at) return one.at < other.at ? 1 : -1;
  return one.createdAt < other.createdAt ? 1 : -1;
};

/** How many messages of one moment a page takes beyond its size, so that none of them is torn from the others. */
const SAME_MOMENT = 20;

const messagePage = async (
  table: Table,
  shopId: string,
  conversationIds: readonly string[],
  { limit, cursor }: PageRequest,
): Promise<Page<Message>> => {
  const scope = { attribute: 'of', value: `${shopId}#${conversationIds[0]}`, attributes: ['of', 'before'] };
  const before = fromCursor(cursor, scope)?.['before'];
  const some = { limit: limit + SAME_MOMENT };
  const found = await Promise.all(
    conversationIds.map((id) => table.query(ranges.messages(shopId, id, before), some, { newestFirst: true })),
  );
  const rows = found
    .flatMap(({ items }) => items.map((item) => Message().parse(item)))
    .filter((message) => before === undefined || keyOf(message) < before)
    .sort((one, other) => (keyOf(one) < keyOf(other) ? 1 : -1));
  const torn = rows.slice(limit, limit + SAME_MOMENT).findIndex(({ at }) => at !== rows[limit - 1]?.at);
  const size = torn < 0 ? Math.min(rows.length, limit + SAME_MOMENT - 1) : limit + torn;
  const items = rows.slice(0, size);
  const last = items.at(-1);
  return {
    items: items.toSorted(newestFirst),
    ...(rows.length > size && last && { nextCursor: toCursor({ of: scope.value, before: keyOf(last) }) }),
  };
};

/** Messages: rows of their conversation, put once, then changed by single updates. */
export const messageStore = (table: Table) => ({
  find: async (shopId: string, place: MessagePlace): Promise<Message | undefined> => {
    const item = await table.get(keys.message(shopId, place), { consistent: true });
    return item && Message().parse(item);
  },

  /** Which of these rows is there. */
  storedIn: async (shopId: string, places: readonly MessagePlace[]): Promise<MessagePlace | undefined> => {
    const wanted = places.map((place) => ({ place, key: keys.message(shopId, place) }));
    const found = await table.batchGet(
      wanted.map(({ key }) => key),
      { consistent: true },
    );
    return wanted.find(({ key }) => found.some(({ pk }) => pk === key.pk))?.place;
  },

  /** Puts a new row; false when it is there already. */
  put: (message: Message): Promise<boolean> => held(table.put(toItem(message), [missing])),

  /** Puts a new row that is found by Meta's id too; false when it is there already, or another row of that id. */
  putFindable: (message: Message, now: Date): Promise<boolean> => {
    const { shopId, metaId } = message;
    const lookup: Write[] = metaId ? [{ ...metaIdWrite(shopId, metaId, message, now), if: [missing] }] : [];
    return held(table.transact([{ put: toItem(message), if: [missing] }, ...lookup]));
  },

  /** Where the message stands that Meta knows by this id: of those that went out. */
  placeByMetaId: async (shopId: string, metaId: string): Promise<MessagePlace | undefined> => {
    const item = await table.get(keys.messageByMetaId(shopId, metaId));
    return (
      item && { conversationId: String(item.conversationId), at: String(item.at), messageId: String(item.messageId) }
    );
  },

  /** The newest rows of a conversation written between two moments, at most `limit`. */
  between: async (
    shopId: string,
    conversationId: string,
    { from, to, limit }: { from: string; to: string; limit: number },
  ): Promise<Message[]> => {
    const { items } = await table.query(
      ranges.messages(shopId, conversationId, `${to}#~`),
      { limit },
      { newestFirst: true },
    );
    return items.map((item) => Message().parse(item)).filter(({ at }) => at >= from);
  },

  /** One page of a conversation, with those that turned out to be the same, newest first. */
  page: (shopId: string, conversationIds: readonly string[], page: PageRequest): Promise<Page<Message>> =>
    messagePage(table, shopId, conversationIds, page),

  /** Puts a mark on a row: a reaction, an edit, a revocation. False when the row isn't there or has a newer one. */
  mark: (shopId: string, place: MessagePlace, mark: Mark): Promise<boolean> =>
    held(table.update(keys.message(shopId, place), { set: mark.set }, [exists, isNewest(mark.since, mark.at)])),

  /**
   * Moves a message on to a state of higher rank: one conditional update, that settles it too. A row that has come
   * further takes at most a price that it lacks: Meta tells it with some statuses and not with others.
   */
  advance: (shopId: string, place: Place, change: Advance): Promise<AdvanceOutcome> =>
    advance(table, keys.message(shopId, place), change),

  /** Gives a row the file that it came without; false when it has one, or isn't there. */
  addFile: (shopId: string, place: Place, { type, raw, media }: LateFile, now: Date): Promise<boolean> => {
    const set = { type, raw, media, updatedAt: now.toISOString() };
    return held(table.update(keys.message(shopId, place), { set }, [exists, { attribute: 'media', exists: false }]));
  },

  /** Notes what became of a message's file. */
  saveMedia: (shopId: string, place: MessagePlace, media: MessageMedia, now: Date): Promise<boolean> =>
    held(table.update(keys.message(shopId, place), { set: { media, updatedAt: now.toISOString() } }, [exists])),
});
