import * as z from 'zod/mini';
import { timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { readAccountNews } from '../whatsapp/account-event.ts';
import type { AccountEvent } from './account-event.ts';

/** Something that Meta told of an account, a number or a template, as the shop's admins see it. */
export const AccountEventView = lazy(() =>
  z.object({
    at: timeField(),
    receivedAt: timeField(),
    /** What it is about, as we sort it. */
    kind: z.string(),
    /** Meta's word for what changed. */
    field: z.string(),
    accountId: z.string(),
    phoneNumberId: z.optional(z.string()),
    /** What we read in it, by its type; `other` for what we only keep. */
    news: z.record(z.string(), z.unknown()),
    /** Meta's JSON of it; absent when it is long. */
    payload: z.optional(z.unknown()),
  }),
);
export type AccountEventView = z.infer<Lazy<typeof AccountEventView>>;

/** A page of fifty must fit into an answer. */
const LONGEST_SHOWN = 20_000;

/** An account event as admins see it. */
export const accountEventView = (event: AccountEvent): AccountEventView => {
  const { at, receivedAt, kind, field, accountId, phoneNumberId, raw, tooLarge } = event;
  const payload: unknown = JSON.parse(raw);
  return {
    ...{ at, receivedAt, kind, field, accountId, phoneNumberId },
    news: { ...readAccountNews({ field, payload }) },
    ...(raw.length <= LONGEST_SHOWN && tooLarge === undefined && { payload }),
  };
};
