import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { type Alarm, createAlarm, type Job } from '../engines/scheduler-alarm.ts';
import { tickDelivered } from './chats.ts';
import type { Context } from './context.ts';
import { createControl } from './control.ts';
import { makeDefaultWorld } from './default-world.ts';
import { resumeDeliveries } from './delivery.ts';
import { createFeed } from './feed.ts';
import { createGraph } from './graph.ts';
import { openMediaShelf } from './media-shelf.ts';
import { createRandom } from './random.ts';
import { createSendLimits, type SendLimits } from './send-limits.ts';
import { keepWorld, openSnapshot } from './snapshot.ts';
import { createTraffic } from './traffic.ts';
import { createWebhooks } from './webhooks.ts';
import type { World } from './world-rows.ts';

/** How to make a simulator. */
export interface SimulatorOptions {
  clock: Clock;
  /** Where it can be reached, as `http://127.0.0.1:8787`. */
  url: string;
  /** Where others reach it: what addresses in its answers begin with. @default `url` */
  publicUrl?: string;
  /** Makes chance repeatable. @default another at each start */
  seed?: number;
  /** Where chats are kept over a restart. @default nowhere */
  directory?: string;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Meta, played on this machine. */
export interface Simulator {
  /** `/graph/**`. */
  graph: Handle;
  /** `/simulator/api/**`. */
  control: Handle;
  /** The world as it is now, for those in the same process. */
  world: () => World;
  /** Tells an app's webhooks where to go without asking that address first. */
  pointWebhooks: (appId: string, target: { callbackUrl: string; verifyToken: string; appSecret?: string }) => void;
  /** Resolves when all that is due by now was told and answered. */
  settled: () => Promise<void>;
  /** Keeps what is there, and ends. */
  close: () => Promise<void>;
}

const ROUNDS = 5;

/** Runs what Meta does later, unless its world is gone by then. */
const laterIn = (world: () => World, alarm: Alarm): Context['later'] => ({
  add: ({ dueAt, run }: Job) => {
    const born = world();
    alarm.add({ dueAt, run: async () => (born === world() ? run() : undefined) });
  },
});

const openContext = (
  { clock, url, publicUrl = url, seed, directory }: SimulatorOptions,
  kept: World | undefined,
  alarm: Alarm,
  limits: SendLimits,
): Context => {
  const random = createRandom(seed);
  const feed = createFeed();
  const traffic = createTraffic(feed);
  const world = () => context.world;
  const onDelivered = ({ messageId }: { messageId?: string }) => tickDelivered(context, messageId);
  const context: Context = {
    clock,
    random,
    feed,
    traffic,
    later: laterIn(world, alarm),
    webhooks: createWebhooks({ clock, random, traffic, world, onDelivered }),
    world: kept ?? makeDefaultWorld(clock.now(), publicUrl),
    media: openMediaShelf(directory === undefined ? undefined : join(directory, 'media')),
    graphUrl: `${publicUrl}/graph`,
    limits,
    // else whoever finds the public address could have this machine ask itself
    looksBehindLinks: publicUrl === url,
  };
  return context;
};

/** Makes a simulator; the answer's handlers are for a server of whoever asked. */
export const createSimulator = (options: SimulatorOptions): Simulator => {
  const snapshot = openSnapshot(options.directory);
  const limits = createSendLimits();
  const alarm = createAlarm(options.clock);
  const context = openContext(options, snapshot.readWorld(), alarm, limits);
  const { webhooks } = context;
  resumeDeliveries(context);
  snapshot.resumeWebhooks(webhooks);
  const keep = keepWorld(context, snapshot);
  const settled = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await alarm.settled();
      await webhooks.settled();
    }
  };
  return {
    graph: createGraph(context, limits),
    control: createControl(context, {
      reset: () => reset(context, limits, options.publicUrl ?? options.url),
      settle: settled,
    }),
    world: () => context.world,
    pointWebhooks: (appId, target) => {
      const app = context.world.apps.get(appId);
      if (app) Object.assign(app, target);
    },
    settled,
    close: async () => {
      await Promise.all([alarm.close(), webhooks.close()]);
      keep();
    },
  };
};

/** The default world again; where webhooks go stays. */
const reset = (context: Context, limits: { clear: () => void }, url: string): void => {
  const before = context.world;
  context.world = makeDefaultWorld(context.clock.now(), url);
  for (const [appId, app] of context.world.apps) Object.assign(app, { ...before.apps.get(appId) });
  limits.clear();
  context.webhooks.clear();
  context.traffic.clear();
  context.media.clear();
  context.feed.publish({ kind: 'reload' });
};
