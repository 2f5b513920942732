import { isWindowOpen } from './chats.ts';
import type { Context } from './context.ts';
import { type MetaError, metaError } from './graph-refusal.ts';
import type { Recipient } from './recipient.ts';
import type { SendLimits } from './send-limits.ts';
import type { Judged } from './sends/judge.ts';
import type { ChatRow, NumberRow } from './world-rows.ts';

/** A send that was accepted, as far as it is known by then. */
export interface Attempt {
  number: NumberRow;
  recipient: Recipient;
  chat?: ChatRow;
  judged: Judged;
}

/** Whether answers are free because the customer came by an advertisement. */
export const isFreeEntry = (chat: ChatRow | undefined, now: number): boolean => now < (chat?.freeUntil ?? 0);

/** How many people a portfolio may write to outside of a window. Source: Meta, "Messaging limits". */
const tiers: Readonly<Record<string, number>> = {
  TIER_50: 50,
  TIER_250: 250,
  TIER_1K: 1000,
  TIER_2K: 2000,
  TIER_10K: 10_000,
  TIER_100K: 100_000,
};

/**
 * Whether the portfolio has no room for one more person; counts them otherwise. The tier is the sending number's own.
 * Which code Meta gives is not documented: 131048 is chosen, whose text is that sends from the number are restricted.
 */
const isBeyondTier = (context: Context, limits: SendLimits, { number, chat }: Attempt): boolean => {
  const now = context.clock.now();
  if (!chat || isWindowOpen(chat, now)) return false;
  const most = tiers[number.tier] ?? Number.POSITIVE_INFINITY;
  return !limits.takePerson(number.businessId, chat.phoneId, most, now);
};

const marketingFailure = ({ recipient, chat, judged }: Attempt): MetaError | undefined => {
  if (judged.template?.category !== 'MARKETING') return undefined;
  if (chat?.marketing === 'stop') return metaError(131050);
  return recipient.waId?.startsWith('1') ? metaError(131049) : undefined;
};

/** What Meta finds out only after it has answered 200. */
export const laterFailure = (context: Context, limits: SendLimits, attempt: Attempt): MetaError | undefined => {
  const { recipient, chat, judged } = attempt;
  const now = context.clock.now();
  if (!recipient.phone || !chat) return metaError(131026, 'Message Undeliverable.');
  if (!judged.template && !isWindowOpen(chat, now)) {
    const details =
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.';
    return metaError(131047, details);
  }
  const marketing = marketingFailure(attempt);
  if (marketing) return marketing;
  if (context.world.knobs.paymentProblem && !isFreeEntry(chat, now)) {
    return metaError(
      131042,
      'Message failed to send because there were one or more errors related to your payment method.',
    );
  }
  if (judged.failsLater) return judged.failsLater;
  const details = 'Message failed to send because the portfolio has reached its messaging limit of the last 24 hours.';
  return isBeyondTier(context, limits, attempt) ? metaError(131048, details) : undefined;
};
