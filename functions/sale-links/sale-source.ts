import * as z from 'zod/mini';
import { currencyField, idField, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** Steps into JSON, joined by dots: `customer.phones.0`. */
const pathField = () =>
  z.string().check(z.maxLength(120), z.regex(/^[\w$-]+(\.[\w$-]+){0,9}$/, 'must be names joined by dots'));

/** Where each fact of a sale stands in the source's JSON, from the sale itself. */
export const SaleMapping = lazy(() =>
  z.strictObject({
    /** Where the list of sales is, from the top; absent: the answer itself is the list, or the only sale. */
    items: z.optional(pathField()),
    saleId: pathField(),
    total: pathField(),
    at: pathField(),
    /** Absent: every sale has the currency of the settings. */
    currency: z.optional(pathField()),
    phone: z.optional(pathField()),
    email: z.optional(pathField()),
    reference: z.optional(pathField()),
    status: z.optional(pathField()),
  }),
);
export type SaleMapping = z.infer<Lazy<typeof SaleMapping>>;

/**
 * The header that carries the secret; none that decides where a request goes, how long it is, or by which method and
 * address whoever is in between takes it: from here there is nothing but GET.
 */
const SecretHeader = lazy(() =>
  z.strictObject({
    name: z
      .string()
      .check(
        z.maxLength(60),
        z.regex(/^(authorization|api-?key|x-[a-z0-9-]+)$/i, 'must be authorization, api-key or x-…'),
        z.regex(
          /^(?!x-(http-method|method-override|forwarded|original|rewrite))/i,
          'must not say by which method or address a request is taken',
        ),
      ),
    /** Stands before the secret, like `Bearer`. */
    prefix: z._default(z.string().check(z.maxLength(40), z.regex(/^[\x21-\x7e]*$/, 'must be visible ASCII')), ''),
  }),
);

/** Names that an address may hold in braces. */
const holders = ['phone', 'phoneDigits', 'email', 'saleId'] as const;
export type Holder = (typeof holders)[number];

const asksFor = (names: readonly Holder[]) => (url: string) => {
  const used = [...url.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '');
  return used.length > 0 && used.every((name) => names.includes(name as Holder));
};
const urlField = (names: readonly Holder[]) =>
  z
    .string()
    .check(
      z.maxLength(1000),
      z.regex(
        /^https?:\/\/[^\s{}/?#\\]+([/?][^\s\\#]*)?$/,
        'must be a web address, with names in braces after its host',
      ),
      z.refine(
        asksFor(names),
        `must hold ${names.map((name) => `{${name}}`).join(' or ')}, and nothing else in braces`,
      ),
    );

const settings = () => ({
  /** Where sales of somebody are: holds `{phone}` (E.164), `{phoneDigits}` or `{email}`. */
  url: urlField(['phone', 'phoneDigits', 'email']),
  /** Where one sale is, by its id: holds `{saleId}`. Absent: it is looked for among those of the contact. */
  saleUrl: z.optional(urlField(['saleId'])),
  header: z.optional(SecretHeader()),
  mapping: SaleMapping(),
  /** How totals are written: `major`, like 12.50, or `minor`, like 1250. What can be read in two ways is not read. */
  amounts: z._default(z.enum(['major', 'minor']), 'major'),
  /** Of sales that name none. */
  currency: currencyField(),
  /** The only statuses that make a row a sale. Absent: all rows are. */
  soldStatuses: z.optional(z.array(textField(60)).check(z.minLength(1), z.maxLength(20))),
  timeoutMs: z._default(z.int().check(z.minimum(500), z.maximum(8000)), 3000),
});

/** Where a shop's own system tells of sales, and how to read what it tells. The secret is in the vault. */
export const SaleSource = lazy(() =>
  z.object({
    shopId: idField(),
    ...settings(),
    /** What the secret is called in the vault; absent: the source asks for none. */
    secretId: z.optional(idField()),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type SaleSource = z.infer<Lazy<typeof SaleSource>>;

/** What the vault holds. The secret goes to this origin and to no other. */
export const SaleSecret = lazy(() => z.object({ shopId: z.string(), origin: z.string(), secret: z.string() }));
export type SaleSecret = z.infer<Lazy<typeof SaleSecret>>;

/** The settings as a whole. `secret`: a new one, or null for none; absent: the one of before, at the same host. */
export const SetSaleSource = lazy(() =>
  z.strictObject({
    ...settings(),
    secret: z.optional(
      z.nullable(
        z.string().check(z.minLength(1), z.maxLength(2000), z.regex(/^[\x21-\x7e]+$/, 'must be visible ASCII')),
      ),
    ),
  }),
);
export type SetSaleSource = z.infer<Lazy<typeof SetSaleSource>>;

type Values = Readonly<Partial<Record<Holder, string | undefined>>>;

/** An address with its names filled in; undefined when none of those it holds is known. */
export const fillUrl = (template: string, values: Values): URL | undefined => {
  const known = holders.filter((name) => values[name] !== undefined && template.includes(`{${name}}`));
  if (known.length === 0) return undefined;
  return new URL(template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name as Holder] ?? '')));
};

/** Scheme, host and port: what a secret is bound to. */
export const originOf = (template: string): string => new URL(template.replace(/[{}]/g, '')).origin;
