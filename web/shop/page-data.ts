import type { Language } from '#core/messages/core-types.ts';
import type { CategoryView } from '../../functions/catalog/category.ts';
import type { ProductView } from '../../functions/catalog/product.ts';
import type { storefrontRoutes } from '../../functions/catalog/storefront.routes.ts';
import type { ShopView } from '../../functions/shops/shop.ts';
import { asFailure, call } from '../ui/client.ts';
import { languageInAddress } from '../ui/use-language.ts';

/** What the server puts into a shop's page. */
export interface ShopPageData {
  language: Language;
  shop: ShopView | null;
  categories: CategoryView[];
  products: { items: ProductView[]; nextCursor?: string | undefined };
}

/** The same from the API, for a page served without it. Throws a `CallFailure` when the API can't be reached. */
export const fetchShopPage = async (shop: string): Promise<ShopPageData> => {
  try {
    const [view, categories, products] = await Promise.all([
      call<typeof storefrontRoutes.viewShop>('GET', '/api/shop', { query: { shop } }),
      call<typeof storefrontRoutes.viewCategories>('GET', '/api/categories', { query: { shop } }),
      call<typeof storefrontRoutes.viewProducts>('GET', '/api/products', { query: { shop } }),
    ]);
    return { language: languageInAddress() ?? view.language, shop: view, categories: categories.items, products };
  } catch (error) {
    const { code } = asFailure(error);
    if (code !== 'not-found' && code !== 'request.invalid') throw error;
    return { language: languageInAddress() ?? 'es', shop: null, categories: [], products: { items: [] } };
  }
};
