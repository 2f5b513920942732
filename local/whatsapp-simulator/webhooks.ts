import { createAlarm } from '../engines/scheduler-alarm.ts';
import {
  type About,
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
  /** All that waits, as text to be kept. */
  freeze(): string;
  /** Goes on with what was kept. */
  thaw(text: string): void;
  /** Forgets all that waits. */
  clear(): void;
  close(): Promise<void>;
}

const MOST_WAITING = 20_000;
const BATCH_WAIT_MS = 200;

/** What waits for its time, or is on its way. */
interface WaitingParcel {
  parcel: Parcel;
  dueAt: number;
}

const aboutOf = ({ numberId, phoneId, field, messageId }: Change): About => ({ numberId, phoneId, field, messageId });

/** Sends parcels when they are due, and those that were not taken again later. */
const createDispatch = (surroundings: WebhookSurroundings) => {
  const { clock, random, world, onDelivered } = surroundings;
  const { carry, parcelOf } = createCarrier(surroundings);
  const inLane = createLanes();
  const alarm = createAlarm(clock);
  const waiting = new Set<WaitingParcel>();

  /** One after another for each chat, as long as nobody wants a disorder; a retry holds nobody up. */
  const laneOf = ({ target, about: [change], attempt }: Parcel): string | undefined => {
    const isFree = attempt > 1 || world().knobs.shuffleMs > 0;
    return isFree ? undefined : `${target.url} ${change?.numberId ?? ''} ${change?.phoneId ?? ''}`;
  };
  const attempt = async (one: WaitingParcel): Promise<void> => {
    const { parcel } = one;
    const isTaken = await carry(parcel);
    if (!waiting.delete(one)) return;
    if (isTaken) {
      for (const about of parcel.about) onDelivered(about);
      return;
    }
    const at = nextTryOf(parcel, clock.now());
    if (at !== undefined) schedule({ ...parcel, attempt: parcel.attempt + 1, lost: false }, at);
  };
  const schedule = (parcel: Parcel, dueAt: number): void => {
    if (waiting.size >= MOST_WAITING) return;
    const one = { parcel, dueAt };
    waiting.add(one);
    const run = async (): Promise<void> => {
      if (!waiting.has(one)) return;
      const lane = laneOf(parcel);
      await (lane === undefined ? attempt(one) : inLane(lane, () => attempt(one)));
    };
    alarm.add({ dueAt, run });
  };
  const post = (target: Target, changes: Change[]): void => {
    const { webhookDelayMs, shuffleMs, duplicates, lossRate } = world().knobs;
    const now = clock.now();
    const body = bodyOf(changes, now);
    const about = changes.map(aboutOf);
    for (let copy = 0; copy < duplicates; copy += 1) {
      const lost = random.share() < lossRate;
      const delay = webhookDelayMs + Math.round(random.share() * shuffleMs);
      schedule({ target, body, about, attempt: 1, firstAt: now, lost }, now + delay);
    }
  };
  return { alarm, waiting, schedule, post, parcelOf };
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
    freeze: () =>
      JSON.stringify(
        [...dispatch.waiting].map(({ parcel, dueAt }) => ({
          dueAt,
          parcel: { ...parcel, body: parcel.body.toString('utf8') },
        })),
      ),
    thaw: (text) => {
      const kept = JSON.parse(text) as { dueAt: number; parcel: Omit<Parcel, 'body'> & { body: string } }[];
      for (const { dueAt, parcel } of kept) dispatch.schedule({ ...parcel, body: Buffer.from(parcel.body) }, dueAt);
    },
    settled: () => dispatch.alarm.settled(),
    clear: () => {
      dispatch.waiting.clear();
      gathering.clear();
    },
    close: () => dispatch.alarm.close(),
  };
};
