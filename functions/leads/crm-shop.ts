import { AppError } from '#core/errors.ts';
import { findShop } from '../shops/find-shop.ts';
import type { Shop } from '../shops/shop.ts';

/** The shop, if it has a CRM. Throws `niche.not-enabled`, and `not-found` when there is no such shop. */
export const crmShop = async (find: (shopId: string) => Promise<Shop | undefined>, shopId: string): Promise<Shop> => {
  const shop = await findShop(find, shopId);
  if (shop.nicheType === 'crm_sales') return shop;
  throw new AppError('niche.not-enabled', `the niche of this shop is ${shop.nicheType}, not crm_sales`);
};
