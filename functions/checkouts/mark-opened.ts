import { notFound } from '#core/errors.ts';
import type { Shop } from '../shops/shop.ts';
import type { Checkout } from './checkout.ts';
import { type RecordPorts, recordEvent } from './record-event.ts';
import { ONCE } from './timeline.ts';

export interface OpenedPorts extends RecordPorts {
  checkouts: { find: (code: string) => Promise<Checkout | undefined> };
  findShop: (shopId: string) => Promise<Shop | undefined>;
  timeline: RecordPorts['timeline'] & { hasReached: (code: string, stage: 'opened') => Promise<boolean> };
}

/**
 * Notes that somebody looks at a checkout's page, the first time. Called by the page's own script and nothing else:
 * whatever only fetches a link (previews, scanners) runs none. Throws `not-found`.
 */
export const markOpened = async (code: string, ports: OpenedPorts): Promise<void> => {
  const checkout = await ports.checkouts.find(code);
  const shop = checkout && (await ports.findShop(checkout.shopId));
  if (shop === undefined) throw notFound();
  if (await ports.timeline.hasReached(code, 'opened')) return;
  const at = ports.patience.clock().toISOString();
  await recordEvent(shop, code, { kind: 'opened', cause: ONCE, at }, ports);
};
