import type { Page } from '#core/page.ts';
import { exists } from '#platform/expression.ts';
import type { Table } from '#platform/table.ts';
import { type Key, keys, type Range, ranges } from '#table/schema.ts';
import { Checkout, type CheckoutState } from '../checkouts/checkout.ts';
import { type NumberEver, numbersEver } from '../connections/numbers-ever.store.ts';
import { partsOfConversationId } from '../conversations/conversation.ts';
import { isOutgoingKey } from '../conversations/media-file.ts';
import { mediaKeysOf } from '../whatsapp/outbound-media.ts';
import { fieldsOf, idOf, listOf } from '../whatsapp/wire.ts';
import type { FoundMessage } from './erase-person.ts';
import type { ErasureCounts } from './erasure.ts';
import { erasureNames } from './erasure-names.store.ts';
import { erasureRecords } from './erasure-record.store.ts';
import type { FoundConversation, FoundText } from './plan-person.ts';

type Row = Record<string, unknown>;

const PAGE = 100;
/** So many deletions at once: they are single writes. */
const AT_ONCE = 25;

const keyOf = ({ pk, sk }: Row): Key => ({ pk: String(pk), sk: String(sk) });

const removeAll = async (table: Table, rows: readonly Key[]): Promise<number> => {
  for (let start = 0; start < rows.length; start += AT_ONCE)
    await Promise.all(rows.slice(start, start + AT_ONCE).map((key) => table.delete({ pk: key.pk, sk: key.sk })));
  return rows.length;
};

/** Takes away all rows of a range, however many. */
const removeRange = async (table: Table, range: Range): Promise<Key[]> => {
  const gone: Key[] = [];
  for (;;) {
    const { items } = await table.query(range, { limit: PAGE }, { consistent: true });
    if (items.length === 0) return gone;
    await removeAll(table, items.map(keyOf));
    gone.push(...items.map(keyOf));
  }
};

const kindOfRow = ({ pk, sk }: Key): string | undefined => {
  const [beside] = sk.split('#');
  if (pk.includes('#AUDIT#')) return 'auditEntries';
  if (pk.includes('#SALE-LINKS#')) return 'saleLinks';
  const kinds: Readonly<Record<string, string>> = { CONSENT: 'consents', CHECKOUT: 'contactCheckouts', NOTE: 'notes' };
  return beside === 'META' && pk.includes('#LEAD#') ? 'leads' : kinds[beside ?? ''];
};

const countsOf = (rows: readonly Key[]): ErasureCounts => {
  const counts: Record<string, number> = {};
  for (const kind of rows.flatMap((row) => kindOfRow(row) ?? [])) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

const jsonOf = (text: unknown): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
};

/** The names of the person in Meta's JSON of a message: of its writer, or of whom the phone app wrote to. */
const namesIn = (row: Row): Pick<FoundMessage, 'phones' | 'userIds'> => {
  const item = fieldsOf(jsonOf(row['raw']));
  const system = fieldsOf(item['system']);
  const inbound = [item['from'], item['from_user_id'], system['wa_id'], system['customer'], system['previous_user_id']];
  const told = row['direction'] === 'inbound' ? inbound : [item['to'], item['to_user_id']];
  const ids = told.flatMap((one) => idOf(one) ?? []);
  return {
    phones: ids.filter((id) => /^\+?[1-9]\d{6,14}$/.test(id)).map((id) => `+${id.replace('+', '')}`),
    userIds: ids.filter((id) => /^[A-Z]{2}\./.test(id)),
  };
};

const foundMessage = (shopId: string, row: Row): FoundMessage => {
  const texts = (...values: unknown[]) => values.filter((one): one is string => typeof one === 'string' && one !== '');
  const uploads = mediaKeysOf(row['content']).filter((key) => isOutgoingKey(shopId, key));
  return {
    ...{ key: keyOf(row), ids: texts(row['metaId'], row['messageId']) },
    files: [...new Set([...texts(fieldsOf(row['media'])['key']), ...uploads])],
    ...namesIn(row),
  };
};

