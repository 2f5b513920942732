import * as z from 'zod/mini';
import { countField, currencyField, sumField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { salesDetail, salesSentence } from '#core/messages/previous-sales.ts';
import type { Shop } from '../shops/shop.ts';
import type { Bought } from './sale-link.ts';

/** What a contact has bought, as chats and leads show it. */
export const PreviousSales = lazy(() =>
  z.object({
    count: countField(),
    totals: z.array(z.object({ currency: currencyField(), count: countField(), total: sumField() })),
    lastAt: timeField(),
    /** Like «Este cliente tiene 3 ventas anteriores», in the language of the shop. */
    sentence: z.string(),
    /** Totals and last date in words, like «$ 45.000 en total, la última el 3 de noviembre de 2026». */
    detail: z.string(),
  }),
);
export type PreviousSales = z.infer<Lazy<typeof PreviousSales>>;

/** Where a shop is, and how it speaks. */
export type Speaker = Pick<Shop, 'language' | 'country' | 'timeZone'>;

/** What a contact has bought, with its words. */
export const previousSales = (bought: Bought, shop: Speaker): PreviousSales => ({
  ...bought,
  sentence: salesSentence(shop.language, bought.count),
  detail: salesDetail(bought, shop),
});
