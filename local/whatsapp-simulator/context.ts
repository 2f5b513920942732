import type { Clock } from '../clock.ts';
import type { Alarm } from '../engines/scheduler-alarm.ts';
import type { Feed } from './feed.ts';
import type { MediaShelf } from './media-shelf.ts';
import type { Random } from './random.ts';
import type { SendLimits } from './send-limits.ts';
import type { Traffic } from './traffic.ts';
import type { Webhooks } from './webhooks.ts';
import type { World } from './world-rows.ts';

/** What all parts of the simulator share. */
export interface Context {
  clock: Pick<Clock, 'now'>;
  random: Random;
  /** Replaced as a whole by a reset. */
  world: World;
  feed: Feed;
  traffic: Traffic;
  media: MediaShelf;
  /** For statuses and what else Meta does later. */
  later: Pick<Alarm, 'add'>;
  webhooks: Webhooks;
  /** What customers write counts against the pace of a number too. */
  limits: Pick<SendLimits, 'countInbound'>;
  /** Whether files behind links to this machine are looked at. */
  looksBehindLinks: boolean;
  /** As `http://127.0.0.1:8787/graph`. */
  graphUrl: string;
}

/** Seconds since 1970 as the text in which webhooks say times. */
export const secondsText = (ms: number): string => String(Math.floor(ms / 1000));

export const isoTime = (ms: number): string => new Date(ms).toISOString();
