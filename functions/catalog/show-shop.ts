import type { HtmlPage } from '#core/contract.ts';
import type { Language } from '#core/fields.ts';
import { fillPage } from '#core/html.ts';
import { noShopPreview, shopPreview } from '#core/messages/previews.ts';
import { type Shop, shopView } from '../shops/shop.ts';
import { browseProducts, viewCategories } from './browse-products.ts';

type Ports = Parameters<typeof browseProducts>[2] & { categories: Parameters<typeof viewCategories>[1]; page: string };

const FIRST_PRODUCTS = 48;

const unknownShop = (language: Language, siteUrl: string, page: string): HtmlPage => {
  const head = { language, ...noShopPreview(language), url: siteUrl, hidden: true };
  const data = { language, shop: null, categories: [], products: { items: [] } };
  return { html: fillPage(page, head, data), status: 404 };
};

/** The shop window, with its first products inside, so that it shows before any further call. */
export const showShop = async (
  shop: Shop | undefined,
  wanted: Language | undefined,
  siteUrl: string,
  ports: Ports,
): Promise<HtmlPage> => {
  const language = wanted ?? shop?.language ?? 'es';
  if (shop === undefined) return unknownShop(language, siteUrl, ports.page);
  const [categories, products] = await Promise.all([
    viewCategories(shop, ports.categories),
    browseProducts(shop, { limit: FIRST_PRODUCTS }, ports),
  ]);
  const picture = products.items.find(({ pictures }) => pictures.length > 0)?.pictures[0]?.url;
  const head = {
    language,
    ...shopPreview(language, shop),
    url: `${siteUrl}/s/${shop.slug}`,
    ...(picture && { imageUrl: `${siteUrl}${picture}` }),
  };
  return { html: fillPage(ports.page, head, { language, shop: shopView(shop), categories, products }) };
};
