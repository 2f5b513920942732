import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type CheckoutPageWords, checkoutPageWords } from '#core/messages/checkout-page.ts';
import type { Language } from '#core/messages/core-types.ts';
import { localeFor } from '#core/messages/languages.ts';
import { formatMoney } from '#core/money.ts';
import type { CheckoutView } from '../../functions/checkouts/checkout.ts';

/** What every part of a checkout's page needs. */
export interface View {
  language: Language;
  words: CheckoutPageWords;
  money: (amount: number) => string;
  /** A moment in the shop's own time. */
  time: (at: string) => string;
}

const Context = createContext<View | undefined>(undefined);

export const ViewProvider = Context.Provider;

/** The person's language and how numbers and times are written in it. */
export const useView = (): View => {
  const view = useContext(Context);
  if (view === undefined) throw new Error('drawn outside of a checkout');
  return view;
};

/** How this checkout is written in this language. */
export const viewFor = ({ shop, currency }: CheckoutView, language: Language): View => {
  const locale = localeFor(language, shop.country);
  const dates = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    hourCycle: 'h23',
    minute: '2-digit',
    timeZone: shop.timeZone,
  });
  return {
    language,
    words: checkoutPageWords[language],
    money: (amount) => formatMoney(amount, currency, locale),
    time: (at) => dates.format(new Date(at)),
  };
};
