import * as z from 'zod/mini';
import { addMinutes, type Clock } from '#core/clock.ts';
import { contentDigest } from '#core/ids.ts';
import { lazy } from '#core/lazy.ts';
import { Checkout, stateAt } from '../checkouts/checkout.ts';
import { type RecordPorts, recordEvent } from '../checkouts/record-event.ts';
import { type CheckoutEvent, ONCE } from '../checkouts/timeline.ts';
import type { LeadWork } from '../lead-sources/lead-work.ts';
import type { Shop } from '../shops/shop.ts';
import type { Occasion } from '../shops/whatsapp-settings.ts';
import type { Change } from './change.ts';
import type { Post } from './outbox.ts';

export interface RelayCheckoutPorts extends RecordPorts {
  scheduler: { callOnce: (name: string, at: Date, input: object) => Promise<void> };
  /** May be a few seconds old. */
  findShop: (shopId: string) => Promise<Shop | undefined>;
  post: Post;
  clock: Clock;
}

type Scheduled = Pick<Checkout, 'code' | 'expiresAt'>;

/**
 * The name of a checkout's schedule. A later expiry is another schedule; the earlier one then finds nothing due. The
 * code gives power over the checkout, and names are listed and logged: so a digest stands for it.
 */
export const scheduleName = (what: 'expiry' | 'reminder', { code, expiresAt }: Scheduled): string =>
  `${what}-${contentDigest([code, expiresAt])}`;

/** A schedule must lie in the future when the call to make it arrives. */
const SOONEST_MS = 15_000;

/** Only what is needed: a row that can't be read whole must not hold up the stream. */
const Relayed = lazy(() =>
  z.pick(Checkout(), {
    code: true,
    shopId: true,
    state: true,
    expiresAt: true,
    createdAt: true,
    currency: true,
    total: true,
    endedAt: true,
    endedBy: true,
  }),
);
type Relayed = Pick<
  Checkout,
  'code' | 'shopId' | 'state' | 'expiresAt' | 'createdAt' | 'currency' | 'total' | 'endedAt' | 'endedBy'
>;

/** What is past its time by the time we learn of it is left to the sweeper. */
const scheduleExpiry = async (checkout: Relayed, { scheduler, clock }: RelayCheckoutPorts): Promise<void> => {
  const at = new Date(Math.max(new Date(checkout.expiresAt).getTime(), clock().getTime() + SOONEST_MS));
  await scheduler.callOnce(scheduleName('expiry', checkout), at, { code: checkout.code });
};

/** A hold that is shorter than the shop's notice gets no reminder: it would come with the checkout itself. */
const scheduleReminder = async (checkout: Relayed, shop: Shop, ports: RelayCheckoutPorts): Promise<void> => {
  const { reminderMinutes, notices } = shop.whatsapp;
  if (reminderMinutes === null || !notices.reminder) return;
  const at = addMinutes(new Date(checkout.expiresAt), -reminderMinutes);
  if (at.getTime() < ports.clock().getTime() + SOONEST_MS) return;
  const input = { code: checkout.code, occasion: 'reminder', expiresAt: checkout.expiresAt };
  await ports.scheduler.callOnce(scheduleName('reminder', checkout), at, input);
};

/** How a committed change went: what began, changed or ended with it. */
const turnOf = ({ before }: Change, after: Relayed): { occasion?: Exclude<Occasion, 'reminder'>; isMoved: boolean } => {
  if (before === undefined) return { occasion: 'created', isMoved: after.state === 'active' };
  if (before['state'] === after.state) return { isMoved: before['expiresAt'] !== after.expiresAt };
  return { ...(after.state !== 'active' && { occasion: after.state }), isMoved: false };
};

const eventOf = (after: Relayed, occasion: Occasion): CheckoutEvent | undefined => {
  if (occasion === 'created') return { kind: 'created', cause: ONCE, at: after.createdAt, by: 'shopper' };
  if (after.state === 'active' || after.endedAt === undefined) return undefined;
  return { kind: after.state, cause: ONCE, at: after.endedAt, ...(after.endedBy && { by: after.endedBy }) };
};

/** Whether the customer hears of it is decided where the shop's settings are read afresh. */
const postNotice = ({ code }: Relayed, occasion: Occasion, post: Post): void => {
  const group = contentDigest(code);
  post('notices', { body: { code, occasion }, group, dedupId: `${occasion}-${group}` });
};

const tieOf = (image: Record<string, unknown> | undefined): unknown => image && JSON.stringify(image['tie'] ?? null);

/** Whose checkout it is, and how it stands, is kept with the person too: when it begins, is tied to somebody, or ends. */
const postToContact = ({ before, after: image }: Change, after: Relayed, post: Post): void => {
  if (before?.['state'] === after.state && tieOf(before) === tieOf(image)) return;
  const isOver = after.state !== 'active';
  const body: LeadWork = { do: 'checkout', code: after.code, ...(isOver && { isOver }) };
  post('leads', { body, group: after.shopId });
};

const follow = async (after: Relayed, shop: Shop, change: Change, ports: RelayCheckoutPorts): Promise<void> => {
  const { occasion, isMoved } = turnOf(change, after);
  if (isMoved && stateAt(after, ports.clock()) === 'active') await scheduleReminder(after, shop, ports);
  if (isMoved && occasion === undefined) {
    const at = ports.clock().toISOString();
    await recordEvent(shop, after.code, { kind: 'extended', cause: after.expiresAt, at }, ports);
  }
  if (occasion === undefined) return;
  const event = eventOf(after, occasion);
  const sale = occasion === 'confirmed' ? { currency: after.currency, total: after.total } : undefined;
  if (event) await recordEvent(shop, after.code, event, ports, sale);
  postNotice(after, occasion, ports.post);
};

/**
 * What follows from a checkout's beginning, longer hold or end: schedules for its expiry and a reminder, its timeline
 * and the shop's funnel, notices for the customer, and its place among what the person did. Safe to repeat.
 */
export const relayCheckout = async (change: Change, ports: RelayCheckoutPorts): Promise<void> => {
  if (change.after === undefined) return;
  const after = Relayed().parse(change.after);
  const isMoved = change.before?.['expiresAt'] !== after.expiresAt;
  if (isMoved && stateAt(after, ports.clock()) === 'active') await scheduleExpiry(after, ports);
  postToContact(change, after, ports.post);
  const shop = await ports.findShop(after.shopId);
  if (shop) await follow(after, shop, change, ports);
};
