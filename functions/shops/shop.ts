import * as z from 'zod/mini';
import {
  countryField,
  currencyField,
  idField,
  languageField,
  optionalTextField,
  quantityField,
  slugField,
  textField,
  timeField,
  timeZoneField,
} from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { crmFields, defaultCrm, storedCrmFields, UpdateFeatures } from './crm-settings.ts';
import { changeWhatsApp, defaultWhatsApp, UpdateWhatsApp, WhatsAppSettings } from './whatsapp-settings.ts';

/** How much one shopper, one product and one shop may have on hold: an open endpoint that reserves is a target. */
export const HoldLimits = lazy(() =>
  z.object({
    maxLines: quantityField(40),
    maxUnitsPerLine: quantityField(1000),
    maxActivePerPhone: quantityField(100),
    maxUnitsPerProductPerPhone: quantityField(1000),
    /** Share of a product's stock on hand that active checkouts may hold, in percent; a few units always may. */
    maxHeldShare: z.int().check(z.minimum(1), z.maximum(100)),
    maxActivePerShop: quantityField(100_000),
  }),
);
export type HoldLimits = z.infer<Lazy<typeof HoldLimits>>;

const settings = () => ({
  name: textField(60),
  tagline: optionalTextField(140),
  language: languageField(),
  currency: currencyField(),
  country: countryField(),
  timeZone: timeZoneField(),
  /** The number that shoppers write to, E.164; null until the shop has one. */
  whatsappNumber: z.nullable(z.string().check(z.regex(/^\+[1-9]\d{7,14}$/, 'must be in E.164, like +5491123456789'))),
  /** How long a checkout holds its stock, in minutes. */
  holdMinutes: z.int().check(z.minimum(1), z.maximum(10_080)),
  /**
   * A shorter first hold, in minutes, until the shop extends it (the customer has written); null holds in full from
   * the start.
   */
  firstHoldMinutes: z.nullable(z.int().check(z.minimum(1), z.maximum(1440))),
  /** May whoever has the link confirm the sale, or only a seller? */
  shopperConfirms: z.boolean(),
  limits: HoldLimits(),
});

/** A tenant: everything else belongs to one. */
export const Shop = lazy(() =>
  z.object({
    shopId: idField(),
    slug: slugField(),
    ...settings(),
    ...storedCrmFields(),
    /** Shops from before it was there have none stored. */
    whatsapp: z._default(WhatsAppSettings(), defaultWhatsApp),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Shop = z.infer<Lazy<typeof Shop>>;

/** A change of settings: only what it names. A field with a default would be reset by every change that leaves it out. */
export const UpdateShop = lazy(() => {
  const { limits, ...rest } = { ...settings(), ...crmFields(), tagline: z.string().check(z.trim(), z.maxLength(140)) };
  return z.strictObject({
    ...z.partial(z.object(rest)).shape,
    limits: z.optional(z.partial(z.strictObject(limits.shape))),
    features: z.optional(UpdateFeatures()),
    whatsapp: z.optional(UpdateWhatsApp()),
  });
});
export type UpdateShop = z.infer<Lazy<typeof UpdateShop>>;

/** What shoppers see of a shop. */
export const ShopView = lazy(() =>
  z.object({
    slug: slugField(),
    name: z.string(),
    tagline: z.string(),
    language: languageField(),
    currency: currencyField(),
    country: countryField(),
    timeZone: z.string(),
    whatsappNumber: z.nullable(z.string()),
    holdMinutes: z.int(),
    maxLines: z.int(),
    maxUnitsPerLine: z.int(),
  }),
);
export type ShopView = z.infer<Lazy<typeof ShopView>>;

export const defaultSettings = {
  tagline: '',
  language: 'es',
  currency: 'ARS',
  country: 'AR',
  timeZone: 'America/Argentina/Buenos_Aires',
  whatsappNumber: null,
  holdMinutes: 24 * 60,
  firstHoldMinutes: null,
  shopperConfirms: true,
  limits: {
    maxLines: 20,
    maxUnitsPerLine: 20,
    maxActivePerPhone: 3,
    maxUnitsPerProductPerPhone: 20,
    maxHeldShare: 50,
    maxActivePerShop: 2000,
  },
  whatsapp: defaultWhatsApp,
  ...defaultCrm,
} as const satisfies Omit<UpdateShop, 'name'>;

/** The part of a shop that shoppers see. */
export const shopView = (shop: Shop): ShopView => ({
  slug: shop.slug,
  name: shop.name,
  tagline: shop.tagline,
  language: shop.language,
  currency: shop.currency,
  country: shop.country,
  timeZone: shop.timeZone,
  whatsappNumber: shop.whatsappNumber,
  holdMinutes: shop.firstHoldMinutes ?? shop.holdMinutes,
  maxLines: shop.limits.maxLines,
  maxUnitsPerLine: shop.limits.maxUnitsPerLine,
});

/** The shop with these settings changed. `siteUrl`: where whoever changes them sees the site. */
export const changeShop = (shop: Shop, change: UpdateShop, now: Date, siteUrl?: string): Shop => ({
  ...shop,
  ...change,
  limits: { ...shop.limits, ...change.limits },
  features: { ...shop.features, ...change.features },
  whatsapp: change.whatsapp ? changeWhatsApp(shop.whatsapp, change.whatsapp, siteUrl) : shop.whatsapp,
  version: shop.version + 1,
  updatedAt: now.toISOString(),
});
