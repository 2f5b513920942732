import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { type Alarm, createAlarm, type Job } from '../engines/scheduler-alarm.ts';
import type { Context } from './context.ts';
import { createControl } from './control.ts';
import { makeDefaultWorld } from './default-world.ts';
import { resumeDeliveries } from './delivery.ts';
import { createFeed } from './feed.ts';
import { createGraph } from './graph.ts';
import { openMediaShelf } from './media-shelf.ts';
import { createRandom } from './random.ts';
import { createSendLimits } from './send-limits.ts';
import { createTraffic } from './traffic.ts';
import { createWebhooks } from './webhooks.ts';
import { freezeWorld, thawWorld } from './world.ts';
import type { World } from './world-rows.ts';

/** How to make a simulator. */
export interface SimulatorOptions {
  clock: Clock;
  /** Where it can be reached, as `http://127.0.0.1:8787`. */
  url: string;
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

const KEEP_EVERY_MS = 2000;
const ROUNDS = 5;

const openSnapshot = (directory: string | undefined) => {
  const path = directory === undefined ? undefined : join(directory, 'world.json');
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  return {
    read: (): World | undefined => {
      if (path === undefined || !existsSync(path)) return undefined;
      return thawWorld(readFileSync(path, 'utf8'));
    },
    write: (world: World): void => {
      if (path === undefined) return;
      writeFileSync(`${path}.new`, freezeWorld(world), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    },
  };
};

type Snapshot = ReturnType<typeof openSnapshot>;

/** Keeps the world some seconds after it changed, and at the end. */
const keepWorld = (context: Context, snapshot: Snapshot): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = KEEP_EVERY_MS;
  const keep = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const begun = performance.now();
    try {
      snapshot.write(context.world);
    } catch (error) {
      console.error('the simulator could not keep its chats', error);
    }
    // a large world takes long to write: never more than a small part of the time
    pauseMs = Math.max(KEEP_EVERY_MS, (performance.now() - begun) * 30);
  };
  context.feed.listen(() => {
    timer ??= setTimeout(keep, pauseMs).unref();
  });
  return keep;
};

/** Makes a simulator; the answer's handlers are for a server of whoever asked. */
export const createSimulator = ({ clock, url, seed, directory }: SimulatorOptions): Simulator => {
  const random = createRandom(seed);
  const feed = createFeed();
  const traffic = createTraffic(feed);
  const snapshot = openSnapshot(directory);
  const limits = createSendLimits();
  const alarm = createAlarm(clock);
  const addToAlarm = (to: Alarm, { dueAt, run }: Job): void => {
    const born = context.world;
    // what a world that is gone had before it does not happen any more
    to.add({ dueAt, run: async () => (born === context.world ? run() : undefined) });
  };
  const webhooks = createWebhooks({ clock, random, traffic, world: () => context.world });
  const context: Context = {
    clock,
    random,
    feed,
    traffic,
    later: { add: (job) => addToAlarm(alarm, job) },
    webhooks,
    world: snapshot.read() ?? makeDefaultWorld(clock.now(), url),
    media: openMediaShelf(directory === undefined ? undefined : join(directory, 'media')),
    graphUrl: `${url}/graph`,
  };
  resumeDeliveries(context);
  const keep = keepWorld(context, snapshot);
  const settled = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await alarm.settled();
      await webhooks.settled();
    }
  };
  return {
    graph: createGraph(context, limits),
    control: createControl(context, { reset: () => reset(context, limits, url), settle: settled }),
    world: () => context.world,
    pointWebhooks: (appId, target) => {
      const app = context.world.apps.get(appId);
      if (app) Object.assign(app, target);
    },
    settled,
    close: async () => {
      keep();
      await Promise.all([alarm.close(), webhooks.close()]);
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
