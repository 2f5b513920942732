import { auditEntry } from '../../functions/audit/audit-change.ts';
import { saleKey } from '../../functions/sale-links/sale.ts';
import { saleLinkStore } from '../../functions/sale-links/sale-link.store.ts';
import { emptySummary, type SaleLink, withSale } from '../../functions/sale-links/sale-link.ts';
import type { TestRequest } from '../support/events.ts';
import type { Lambdas } from '../support/lambdas.ts';
import type { GivenShop } from './given.ts';

/** What a shop has linked, and from where. */
export interface SaleLinks {
  linkId: string;
}

type Attack = { what: string; request: TestRequest; status: 200 | 201 | 204 | 400 | 404 | 409 };

const settings = {
  url: 'https://erp.example/sales?email={email}',
  mapping: { saleId: 'id', total: 'total', at: 'at' },
  currency: 'ARS',
};

/** A shop with links to sales switched on, a source with a secret, and a contact with one linked sale. */
export const openSaleLinks = async (
  { table, call }: Lambdas,
  given: GivenShop,
  { contactId }: { contactId: string },
): Promise<SaleLinks> => {
  const { shopId, slug } = given.shop;
  await given.settle({ features: { captureLeads: true, saleLinks: true } });
  const source = { ...settings, header: { name: 'x-api-key' }, secret: `the-secret-of-${slug}` };
  await call('setSaleSource', { as: given.as('admin'), body: source });
  const at = new Date().toISOString();
  const by = `user:${slug}-admin` as const;
  const sale = { source: 'http', saleId: '1', total: 100, currency: 'ARS', at, reference: `${slug} sale` } as const;
  const linked: SaleLink = { shopId, contactId, sale, linkedAt: at, linkedBy: by };
  const subject = { kind: 'sale-link', id: contactId } as const;
  const entry = auditEntry({ shopId, subject, by, action: 'sale-link.linked' }, new Date());
  await saleLinkStore(table).save({ linked, summary: withSale(emptySummary(shopId, contactId), sale), entry });
  return { linkId: saleKey(sale) };
};

interface Side {
  given: GivenShop;
  chats: { contactId: string };
  saleLinks: SaleLinks;
  code: string;
}

/** B's contacts, links and checkouts named by a user of A, on every route of links to sales. */
export const saleLinkAttacks = (sides: () => { a: Side; b: Side }) => {
  const asUser = (request: TestRequest = {}): TestRequest => ({ as: sides().a.given.as('admin'), ...request });
  const theirs = () => ({ contactId: sides().b.chats.contactId });
  const own = () => ({ contactId: sides().a.chats.contactId });
  const onTheirs =
    (more: TestRequest = {}) =>
    (): Attack[] => [
      { what: "B's contact", request: asUser({ ...more, params: theirs() }), status: 404 },
      {
        what: 'own contact',
        request: asUser({ params: own(), query: { shopId: sides().b.given.shop.shopId } }),
        status: 200,
      },
    ];
  return {
    getSaleSource: (): Attack[] => [
      { what: 'own source', request: asUser({ query: { shopId: sides().b.given.shop.shopId } }), status: 200 },
    ],
    setSaleSource: (): Attack[] => [
      {
        what: "B's shop",
        request: asUser({ body: { ...settings, shopId: sides().b.given.shop.shopId } }),
        status: 400,
      },
      { what: 'own source', request: asUser({ body: settings }), status: 200 },
    ],
    removeSaleSource: (): Attack[] => [{ what: 'own source', request: asUser(), status: 204 }],
    trySaleSource: (): Attack[] => [
      { what: 'own source', request: asUser({ body: { phone: '+5491145678901' } }), status: 200 },
    ],
    suggestSales: onTheirs(),
    listSaleLinks: onTheirs(),
    linkSale: (): Attack[] => {
      const checkout = { source: 'checkouts', saleId: sides().b.code };
      return [
        { what: "B's contact", request: asUser({ params: theirs(), body: checkout }), status: 404 },
        { what: "B's checkout", request: asUser({ params: own(), body: checkout }), status: 404 },
      ];
    },
    unlinkSale: (): Attack[] => {
      const { linkId } = sides().b.saleLinks;
      return [{ what: "B's link", request: asUser({ params: { ...theirs(), linkId } }), status: 404 }];
    },
  };
};
