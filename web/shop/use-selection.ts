import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ProductView } from '../../functions/catalog/product.ts';
import type { storefrontRoutes } from '../../functions/catalog/storefront.routes.ts';
import { asFailure, call } from '../ui/client.ts';
import {
  hasShrunk,
  isFull,
  maxUnits,
  type Picked,
  pickedFrom,
  quantityOf,
  refreshSelection,
  type Selection,
  setQuantity,
} from './selection.ts';
import type { ShopContext } from './shop-context.ts';
import { loadSelection, saveSelection } from './stored-selection.ts';

/** A picked product as it stands now; one that is gone has nothing left, one we can't ask about stays as it is. */
const freshOf = async (shop: string, line: Picked): Promise<Picked> => {
  try {
    const { productId } = line;
    const input = { params: { productId }, query: { shop } };
    return pickedFrom(await call<typeof storefrontRoutes.viewProduct>('GET', '/api/products/{productId}', input));
  } catch (error) {
    return asFailure(error).code === 'not-found' ? { ...line, available: 0 } : line;
  }
};

/** What is picked, kept over a reload, and never more than there is. */
export const useSelection = ({ shop, words, say }: ShopContext, products: readonly ProductView[]) => {
  const [selection, setSelection] = useState<Selection>(() => loadSelection(shop.slug));
  const figures = products.map(({ available, price }) => `${available} ${price}`).join();
  const finished = useRef(false);
  const latest = useRef(selection);
  latest.current = selection;
  const refresh = (fresh: readonly Picked[]): void => {
    const next = refreshSelection(latest.current, fresh, shop);
    if (hasShrunk(latest.current, next)) say(words.changed);
    setSelection(next);
  };
  useLayoutEffect(() => saveSelection(shop.slug, selection), [shop.slug, selection]);
  useEffect(() => refresh(products.map(pickedFrom)), [figures]);
  useEffect(() => {
    const elsewhere = selection.filter((line) => !products.some(({ productId }) => productId === line.productId));
    void Promise.all(elsewhere.map((line) => freshOf(shop.slug, line))).then(refresh);
  }, []);
  return {
    selection,
    setSelection,
    /** The purchase is made: nothing stays picked, here or in the tab's memory, though the page is about to go. */
    finish: (): void => {
      finished.current = true;
      saveSelection(shop.slug, []);
      setSelection([]);
    },
    isFinished: () => finished.current,
    pick: (product: Picked, quantity: number) => setSelection((now) => setQuantity(now, product, quantity, shop)),
    quantity: (productId: string) => quantityOf(selection, productId),
    room: (product: Picked) => (isFull(selection, product.productId, shop) ? 0 : maxUnits(product, shop)),
    /** Why no more of a product can be picked. */
    sayFull: (product: Picked): void => {
      if (isFull(selection, product.productId, shop)) say(words.maxLines(shop.maxLines));
      else if (product.available <= shop.maxUnitsPerLine) say(words.allThereIs(product.available));
      else say(words.maxUnits(shop.maxUnitsPerLine));
    },
  };
};

export type SelectionControl = ReturnType<typeof useSelection>;
