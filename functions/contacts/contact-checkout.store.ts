import type { Page, PageRequest } from '#core/page.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { ConditionFailed, type Item, type Table, type Write } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { ContactCheckout } from './contact-checkout.ts';

interface Whose {
  shopId: string;
  contactId: string;
}

const keyOf = ({ shopId, contactId }: Whose, { createdAt, code }: ContactCheckout) =>
  keys.contactCheckout(shopId, contactId, createdAt, code);

const toItem = (whose: Whose, checkout: ContactCheckout): Item => ({ ...keyOf(whose, checkout), ...checkout });

/** One that has ended stays ended, whoever tells late that it was active. */
const notBack = ({ state }: ContactCheckout): Condition[] =>
  state === 'active' ? [{ anyOf: [missing, where('state', '=', 'active')] }] : [];

/** No person is made or kept alive by what they once reserved: whoever was erased gets no row. */
const stillThere = ({ shopId, contactId }: Whose): Write => ({
  check: keys.contact(shopId, contactId),
  if: [exists, { attribute: 'mergedInto', exists: false }],
});

/** Runs writes; false when a condition did not hold. */
const unlessRefused = async (write: Promise<void>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
};

/** The checkouts of people: a row each, beside the contact. */
export const contactCheckoutStore = (table: Table) => ({
  /**
   * Keeps a checkout with a contact as it stands now, and takes it from these others, who turned out not to be whose it
   * is. False when a later state is kept already, or the contact is gone or goes on in another.
   */
  put: (whose: Whose, checkout: ContactCheckout, notOf: readonly string[] = []): Promise<boolean> => {
    const { shopId } = whose;
    return unlessRefused(
      table.transact([
        stillThere(whose),
        { put: toItem(whose, checkout), if: notBack(checkout) },
        ...notOf.map((contactId): Write => ({ delete: keyOf({ shopId, contactId }, checkout) })),
      ]),
    );
  },

  /** Gives all that a contact has to the one who goes on in its place. Safe to repeat. */
  move: async ({ shopId, contactId }: Whose, to: string): Promise<void> => {
    for await (const item of table.queryAll(ranges.contactCheckouts(shopId, contactId), { consistent: true })) {
      const checkout = ContactCheckout().parse(item);
      const whose = { shopId, contactId: to };
      const gone: Write = { delete: keyOf({ shopId, contactId }, checkout) };
      const moved = await unlessRefused(
        table.transact([stillThere(whose), { put: toItem(whose, checkout), if: notBack(checkout) }, gone]),
      );
      // a later state is there already; without the new owner the row stays where it is
      if (!moved) await unlessRefused(table.transact([stillThere(whose), gone]));
    }
  },

  /** One page of what a person reserved, newest first; from those made at `upTo` or before. */
  list: async (whose: Whose, page: PageRequest, upTo?: string): Promise<Page<ContactCheckout>> => {
    const range = ranges.contactCheckouts(whose.shopId, whose.contactId, upTo);
    const { items, nextCursor } = await table.query(range, page, { newestFirst: true });
    return { items: items.map((item) => ContactCheckout().parse(item)), ...(nextCursor && { nextCursor }) };
  },
});
