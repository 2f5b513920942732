import * as z from 'zod/mini';
import { lazy } from '#core/lazy.ts';
import { type RecordPorts, recordEvent } from '../checkouts/record-event.ts';
import type { CheckoutEvent } from '../checkouts/timeline.ts';
import { Message, type OutboundState, ranks } from '../conversations/message.ts';
import type { LeadWork } from '../lead-sources/lead-work.ts';
import type { Shop } from '../shops/shop.ts';
import type { Change } from './change.ts';
import type { Post } from './outbox.ts';

export interface RelayMessagePorts extends RecordPorts {
  /** May be a few seconds old. */
  findShop: (shopId: string) => Promise<Shop | undefined>;
  post: Post;
}

/** Only what is needed: a row that can't be read whole must not hold up the stream. */
const Relayed = lazy(() =>
  z.pick(Message(), {
    shopId: true,
    conversationId: true,
    messageId: true,
    at: true,
    direction: true,
    origin: true,
    raw: true,
    state: true,
    rank: true,
    media: true,
    checkoutCode: true,
    error: true,
    sentAt: true,
    deliveredAt: true,
    readAt: true,
    updatedAt: true,
  }),
);
type Relayed = Pick<
  Message,
  'shopId' | 'conversationId' | 'messageId' | 'at' | 'direction' | 'state' | 'rank' | 'media' | 'checkoutCode'
> &
  Pick<Message, 'origin' | 'raw' | 'error' | 'sentAt' | 'deliveredAt' | 'readAt' | 'updatedAt'>;

/** A new row goes on to be sent; a file that a row has got, at first or later, to be fetched. */
const postOn = ({ before }: Change, after: Relayed, post: Post): void => {
  const { shopId, conversationId, at, messageId, direction, state, media } = after;
  const place = { shopId, conversationId, at, messageId };
  if (before === undefined && direction === 'outbound' && state === 'queued') {
    post('outbound', { body: { do: 'send', ...place }, group: conversationId, dedupId: messageId });
  }
  if (media?.state === 'pending' && before?.['media'] === undefined) post('media', { body: place, group: shopId });
};

/** A customer whom an advertisement led to the shop may become a lead, and the click is kept with the one they are. */
const postAdClick = ({ before }: Change, after: Relayed, post: Post): void => {
  const { shopId, conversationId, at, messageId, origin, raw } = after;
  if (before !== undefined || origin !== 'customer' || !raw?.includes('"referral":{')) return;
  const body: LeadWork = { do: 'conversation', shopId, conversationId, at, messageId };
  post('leads', { body, group: shopId });
};

const stepRanks = { sent: ranks.sent, delivered: ranks.delivered, read: ranks.read } as const;
type Step = keyof typeof stepRanks;
const steps = Object.keys(stepRanks) as Step[];

const momentOf = (step: Step, { sentAt, deliveredAt, readAt, updatedAt }: Relayed): string =>
  ({ sent: sentAt ?? deliveredAt ?? readAt, delivered: deliveredAt ?? readAt, read: readAt })[step] ?? updatedAt;

/** A failure stands beside the way, not on it. */
const rankOf = (image: Record<string, unknown> | undefined): number => {
  const rank = Number(image?.['rank'] ?? -1);
  return rank === ranks.failed ? ranks.unknown : rank;
};

/** What a change of a message about a checkout says: each step that it has passed, for a status may skip some. */
const eventsOf = (change: Change, after: Relayed): CheckoutEvent[] => {
  const { messageId, conversationId, state, error } = after;
  const about = { cause: messageId, messageId, conversationId };
  if (state === 'failed') {
    const isNew = change.before?.['state'] !== ('failed' satisfies OutboundState);
    const reason = error && { reason: String(error.code) };
    return isNew ? [{ kind: 'failed', ...about, at: after.updatedAt, ...reason }] : [];
  }
  const [from, to] = [rankOf(change.before), after.rank ?? -1];
  return steps
    .filter((step) => from < stepRanks[step] && stepRanks[step] <= to)
    .map((step) => ({ kind: step, ...about, at: momentOf(step, after) }));
};

const recordSteps = async (change: Change, after: Relayed, ports: RelayMessagePorts): Promise<void> => {
  if (after.checkoutCode === undefined || after.direction !== 'outbound') return;
  const events = eventsOf(change, after);
  const shop = events.length > 0 ? await ports.findShop(after.shopId) : undefined;
  if (shop === undefined) return;
  for (const event of events) await recordEvent(shop, after.checkoutCode, event, ports);
};

/**
 * What follows from a message's row: a new one is sent, or has its file fetched, or tells of the advertisement
 * that led to it; one about a checkout writes on its timeline how far it came. Safe to repeat.
 */
export const relayMessage = async (change: Change, ports: RelayMessagePorts): Promise<void> => {
  if (change.after === undefined) return;
  const after = Relayed().parse(change.after);
  postOn(change, after, ports.post);
  postAdClick(change, after, ports.post);
  await recordSteps(change, after, ports);
};
