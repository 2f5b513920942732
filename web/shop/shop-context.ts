import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Language } from '#core/messages/core-types.ts';
import { localeFor } from '#core/messages/languages.ts';
import { type ShopPageWords, shopPageWords } from '#core/messages/shop-page.ts';
import { formatMoney } from '#core/money.ts';
import type { ShopView } from '../../functions/shops/shop.ts';

/** What every part of a shop's page needs. */
export interface ShopContext {
  shop: ShopView;
  language: Language;
  words: ShopPageWords;
  money: (amount: number) => string;
  toast: string | undefined;
  say: (text: string) => void;
}

const Context = createContext<ShopContext | undefined>(undefined);

export const ShopProvider = Context.Provider;

/** The shop, the person's language and how to say something. */
export const useShop = (): ShopContext => {
  const context = useContext(Context);
  if (context === undefined) throw new Error('drawn outside of a shop');
  return context;
};

/** The words of a shop's page in this language, and its money. */
export const wordsFor = (
  shop: ShopView,
  language: Language,
): Pick<ShopContext, 'shop' | 'language' | 'words' | 'money'> => ({
  shop,
  language,
  words: shopPageWords[language],
  money: (amount) => formatMoney(amount, shop.currency, localeFor(language, shop.country)),
});
