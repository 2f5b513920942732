import { notFound } from '#core/errors.ts';
import type { Shop } from './shop.ts';

/** The shop, or the one answer for whatever does not exist. */
export const findShop = async (find: (key: string) => Promise<Shop | undefined>, key: string): Promise<Shop> => {
  const shop = await find(key);
  if (shop === undefined) throw notFound();
  return shop;
};
