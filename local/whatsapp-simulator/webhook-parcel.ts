import { createHmac } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { callAddress, type Outcome } from './http-post.ts';
import { toMetaJson } from './meta-json.ts';
import type { Random } from './random.ts';
import type { TrafficRecord } from './simulator-api.ts';
import type { Traffic } from './traffic.ts';
import type { Target } from './webhook-targets.ts';
import type { World } from './world-rows.ts';

/** What a change is about. */
export interface About {
  numberId?: string;
  phoneId?: string;
  field: string;
  /** A customer's message that gets its second tick once an address has answered 200. */
  messageId?: string;
}

/** One change that Meta tells. */
export interface Change extends About {
  /** Of an account, or the leads of a page. */
  accountId?: string;
  pageId?: string;
  value: object;
}

/** What the queue needs of the simulator. */
export interface WebhookSurroundings {
  clock: Clock;
  random: Random;
  world: () => World;
  traffic: Traffic;
  /** An address has answered 200. */
  onDelivered: (about: About) => void;
}

/** A body on its way to one address. */
export interface Parcel {
  target: Target;
  body: Buffer;
  about: About[];
  attempt: number;
  firstAt: number;
  lost: boolean;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Meta tries again "with decreasing frequency" for up to 7 days and gives no numbers; these are our guess.
 * Source: Meta, "Webhooks overview".
 */
const pauses = [
  2 * SECOND,
  10 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  12 * HOUR,
];
const LONGEST_PAUSE = 24 * HOUR;
const GIVES_UP_AFTER = 7 * 24 * HOUR;

/** The value of `X-Hub-Signature-256` over exactly these bytes. */
export const signatureOf = (body: Buffer, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Only what is about the account as a whole carries the entry's time. */
const entryOf = (change: Change, now: number) => ({
  id: change.pageId ?? change.accountId,
  ...(!('metadata' in change.value) && { time: Math.floor(now / 1000) }),
  changes: [{ value: change.value, field: change.field }],
});

/** The body that tells some changes. */
export const bodyOf = (changes: Change[], now: number): Buffer => {
  const object = changes[0]?.pageId === undefined ? 'whatsapp_business_account' : 'page';
  return Buffer.from(toMetaJson({ object, entry: changes.map((change) => entryOf(change, now)) }));
};

/** Work in order for each lane; a lane's next waits for the one before. */
export const createLanes = () => {
  const tails = new Map<string, Promise<void>>();
  return (lane: string, work: () => Promise<void>): Promise<void> => {
    const turn = (tails.get(lane) ?? Promise.resolve()).then(work);
    tails.set(lane, turn);
    return turn.finally(() => {
      if (tails.get(lane) === turn) tails.delete(lane);
    });
  };
};

/** What carries parcels, and remembers which record was of which. */
export const createCarrier = ({ clock, world, traffic }: WebhookSurroundings) => {
  const carried = new WeakMap<TrafficRecord, Parcel>();
  const addressOf = ({ target }: Parcel): string =>
    (target.isOwn ? world().apps.get(target.appId)?.callbackUrl : undefined) ?? target.url;
  const post = ({ target, body }: Parcel, url: string): Promise<Outcome> => {
    const secret = world().apps.get(target.appId)?.appSecret ?? '';
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      'user-agent': 'facebookexternalua',
      'x-hub-signature-256': signatureOf(body, secret),
    };
    return callAddress(url, { method: 'POST', headers }, body);
  };
  /** Carries it once; true when it was taken. */
  const carry = async (parcel: Parcel): Promise<boolean> => {
    const [change] = parcel.about;
    const begun = performance.now();
    const url = addressOf(parcel);
    const record = traffic.begin({
      direction: 'webhook',
      at: new Date(clock.now()).toISOString(),
      method: 'POST',
      url,
      requestBody: parcel.body.toString('utf8'),
      attempt: parcel.attempt,
      field: change?.field,
      numberId: change?.numberId,
      phoneId: change?.phoneId,
    });
    carried.set(record, parcel);
    const { status, body, failure } = parcel.lost
      ? { status: undefined, body: '', failure: 'lost on the way' }
      : await post(parcel, url);
    const durationMs = Math.round(performance.now() - begun);
    traffic.end(record, { status, responseBody: body, durationMs, note: failure });
    return status === 200;
  };
  return { carry, parcelOf: (record: TrafficRecord): Parcel | undefined => carried.get(record) };
};

/** Retries after a pause, on the clock, until taken or too old. */
export const nextTryOf = ({ attempt, firstAt }: Parcel, now: number): number | undefined => {
  const at = now + (pauses[attempt - 1] ?? LONGEST_PAUSE);
  return at - firstAt > GIVES_UP_AFTER ? undefined : at;
};
