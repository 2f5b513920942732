import { parseCode } from '#core/code.ts';
import type { Table } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { Checkout } from '../checkouts/checkout.ts';
import { ContactCheckout } from '../contacts/contact-checkout.ts';
import type { SalesPort } from './find-sales.ts';
import type { FoundSale, Sale } from './sale.ts';

/** So many of the latest checkouts of one contact are looked at. */
const MOST_CHECKOUTS = 100;

const toSale = ({ code, total, currency, createdAt, endedAt }: ContactCheckout): Sale => ({
  source: 'checkouts',
  saleId: code,
  total,
  currency,
  at: endedAt ?? createdAt,
  reference: code,
});

/** Confirmed checkouts of the shop: those of a contact by their rows beside it, any one by its code. It only reads. */
export const checkoutSales = (table: Pick<Table, 'get' | 'query'>): SalesPort => {
  const soldTo = async (shopId: string, contactId: string): Promise<FoundSale[]> => {
    const range = ranges.contactCheckouts(shopId, contactId);
    const { items } = await table.query(range, { limit: MOST_CHECKOUTS }, { newestFirst: true });
    const rows = items.map((item) => ContactCheckout().parse(item)).filter(({ state }) => state === 'confirmed');
    return rows.map((row) => ({ sale: toSale(row), buyer: { contactId } }));
  };
  return {
    search: async ({ shopId, contactIds }) => {
      const found = await Promise.all(contactIds.map((id) => soldTo(shopId, id)));
      return { found: found.flat(), source: { state: 'ok' } };
    },
    find: async ({ shopId }, saleId) => {
      const code = parseCode(saleId);
      const item = code && (await table.get(keys.checkout(code), { consistent: true }));
      const checkout = item ? Checkout().parse(item) : undefined;
      if (checkout?.shopId !== shopId || checkout.state !== 'confirmed') return undefined;
      const { tie, phone } = checkout;
      return { sale: toSale(checkout), buyer: { contactId: tie?.contactId, phone: tie?.phone ?? phone } };
    },
  };
};
