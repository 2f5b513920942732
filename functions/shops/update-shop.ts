import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { notFound } from '#core/errors.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { changeShop, type Shop, type UpdateShop } from './shop.ts';

/** Everything but phones: settings are no secret. */
const shown = [
  'name',
  'tagline',
  'language',
  'currency',
  'country',
  'timeZone',
  'holdMinutes',
  'firstHoldMinutes',
  'shopperConfirms',
  'limits',
  'whatsapp',
  'nicheType',
  'sellerSees',
  'features',
];

const entriesOn = (before: Shop, after: Shop, by: Actor, now: Date): AuditEntry[] => {
  const { shopId } = after;
  const changes = changesOf(before, after, { shown });
  if (Object.keys(changes).length === 0) return [];
  return [auditEntry({ shopId, subject: { kind: 'shop', id: shopId }, by, action: 'shop.changed', changes }, now)];
};

/**
 * Changes settings of a shop. `siteUrl`: where the caller sees the site; links in messages lead there unless the shop
 * says otherwise. Throws `change.conflict` when somebody else did so at the same moment.
 */
export const updateShop = async (
  { shopId, change, by, siteUrl }: { shopId: string; change: UpdateShop; by: Actor; siteUrl?: string },
  ports: {
    shops: {
      find: (shopId: string) => Promise<Shop | undefined>;
      /** Saves it with these entries, or nothing. */
      save: (shop: Shop, entries: readonly AuditEntry[]) => Promise<void>;
    };
    clock: Clock;
  },
): Promise<Shop> => {
  const shop = await ports.shops.find(shopId);
  if (shop === undefined) throw notFound();
  const now = ports.clock();
  const changed = changeShop(shop, change, now, siteUrl);
  await ports.shops.save(changed, entriesOn(shop, changed, by, now));
  return changed;
};
