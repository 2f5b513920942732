import type { Clock } from '#core/clock.ts';
import { shardOf } from '#core/ids.ts';
import type { Reconciliation } from './reconcile-stock.ts';

/** What a night's proofs came to. `unchecked` shops did not fit into the time, or their proof failed. */
export interface Night {
  shops: number;
  unchecked: number;
  drifts: number;
}

interface Ports {
  shops: AsyncIterable<{ shopId: string }>;
  reconcile: (shopId: string) => Promise<Reconciliation>;
  report: (shopId: string, drifts: Reconciliation['drifts']) => void;
  /** Told of a proof that failed; the night goes on with the other shops. */
  failed: (shopId: string, error: unknown) => void;
  clock: Clock;
}

const driftsOf = async (
  shopId: string,
  { reconcile, report, failed }: Ports,
): Promise<Reconciliation['drifts'] | undefined> => {
  try {
    const { drifts } = await reconcile(shopId);
    if (drifts.length > 0) report(shopId, drifts);
    return drifts;
  } catch (error) {
    failed(shopId, error);
    return undefined;
  }
};

/** Another shop comes first every night, so that a night too short for all starves none for long. */
const inTonightsOrder = <Shop>(shops: readonly Shop[], now: Date): Shop[] => {
  const first = shops.length > 0 ? shardOf(now.toISOString().slice(0, 10), shops.length) : 0;
  return [...shops.slice(first), ...shops.slice(0, first)];
};

/** Proves one shop after the other until `until`; every drift is reported as it is found. */
export const reconcileShops = async (until: Date, ports: Ports): Promise<Night> => {
  const night: Night = { shops: 0, unchecked: 0, drifts: 0 };
  const shops = await Array.fromAsync(ports.shops);
  for (const { shopId } of inTonightsOrder(shops, ports.clock())) {
    const drifts = ports.clock() < until ? await driftsOf(shopId, ports) : undefined;
    if (drifts === undefined) night.unchecked += 1;
    else night.shops += 1;
    night.drifts += drifts?.length ?? 0;
  }
  return night;
};
