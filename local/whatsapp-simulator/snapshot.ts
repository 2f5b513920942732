import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context.ts';
import type { Webhooks } from './webhooks.ts';
import { freezeWorld, thawWorld } from './world.ts';
import type { World } from './world-rows.ts';

/** What is kept over a restart: the world, and the webhooks that nobody has taken yet. */
export interface Snapshot {
  readWorld: () => World | undefined;
  resumeWebhooks: (webhooks: Webhooks) => void;
  write: (world: World, webhooks: Webhooks) => void;
}

const KEEP_EVERY_MS = 2000;

const nowhere: Snapshot = { readWorld: () => undefined, resumeWebhooks: () => undefined, write: () => undefined };

const replace = (path: string, text: string): void => {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
};

const read = <Value>(path: string, thaw: (text: string) => Value): Value | undefined => {
  if (!existsSync(path)) return undefined;
  try {
    return thaw(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`cannot read ${path}; start with --fresh to begin with empty data`, { cause });
  }
};

/** Opens the snapshot in a folder; without one nothing is kept. Reading throws where a file is broken. */
export const openSnapshot = (directory: string | undefined): Snapshot => {
  if (directory === undefined) return nowhere;
  mkdirSync(directory, { recursive: true });
  const [worldPath, webhooksPath] = [join(directory, 'world.json'), join(directory, 'webhooks.json')];
  return {
    readWorld: () => read(worldPath, thawWorld),
    resumeWebhooks: (webhooks) => read(webhooksPath, webhooks.thaw),
    write: (world, webhooks) => {
      replace(worldPath, freezeWorld(world));
      replace(webhooksPath, webhooks.freeze());
    },
  };
};

/** Keeps all some seconds after something changed; the answer keeps it now. */
export const keepWorld = (context: Context, snapshot: Snapshot): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = KEEP_EVERY_MS;
  const keep = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const begun = performance.now();
    try {
      snapshot.write(context.world, context.webhooks);
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
