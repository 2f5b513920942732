import * as z from 'zod/mini';
import { currencyField, sumField, timeField } from '#core/fields.ts';
import { contentDigest } from '#core/ids.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** Where a sale is known: a confirmed checkout of ours, or a row of the shop's own system. */
export const saleSources = ['checkouts', 'http'] as const;
export type SaleSourceName = (typeof saleSources)[number];

/** The dots alone would be steps in a path. */
export const saleIdField = () =>
  z.string().check(z.regex(/^(?!\.{1,2}$)[^\p{C}\s](?:[^\p{C}]{0,98}[^\p{C}\s])?$/u, 'must be 1 to 100 characters'));

/** A sale as its source told it at one moment. Of whoever bought it says nothing: that stays with the source. */
export const Sale = lazy(() =>
  z.object({
    source: z.enum(saleSources),
    saleId: saleIdField(),
    /** In minor units. */
    total: sumField(),
    currency: currencyField(),
    /** When it was sold. */
    at: timeField(),
    /** What people call it: the number of an invoice, the code of a checkout. */
    reference: z.optional(z.string().check(z.maxLength(120))),
    status: z.optional(z.string().check(z.maxLength(60))),
  }),
);
export type Sale = z.infer<Lazy<typeof Sale>>;

/** One short name for a sale of whichever source. */
export const saleKey = ({ source, saleId }: Pick<Sale, 'source' | 'saleId'>): string => contentDigest([source, saleId]);

/** What a source says of whoever bought. Used for matching, and forgotten. */
export interface Buyer {
  /** The contact itself, where the source knows our contacts. */
  contactId?: string | undefined;
  /** As the source writes it. */
  phone?: string | undefined;
  email?: string | undefined;
}

/** A sale that a source found for somebody. */
export interface FoundSale {
  sale: Sale;
  buyer: Buyer;
}
