import { createAlarm } from '../engines/scheduler-alarm.ts';
import {
  bodyOf,
  type Change,
  createCarrier,
  createLanes,
  nextTryOf,
  type Parcel,
  type WebhookSurroundings,
} from './webhook-parcel.ts';
import { leadTargetsOf, type Target, targetsOf } from './webhook-targets.ts';

/** Meta's outgoing webhooks. */
export interface Webhooks {
  /** Tells it to everybody who subscribed; the answer says to how many. */
  send(change: Change): number;
  /** Sends the body of a webhook once more, at once. */
  again(trafficId: string): boolean;
  /** Resolves when all that is due has been answered. */
  settled(): Promise<void>;
  /** Forgets all that waits. */
  clear(): void;
  close(): Promise<void>;
}

const MOST_WAITING = 20_000;
const BATCH_WAIT_MS = 200;

/** Sends parcels when they are due, and those that were not taken again later. */
const createDispatch = (surroundings: WebhookSurroundings) => {
  const { clock, random, world } = surroundings;
  const { carry, parcelOf } = createCarrier(surroundings);
  const inLane = createLanes();
  const alarm = createAlarm(clock);
  const state = { waiting: 0, era: 0 };

  /** One after another for each chat, as long as nobody wants a disorder; a retry holds nobody up. */
  const laneOf = ({ target, changes: [change], attempt }: Parcel): string | undefined => {
    const isFree = attempt > 1 || world().knobs.shuffleMs > 0;
    return isFree ? undefined : `${target.url} ${change?.numberId ?? ''} ${change?.phoneId ?? ''}`;
  };
  const attempt = async (parcel: Parcel, born: number): Promise<void> => {
    const isTaken = await carry(parcel);
    if (isTaken) {
      for (const { onDelivered } of parcel.changes) onDelivered?.();
      return;
    }
    const at = nextTryOf(parcel, clock.now());
    if (at !== undefined && born === state.era) schedule({ ...parcel, attempt: parcel.attempt + 1, lost: false }, at);
  };
  const schedule = (parcel: Parcel, dueAt: number): void => {
    if (state.waiting >= MOST_WAITING) return;
    state.waiting += 1;
    const born = state.era;
    const run = async (): Promise<void> => {
      if (born !== state.era) return;
      state.waiting -= 1;
      const lane = laneOf(parcel);
      await (lane === undefined ? attempt(parcel, born) : inLane(lane, () => attempt(parcel, born)));
    };
    alarm.add({ dueAt, run });
  };
  const post = (target: Target, changes: Change[]): void => {
    const { webhookDelayMs, shuffleMs, duplicates, lossRate } = world().knobs;
    const now = clock.now();
    const body = bodyOf(changes, now);
    for (let copy = 0; copy < duplicates; copy += 1) {
      const lost = random.share() < lossRate;
      const delay = webhookDelayMs + Math.round(random.share() * shuffleMs);
      schedule({ target, body, changes, attempt: 1, firstAt: now, lost }, now + delay);
    }
  };
  const clear = (): void => {
    state.era += 1;
    state.waiting = 0;
  };
  return { alarm, schedule, post, parcelOf, clear };
};

/** Gathers changes for one address for a moment, to tell them in one body. */
const createGathering = (
  { clock, world }: WebhookSurroundings,
  { alarm, post }: Pick<ReturnType<typeof createDispatch>, 'alarm' | 'post'>,
) => {
  const gathered = new Map<string, Change[]>();
  const flush = (key: string, target: Target): void => {
    const changes = gathered.get(key) ?? [];
    gathered.delete(key);
    if (changes.length > 0) post(target, changes);
  };
  const add = (target: Target, change: Change): void => {
    const key = `${target.appId} ${target.url} ${change.pageId === undefined}`;
    const changes = gathered.get(key) ?? [];
    changes.push(change);
    if (changes.length === 1) {
      gathered.set(key, changes);
      alarm.add({ dueAt: clock.now() + BATCH_WAIT_MS, run: async () => flush(key, target) });
    }
    if (changes.length >= world().knobs.batch) flush(key, target);
  };
  return { add, clear: () => gathered.clear() };
};

/**
 * Makes the queue of outgoing webhooks. Nothing in it ever throws; what waits is bounded, and above that nothing more
 * is taken.
 */
export const createWebhooks = (surroundings: WebhookSurroundings): Webhooks => {
  const { clock, world, traffic } = surroundings;
  const dispatch = createDispatch(surroundings);
  const gathering = createGathering(surroundings, dispatch);
  const targetsFor = ({ pageId, accountId = '', numberId, field }: Change): Target[] =>
    pageId === undefined ? targetsOf(world(), { field, accountId, numberId }) : leadTargetsOf(world(), pageId);
  return {
    send: (change) => {
      const targets = targetsFor(change);
      for (const target of targets) {
        if (world().knobs.batch > 1) gathering.add(target, change);
        else dispatch.post(target, [change]);
      }
      return targets.length;
    },
    again: (trafficId) => {
      const record = traffic.find(trafficId);
      const parcel = record && dispatch.parcelOf(record);
      if (!parcel) return false;
      const now = clock.now();
      dispatch.schedule({ ...parcel, attempt: 1, firstAt: now, lost: false }, now);
      return true;
    },
    settled: () => dispatch.alarm.settled(),
    clear: () => {
      dispatch.clear();
      gathering.clear();
    },
    close: () => dispatch.alarm.close(),
  };
};
