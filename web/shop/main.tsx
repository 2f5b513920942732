import { render } from 'preact';
import { type ShopPageWords, shopPageWords } from '#core/messages/shop-page.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { pageRoot, readPageData } from '../ui/page-data.ts';
import { languageInAddress } from '../ui/use-language.ts';
import { slugInAddress } from './address.ts';
import { fetchShopPage, type ShopPageData } from './page-data.ts';
import { ShopPage } from './shop-page.tsx';

const NoShop = ({ words }: { words: ShopPageWords }) => (
  <main class="page">
    <EmptyState icon="search" title={words.noShop} hint={words.noShopHint} whole />
  </main>
);

const NotLoaded = ({ words }: { words: ShopPageWords }) => (
  <main class="page">
    <EmptyState icon="window" title={words.loadFailed} whole>
      <button type="button" class="button" onClick={() => location.reload()}>
        {words.tryAgain}
      </button>
    </EmptyState>
  </main>
);

const show = (data: ShopPageData): void => {
  const { shop, language } = data;
  document.documentElement.lang = language;
  if (shop === null) document.title ||= shopPageWords[language].noShop;
  render(shop ? <ShopPage data={data} shop={shop} /> : <NoShop words={shopPageWords[language]} />, pageRoot());
};

const given = readPageData<ShopPageData>();
if (given) show(given);
else {
  fetchShopPage(slugInAddress()).then(show, () => {
    render(<NotLoaded words={shopPageWords[languageInAddress() ?? 'es']} />, pageRoot());
  });
}
