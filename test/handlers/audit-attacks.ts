import type { TestRequest } from '../support/events.ts';
import type { GivenShop } from './given.ts';

type Attack = { what: string; request: TestRequest; status: 200 | 400 };

/** B's things, users and cursors named by an admin of A, in the audit trail. */
export const auditAttacks = (
  victims: () => { a: { as: GivenShop['as'] }; b: { given: GivenShop; auditCursor: string } },
) => ({
  listAudit: (): Attack[] => {
    const { a, b } = victims();
    const { shop, products, as } = b.given;
    const attack = (what: string, query: Record<string, string>, status: Attack['status'] = 200): Attack => ({
      what,
      request: { as: a.as('admin'), query },
      status,
    });
    return [
      attack('own entries', { shopId: shop.shopId }),
      attack("B's shop", { kind: 'shop', id: shop.shopId }),
      attack("B's product", { kind: 'product', id: products[0]?.productId ?? '' }),
      attack("B's admin", { by: `user:${as('admin').userId}` }),
      attack("B's cursor", { cursor: b.auditCursor }, 400),
    ];
  },
});
