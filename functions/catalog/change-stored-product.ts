import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { isAppError } from '#core/errors.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { productEntries } from './catalog-audit.ts';
import { findProduct, type ProductReads } from './find-product.ts';
import { changeProduct, type Product } from './product.ts';

/** Where products are read and saved; `save` throws `change.conflict` when the product was changed since. */
export interface Products extends ProductReads {
  save: (product: Product, fromCategory?: string, entries?: readonly AuditEntry[]) => Promise<void>;
}

const MOST_TRIES = 4;

/**
 * Runs what reads a product and writes it; anew when somebody else changed it in between. The change stream does so a
 * moment after its stock has moved, to mark it as sold out: that is no quarrel. Throws `change.conflict` in the end.
 */
export const insist = async <Result>(run: () => Promise<Result>): Promise<Result> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (!isAppError(error, 'change.conflict') || tries === MOST_TRIES) throw error;
    }
  }
};

/** Reads a product, changes it by a rule, saves it with its entry in the audit trail. Throws `not-found` and `change.conflict`. */
export const changeStoredProduct = (
  { by, ...which }: { shopId: string; productId: string; by: Actor },
  change: (product: Product) => Partial<Product>,
  { products, clock }: { products: Products; clock: Clock },
): Promise<Product> =>
  insist(async () => {
    const product = await findProduct(products, which);
    const now = clock();
    const changed = changeProduct(product, change(product), now);
    await products.save(changed, product.categoryId, productEntries({ before: product, after: changed, by }, now));
    return changed;
  });