const conversations = (table: Table) => ({
  numbers: (shopId: string): Promise<NumberEver[]> => numbersEver(table, shopId),

  /** One page of the inbox, those that were silent for longest first, whatever is wrong with a row. */
  conversations: async (shopId: string, state: string, cursor?: string): Promise<Page<FoundConversation>> => {
    const page = { limit: PAGE, ...(cursor && { cursor }) };
    const { items, nextCursor } = await table.query(ranges.inbox(shopId, state), page);
    const found = items.flatMap((row) => {
      const conversationId = String(row['pk']).split('#').at(-1) ?? '';
      const parts = partsOfConversationId(conversationId);
      const formerIds = listOf(row['formerIds']).flatMap((one) => idOf(one) ?? []);
      return parts ? [{ conversationId, contactId: parts.contactId, formerIds }] : [];
    });
    return { items: found, ...(nextCursor && { nextCursor }) };
  },

  /** Takes a conversation away, but for its messages, so that none comes to it any more. */
  closeConversation: async (shopId: string, conversationId: string): Promise<ErasureCounts> => {
    const key = keys.conversation(shopId, conversationId);
    const isThere = (await table.get(key, { consistent: true })) !== undefined;
    await table.delete(key);
    const audit = await removeRange(table, ranges.auditOf(shopId, { kind: 'conversation', id: conversationId }));
    return { ...countsOf(audit), ...(isThere && { conversations: 1 }) };
  },

  messages: async (shopId: string, conversationId: string): Promise<FoundMessage[]> => {
    const range = ranges.messages(shopId, conversationId);
    const { items } = await table.query(range, { limit: PAGE }, { consistent: true });
    return items.map((row) => foundMessage(shopId, row));
  },

  /** The look-ups first: while its row is there, a message is found again. */
  removeMessages: async (shopId: string, messages: readonly FoundMessage[]): Promise<void> => {
    const lookups = messages.flatMap(({ ids }) => ids.map((id) => keys.messageByMetaId(shopId, id)));
    await removeAll(table, lookups);
    await removeAll(
      table,
      messages.map(({ key }) => key),
    );
  },
});

const ERASED = '';

const checkouts = (table: Table) => ({
  /** The checkouts that stand beside a contact. */
  checkoutsOf: async (shopId: string, contactId: string): Promise<string[]> => {
    const rows = table.queryAll(ranges.contactCheckouts(shopId, contactId), { consistent: true });
    return (await Array.fromAsync(rows)).map((row) => String(row['code']));
  },

  findCheckout: async (code: string): Promise<Checkout | undefined> => {
    const item = await table.get(keys.checkout(code), { consistent: true });
    return item && Checkout().parse(item);
  },

  checkouts: async (shopId: string, state: CheckoutState, cursor?: string): Promise<Page<Checkout>> => {
    const page = { limit: PAGE, ...(cursor && { cursor }) };
    const { items, nextCursor } = await table.query(ranges.checkouts(shopId, state), page);
    const found = items.flatMap((item) => Checkout().safeParse(item).data ?? []);
    return { items: found, ...(nextCursor && { nextCursor }) };
  },

  /** Products, amounts and moments stay: figures of the shop. */
  anonymise: async (code: string): Promise<void> => {
    const set = { customerName: ERASED, phone: ERASED, requestDigest: ERASED };
    await table.update(keys.checkout(code), { set, remove: ['tie', 'endReason'] }, [exists]);
    for await (const row of table.queryAll(ranges.checkoutEvents(code), { consistent: true })) {
      const remove = ['conversationId', 'reason'].filter((name) => row[name] !== undefined);
      if (remove.length > 0) await table.update(keyOf(row), { remove }, [exists]);
    }
  },
});

const toText = (row: Row, text: unknown): FoundText => ({
  key: keyOf(row),
  text: String(text ?? ''),
  ...(typeof row['leadId'] === 'string' && { leadId: row['leadId'] }),
});

const texts = (table: Table) => ({
  submissions: async (shopId: string, state: string, cursor?: string): Promise<Page<FoundText>> => {
    const page = { limit: PAGE, ...(cursor && { cursor }) };
    const { items, nextCursor } = await table.query(ranges.submissions(shopId, state), page);
    return { items: items.map((row) => toText(row, row['payload'])), ...(nextCursor && { nextCursor }) };
  },

  accountEvents: async (shopId: string, cursor?: string): Promise<Page<FoundText>> => {
    const page = { limit: PAGE, ...(cursor && { cursor }) };
    const { items, nextCursor } = await table.query(ranges.accountEvents(shopId), page);
    return { items: items.map((row) => toText(row, row['raw'])), ...(nextCursor && { nextCursor }) };
  },

  remove: (rows: readonly FoundText[]): Promise<number> =>
    removeAll(
      table,
      rows.map(({ key }) => key),
    ),
});

/** The rows of a person, wherever they are, for the one who takes them away. What can't be read whole goes all the same. */
export const erasureStore = (table: Table, secret: () => Promise<string>) => ({
  ...erasureNames(table, secret),
  ...conversations(table),
  ...checkouts(table),
  ...texts(table),

  /** All rows that stand beside a contact and its lead, in every partition that is theirs alone. */
  removeBeside: async (shopId: string, id: string): Promise<ErasureCounts> => {
    const gone = [
      ...(await removeRange(table, ranges.contactRows(shopId, id))),
      ...(await removeRange(table, ranges.leadRows(shopId, id))),
      ...(await removeRange(table, ranges.saleLinks(shopId, id))),
    ];
    for (const kind of ['contact', 'lead', 'sale-link'])
      gone.push(...(await removeRange(table, ranges.auditOf(shopId, { kind, id }))));
    return countsOf(gone);
  },

  removeHolders: (shopId: string, digests: readonly string[]): Promise<number> =>
    removeAll(
      table,
      digests.map((digest) => keys.holder(shopId, digest)),
    ),

  record: erasureRecords(table).record,
});
