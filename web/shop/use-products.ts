import { useEffect, useRef, useState } from 'preact/hooks';
import type { storefrontRoutes } from '../../functions/catalog/storefront.routes.ts';
import { call } from '../ui/client.ts';
import { useOnReturn } from '../ui/use-on-return.ts';
import type { ShopPageData } from './page-data.ts';
import {
  arrived,
  asked,
  EVERYTHING,
  failed,
  isMissing,
  listFor,
  type ProductLists,
  refreshed,
  withStock,
} from './product-lists.ts';
import type { ShortLine } from './selection.ts';

/** Away for longer than this, a person finds fresh stock on coming back. */
const STALE_MS = 30_000;

const bring = (shop: string, category: string, cursor?: string) =>
  call<typeof storefrontRoutes.viewProducts>('GET', '/api/products', {
    query: { shop, category: category || undefined, cursor },
  });

const useStock = (
  slug: string,
  category: string,
  setLists: (change: (lists: ProductLists) => ProductLists) => void,
) => {
  const freshAt = useRef(performance.now());
  useOnReturn(() => {
    if (performance.now() - freshAt.current < STALE_MS) return;
    freshAt.current = performance.now();
    void bring(slug, category).then(
      ({ items }) => setLists((lists) => refreshed(lists, items)),
      () => undefined,
    );
  });
};

/** The products of a shop's window: what is here of the category on show, and how to bring more. */
export const useProducts = (slug: string, category: string, first: ShopPageData['products']) => {
  const [lists, setLists] = useState<ProductLists>(() => arrived({}, EVERYTHING, first));
  const busy = useRef(new Set<string>());
  const more = (): void => {
    if (busy.current.has(category)) return;
    busy.current.add(category);
    setLists((now) => asked(now, category));
    bring(slug, category, lists[category]?.nextCursor)
      .then(
        (page) => setLists((now) => arrived(now, category, page)),
        () => setLists((now) => failed(now, category)),
      )
      .finally(() => busy.current.delete(category));
  };
  useEffect(() => {
    if (isMissing(lists, category)) more();
  }, [category]);
  useStock(slug, category, setLists);
  return {
    list: listFor(lists, category),
    everything: Object.values(lists).flatMap((list) => list.items),
    more,
    takeStock: (short: readonly ShortLine[]) => setLists((now) => withStock(now, short)),
  };
};
