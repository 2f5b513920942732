import { useEffect, useRef } from 'preact/hooks';
import type { ProductView } from '../../functions/catalog/product.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Icon } from '../ui/icons.tsx';
import { ProductCard } from './product-card.tsx';
import type { ProductList } from './product-lists.ts';
import { useShop } from './shop-context.ts';
import type { SelectionControl } from './use-selection.ts';

/** As many as a first view shows at most. */
const EAGER = 4;
const SKELETONS = ['one', 'two', 'three', 'four'];

const Skeletons = () => (
  <>
    {SKELETONS.map((key) => (
      <li key={key} class="skeleton skeleton-card" />
    ))}
  </>
);

/** Calls for more when the end of the list comes near. */
const useMore = (list: ProductList, more: () => void) => {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(more);
  latest.current = more;
  const wantsMore = list.state === 'ready' && list.nextCursor !== undefined;
  useEffect(() => {
    if (!wantsMore || end.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        // The last one: on a busy phone «not yet» and «now» come together.
        if (entries.at(-1)?.isIntersecting) latest.current();
      },
      { rootMargin: '900px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [wantsMore, list.nextCursor]);
  return end;
};

/** A shop or a category without products: says so, and what to do. */
const NothingHere = ({ inCategory, onEverything }: { inCategory: boolean; onEverything: () => void }) => {
  const { shop, words } = useShop();
  if (inCategory) {
    return (
      <EmptyState icon="window" title={words.emptyCategory}>
        <button type="button" class="button" onClick={onEverything}>
          {words.seeEverything}
        </button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="window" title={words.emptyShop} hint={words.emptyShopHint}>
      {shop.whatsappNumber && (
        <a class="button button-whatsapp" href={`https://wa.me/${shop.whatsappNumber.slice(1)}`}>
          <Icon name="chat" />
          {words.writeToShop}
        </a>
      )}
    </EmptyState>
  );
};

interface ProductGridProps {
  list: ProductList;
  products: readonly ProductView[];
  control: SelectionControl;
  inCategory: boolean;
  onMore: () => void;
  onOpen: (product: ProductView) => void;
  onEverything: () => void;
}

/** The products of the window, in its order, and the way to more of them. */
export const ProductGrid = (props: ProductGridProps) => {
  const { list, products, control, inCategory, onMore, onOpen, onEverything } = props;
  const { words } = useShop();
  const end = useMore(list, onMore);
  if (list.state === 'ready' && list.nextCursor === undefined && products.length === 0) {
    return <NothingHere inCategory={inCategory} onEverything={onEverything} />;
  }
  return (
    <>
      <ul class="grid">
        {products.map((product, index) => (
          <ProductCard
            key={product.productId}
            product={product}
            eager={index < EAGER}
            control={control}
            onOpen={() => onOpen(product)}
          />
        ))}
        {list.state === 'loading' && <Skeletons />}
      </ul>
      <div ref={end} class="grid-end" role="status">
        {list.state === 'loading' && <span class="unseen">{words.loading}</span>}
        {list.state === 'failed' && <p>{words.loadFailed}</p>}
        {list.state !== 'loading' && (list.state === 'failed' || list.nextCursor !== undefined) && (
          <button type="button" class="button" onClick={onMore}>
            {list.state === 'failed' ? words.tryAgain : words.more}
          </button>
        )}
      </div>
    </>
  );
};
