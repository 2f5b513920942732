import { render } from 'preact';
import { type CheckoutPageWords, checkoutPageWords } from '#core/messages/checkout-page.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { pageRoot, readPageData } from '../ui/page-data.ts';
import { languageInAddress } from '../ui/use-language.ts';
import { CheckoutPage } from './checkout-page.tsx';
import { type CheckoutPageData, fetchCheckoutPage } from './page-data.ts';
import { tellOpened } from './tell-opened.ts';

const Unknown = ({ words }: { words: CheckoutPageWords }) => (
  <main class="page">
    <EmptyState icon="search" title={words.unknown} hint={words.unknownHint} whole />
  </main>
);

const NotLoaded = ({ words }: { words: CheckoutPageWords }) => (
  <main class="page">
    <EmptyState icon="clock" title={words.failed} whole>
      <button type="button" class="button" onClick={() => location.reload()}>
        {words.tryAgain}
      </button>
    </EmptyState>
  </main>
);

const show = ({ language, checkout }: CheckoutPageData): void => {
  const words = checkoutPageWords[language];
  document.documentElement.lang = language;
  if (checkout === null) document.title ||= words.unknown;
  if (checkout) tellOpened(checkout.code);
  render(checkout ? <CheckoutPage first={checkout} firstLanguage={language} /> : <Unknown words={words} />, pageRoot());
};

const given = readPageData<CheckoutPageData>();
if (given) show(given);
else {
  fetchCheckoutPage().then(show, () => {
    render(<NotLoaded words={checkoutPageWords[languageInAddress() ?? 'es']} />, pageRoot());
  });
}
