import * as z from 'zod/mini';
import type { Clock } from '#core/clock.ts';
import { countryField, currencyField, languageField, slugField, textField, timeZoneField } from '#core/fields.ts';
import { newId } from '#core/ids.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { nicheTypes } from './crm-settings.ts';
import { defaultSettings, type Shop } from './shop.ts';
import type { User } from './user.ts';

export const CreateShop = lazy(() =>
  z.strictObject({
    slug: slugField(),
    name: textField(60),
    tagline: z.optional(z.string().check(z.maxLength(140))),
    language: z.optional(languageField()),
    currency: z.optional(currencyField()),
    country: z.optional(countryField()),
    timeZone: z.optional(timeZoneField()),
    nicheType: z.optional(z.enum(nicheTypes)),
    whatsappNumber: z.optional(z.string().check(z.regex(/^\+[1-9]\d{7,14}$/, 'must be in E.164, like +5491123456789'))),
  }),
);
export type CreateShop = z.infer<Lazy<typeof CreateShop>>;

/**
 * Opens a shop with its first admin, all or nothing.
 * Throws `shop.slug-taken` when another shop of the deployment has the slug.
 */
export const createShop = async (
  input: CreateShop,
  admin: Pick<User, 'userId' | 'name' | 'email'>,
  ports: { shops: { create: (shop: Shop, admin: User) => Promise<void> }; clock: Clock },
): Promise<Shop> => {
  const now = ports.clock();
  const createdAt = now.toISOString();
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as CreateShop;
  const shop: Shop = { ...defaultSettings, ...given, shopId: newId(now), version: 1, createdAt, updatedAt: createdAt };
  await ports.shops.create(shop, { ...admin, shopId: shop.shopId, role: 'admin', state: 'active', createdAt });
  return shop;
};
