import { useEffect, useRef, useState } from 'preact/hooks';
import type { Language } from '#core/messages/core-types.ts';
import { durationWords } from '#core/messages/durations.ts';
import type { CategoryView } from '../../functions/catalog/category.ts';
import type { ShopView } from '../../functions/shops/shop.ts';
import { LanguageSwitch } from '../ui/language-switch.tsx';
import { Toast, useToast } from '../ui/toast.tsx';
import { useLanguage } from '../ui/use-language.ts';
import { useOnReturn } from '../ui/use-on-return.ts';
import { categoryInAddress, rememberCategory } from './address.ts';
import { BuySheet } from './buy-sheet.tsx';
import { CategoryChips } from './category-chips.tsx';
import type { ShopPageData } from './page-data.ts';
import { ProductGrid } from './product-grid.tsx';
import { EVERYTHING, inWindowOrder } from './product-lists.ts';
import { ProductSheet } from './product-sheet.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { type ShopContext, ShopProvider, useShop, wordsFor } from './shop-context.ts';
import { useProducts } from './use-products.ts';
import { useSelection } from './use-selection.ts';

/** A longer name is set smaller on a phone. */
const LONG_NAME = 24;

const Header = ({ onLanguage }: { onLanguage: (language: Language) => void }) => {
  const { shop, language, words } = useShop();
  return (
    <header class="header">
      <h1 class={shop.name.length > LONG_NAME ? 'serif is-long' : 'serif'}>{shop.name}</h1>
      <LanguageSwitch label={words.language} language={language} onChange={onLanguage} />
      {shop.tagline && <p class="tagline">{shop.tagline}</p>}
      <p class="soft small">{words.howItWorks(durationWords(language, shop.holdMinutes))}</p>
    </header>
  );
};

/** The category on show; the address carries it, and the browser's «back» undoes a choice. */
const useCategory = (categories: readonly CategoryView[]) => {
  const known = (id: string): string => (categories.some(({ categoryId }) => categoryId === id) ? id : EVERYTHING);
  const [category, setCategory] = useState(() => known(categoryInAddress()));
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const onPop = (): void => setCategory(known(categoryInAddress()));
    window.addEventListener('popstate', onPop);
    return () => window.removeEventListener('popstate', onPop);
  }, []);
  const choose = (next: string): void => {
    if (next === category) return;
    rememberCategory(next);
    setCategory(next);
    const above = top.current?.getBoundingClientRect().top ?? 0;
    if (above < 0) window.scrollBy({ top: above });
  };
  return { category, choose, top };
};

type Open = { sheet: 'buy' } | { sheet: 'product'; productId: string } | undefined;

const Window = ({
  data,
  context,
  onLanguage,
}: {
  data: ShopPageData;
  context: ShopContext;
  onLanguage: (language: Language) => void;
}) => {
  const { category, choose, top } = useCategory(data.categories);
  const products = useProducts(context.shop.slug, category, data.products);
  const control = useSelection(context, products.everything);
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  useOnReturn(() => {
    if (control.isFinished()) close();
  });
  const opened = open?.sheet === 'product' && products.everything.find(({ productId }) => productId === open.productId);
  return (
    <ShopProvider value={context}>
      <div class="page shop">
        <Header onLanguage={onLanguage} />
        <div ref={top} />
        {data.categories.length > 1 && (
          <CategoryChips categories={data.categories} chosen={category} onChoose={choose} />
        )}
        <main>
          <ProductGrid
            list={products.list}
            products={inWindowOrder(products.list, data.categories)}
            control={control}
            inCategory={category !== EVERYTHING}
            onMore={products.more}
            onOpen={({ productId }) => setOpen({ sheet: 'product', productId })}
            onEverything={() => choose(EVERYTHING)}
          />
        </main>
      </div>
      <SelectionBar selection={control.selection} onBuy={() => setOpen({ sheet: 'buy' })} />
      {opened && <ProductSheet product={opened} control={control} onClose={close} />}
      {open?.sheet === 'buy' && <BuySheet control={control} onShort={products.takeStock} onClose={close} />}
      {open === undefined && <Toast text={context.toast} />}
    </ShopProvider>
  );
};

/** A shop's window. */
export const ShopPage = ({ data, shop }: { data: ShopPageData; shop: ShopView }) => {
  const [language, setLanguage] = useLanguage(data.language);
  const { toast, say } = useToast();
  useEffect(() => {
    document.title = shop.name;
  }, [shop.name]);
  return <Window data={data} context={{ ...wordsFor(shop, language), toast, say }} onLanguage={setLanguage} />;
};
