import { useEffect, useState } from 'preact/hooks';
import type { storefrontRoutes } from '../../functions/catalog/storefront.routes.ts';
import type { CheckoutView } from '../../functions/checkouts/checkout.ts';
import { asFailure, call } from '../ui/client.ts';

/** Of more lines than this nobody needs to be told one by one. */
const MAX_LINES = 12;

const leftOf = async (shop: string, productId: string): Promise<[string, number][]> => {
  try {
    const input = { params: { productId }, query: { shop } };
    const product = await call<typeof storefrontRoutes.viewProduct>('GET', '/api/products/{productId}', input);
    return [[productId, product.available]];
  } catch (error) {
    return asFailure(error).code === 'not-found' ? [[productId, 0]] : [];
  }
};

/** What is still available of each line of a checkout that gave its stock back; empty until known. */
export const useStillThere = ({ state, shop, lines }: CheckoutView): ReadonlyMap<string, number> => {
  const [left, setLeft] = useState<ReadonlyMap<string, number>>(new Map());
  const isOver = state === 'expired' || state === 'cancelled';
  useEffect(() => {
    if (!isOver || lines.length > MAX_LINES) return;
    void Promise.all(lines.map(({ productId }) => leftOf(shop.slug, productId))).then((found) =>
      setLeft(new Map(found.flat())),
    );
  }, [isOver]);
  return left;
};
