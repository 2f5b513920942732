import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';

/** What customers are told of their checkout without having asked. */
export const occasions = ['created', 'reminder', 'confirmed', 'expired', 'cancelled'] as const;
export type Occasion = (typeof occasions)[number];

/** What a variable of a template may stand for. */
export const templateValues = [
  'customerName',
  'shopName',
  'items',
  'total',
  'until',
  'code',
  'link',
  'shopLink',
] as const;
export type TemplateValue = (typeof templateValues)[number];

/** A variable: of a template with named ones, by its name; otherwise by its place. */
const variable = () =>
  z.strictObject({
    value: z.enum(templateValues),
    name: z.optional(z.string().check(z.regex(/^[a-z][a-z0-9_]{0,59}$/, 'must be the name of a variable'))),
  });

const buttonIndex = () => z.int().check(z.minimum(0), z.maximum(9));

/**
 * An approved utility template of the shop's account, and what goes into it.
 * Source: Meta, "Templates" and "Send template messages".
 */
export const TemplateUse = lazy(() =>
  z.strictObject({
    name: z.string().check(z.regex(/^[a-z0-9_]{1,512}$/, 'must be a name of a template: a-z, 0-9 and _')),
    language: z.string().check(z.regex(/^[a-z]{2,3}(_[A-Z]{2})?$/, 'must be a language of Meta’s, like es_AR')),
    /** The one variable of a text header. */
    header: z.optional(variable()),
    body: z.array(variable()).check(
      z.maxLength(20),
      z.refine(
        (variables) => new Set(variables.map(({ name }) => name === undefined)).size <= 1,
        'either all variables have names or none',
      ),
    ),
    /** The URL button whose approved address ends in a variable: `code` for `…/c/{{1}}`, `shop` for `…/s/{{1}}`. */
    urlButton: z.optional(z.strictObject({ index: buttonIndex(), suffix: z.enum(['code', 'shop']) })),
    /** Quick replies that do what they say. */
    quickReplies: z.optional(
      z.array(z.strictObject({ index: buttonIndex(), act: z.enum(['confirm', 'cancel']) })).check(z.maxLength(2)),
    ),
  }),
);
export type TemplateUse = z.infer<Lazy<typeof TemplateUse>>;

const each = <Schema extends z.ZodMiniType>(schema: () => Schema) => ({
  created: schema(),
  reminder: schema(),
  confirmed: schema(),
  expired: schema(),
  cancelled: schema(),
});

const fields = () => ({
  /** The number that writes to customers about their checkouts, by Meta's id; null: customers write first. */
  phoneNumberId: z.nullable(z.string().check(z.regex(/^\d{5,25}$/, 'must be an id of Meta’s, digits only'))),
  /** Where links in messages lead; null until an admin has saved these settings, then as the admin saw the site. */
  siteUrl: z.nullable(
    z
      .string()
      .check(z.maxLength(200), z.regex(/^https?:\/\/[^\s/?#]+$/, 'must be scheme and host, like https://shop.example')),
  ),
  /** How long before its expiry a checkout is called to mind; null: never. */
  reminderMinutes: z.nullable(z.int().check(z.minimum(5), z.maximum(2880))),
  notices: z.object(each(() => z.boolean())),
  /** What is sent when the customer has not written for a day; without one nothing is. */
  templates: z.object(each(() => z.nullable(TemplateUse()))),
});

/** How a shop talks to customers about their checkouts. */
export const WhatsAppSettings = lazy(() => z.object(fields()));
export type WhatsAppSettings = z.infer<Lazy<typeof WhatsAppSettings>>;

/** A change of these settings: only what it names; a template that is null is taken away. */
export const UpdateWhatsApp = lazy(() => {
  const { notices, templates, ...rest } = fields();
  return z.strictObject({
    ...z.partial(z.object(rest)).shape,
    notices: z.optional(z.partial(z.strictObject(notices.shape))),
    templates: z.optional(z.partial(z.strictObject(templates.shape))),
  });
});
export type UpdateWhatsApp = z.infer<Lazy<typeof UpdateWhatsApp>>;

export const defaultWhatsApp: WhatsAppSettings = {
  phoneNumberId: null,
  siteUrl: null,
  reminderMinutes: null,
  notices: { created: true, reminder: true, confirmed: true, expired: true, cancelled: true },
  templates: { created: null, reminder: null, confirmed: null, expired: null, cancelled: null },
};

/** The settings with these changed. `siteUrl`: where the admin who changes them sees the site. */
export const changeWhatsApp = (
  settings: WhatsAppSettings,
  change: UpdateWhatsApp,
  siteUrl: string | undefined,
): WhatsAppSettings => ({
  ...settings,
  ...change,
  siteUrl: change.siteUrl === undefined ? (settings.siteUrl ?? siteUrl ?? null) : change.siteUrl,
  notices: { ...settings.notices, ...change.notices },
  templates: { ...settings.templates, ...change.templates },
});
