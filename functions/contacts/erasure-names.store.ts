import { keyedDigest } from '#core/ids.ts';
import { phoneKey } from '#core/phone-key.ts';
import { type Condition, where } from '#platform/expression.ts';
import { ConditionFailed, type Table } from '#platform/table.ts';
import { type Key, keys } from '#table/schema.ts';
import type { Contact } from './contact.ts';

type Row = Record<string, unknown>;

const keyOf = ({ pk, sk }: Row): Key => ({ pk: String(pk), sk: String(sk) });

const members = ['contactId', 'formerId'] as const;

const asRead = (row: Row): Condition[] =>
  members.map((name) =>
    row[name] === undefined ? { attribute: name, exists: false } : where(name, '=', String(row[name])),
  );

/**
 * A look-up leads to none of these any more; whom else it leads to, or led to before, stays. Of somebody who wanted no
 * marketing that is all that stays, for as long as it leads to nobody: it is a keyed digest of their phone.
 */
const freeLookup = async (
  table: Table,
  row: Row,
  { ids, refused = false }: { ids: readonly string[]; refused?: boolean },
): Promise<void> => {
  const own = members.filter((name) => ids.includes(String(row[name])));
  if (own.length === 0) return;
  const isLeft = members.some((name) => row[name] !== undefined && !own.includes(name));
  const remove = own.flatMap((name) => (name === 'formerId' ? [name, 'formerUntil'] : [name]));
  try {
    if (isLeft) await table.update(keyOf(row), { remove }, asRead(row));
    else if (refused) await table.update(keyOf(row), { set: { refused }, remove }, asRead(row));
    else await table.delete(keyOf(row), asRead(row));
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const now = await table.get(keyOf(row), { consistent: true });
    if (now) await freeLookup(table, now, { ids, refused });
  }
};

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

/** The same key twice is one to the table, and an error. */
const unique = (found: readonly Key[]): Key[] => [...new Map(found.map((key) => [key.pk, key])).values()];

const lookupsOf = async (table: Table, found: readonly Key[], ids: readonly string[]): Promise<Row[]> =>
  (await table.batchGet(found, { consistent: true })).filter(
    (row) => ids.includes(String(row['contactId'])) || ids.includes(String(row['formerId'])),
  );

/** The names by which a person is found, for the one who takes them away. */
export const erasureNames = (table: Table, secret: () => Promise<string>) => {
  const phoneLookups = async (shopId: string, phones: readonly string[]) => {
    const key = await secret();
    return phones.map((phone) => ({
      phone,
      key: keys.contactByPhone(shopId, keyedDigest(key, 'contact-phone', phoneKey(phone))),
    }));
  };

  return {
    /** Those of these phones that are nobody else's by now. */
    ownPhones: async (shopId: string, phones: readonly string[], ids: readonly string[]): Promise<string[]> => {
      const lookups = await phoneLookups(shopId, [...new Set(phones)]);
      const rows = await table.batchGet(unique(lookups.map(({ key }) => key)), { consistent: true });
      const others = rows.filter((row) => row['contactId'] !== undefined && !ids.includes(String(row['contactId'])));
      return lookups.filter(({ key }) => !others.some(({ pk }) => pk === key.pk)).map(({ phone }) => phone);
    },

    /**
     * Frees the names of a contact, and takes it away if it has got no others meanwhile: a name that leads to nobody who is
     * there could never be given to anybody. `refused`: that the person wanted no marketing stays with their phone's digest.
     */
    cut: async (
      contact: Contact,
      { ids, refused }: { ids: readonly string[]; refused: boolean },
    ): Promise<{ lookups: number; isGone: boolean }> => {
      const { shopId, contactId, phone, waId, userIds, version } = contact;
      const phones = await phoneLookups(
        shopId,
        [phone, waId].filter((one) => one !== undefined),
      );
      const found = [
        ...phones.map(({ key }) => key),
        ...userIds.map(({ businessId, userId }) => keys.contactByUserId(shopId, businessId, userId)),
      ];
      const rows = await lookupsOf(table, unique(found), ids);
      const ofPhones = new Set(phones.map(({ key }) => key.pk));
      for (const row of rows)
        await freeLookup(table, row, { ids, refused: refused && ofPhones.has(String(row['pk'])) });
      const isGone = await held(table.delete(keys.contact(shopId, contactId), [where('version', '=', version)]));
      return { lookups: rows.length, isGone };
    },

    /** Frees the names under which the person was known before. */
    freeNames: async (
      shopId: string,
      names: { phones: readonly string[]; userIds: readonly { businessId: string; userId: string }[] },
      ids: readonly string[],
    ): Promise<number> => {
      const phones = (await phoneLookups(shopId, names.phones)).map(({ key }) => key);
      const users = names.userIds.map(({ businessId, userId }) => keys.contactByUserId(shopId, businessId, userId));
      const rows = await lookupsOf(table, unique([...phones, ...users]), ids);
      for (const row of rows) await freeLookup(table, row, { ids });
      return rows.length;
    },
  };
};
