import type { Clock } from '#core/clock.ts';
import type { Reconciliation } from './reconcile-stock.ts';

/** What a night's proofs came to. `unchecked` shops did not fit into the time. */
export interface Night {
  shops: number;
  unchecked: number;
  drifts: number;
}

/** Proves one shop after the other until `until`; every drift is reported as it is found. */
export const reconcileShops = async (
  until: Date,
  ports: {
    shops: AsyncIterable<{ shopId: string }>;
    reconcile: (shopId: string) => Promise<Reconciliation>;
    report: (shopId: string, drifts: Reconciliation['drifts']) => void;
    clock: Clock;
  },
): Promise<Night> => {
  const night: Night = { shops: 0, unchecked: 0, drifts: 0 };
  for await (const { shopId } of ports.shops) {
    if (ports.clock() >= until) {
      night.unchecked += 1;
      continue;
    }
    const { drifts } = await ports.reconcile(shopId);
    if (drifts.length > 0) ports.report(shopId, drifts);
    night.shops += 1;
    night.drifts += drifts.length;
  }
  return night;
};
