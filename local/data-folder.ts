import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { IdentityKeys } from './identity.ts';
import { isRunning } from './lock.ts';
import { StartRefused } from './start-refused.ts';

/** What the local cloud itself remembers from one run to the next. */
interface CloudState {
  clockOffsetMs?: number;
  identityKeys?: IdentityKeys;
  /** The demo shop is being made. */
  seeding?: boolean;
}

/** Where a running local cloud can be reached. */
interface Running {
  pid: number;
  port: number;
  url: string;
  /** For the commands of `bin/`, which work on this cloud as its owner. */
  tableName: string;
  archiveBucket?: string | undefined;
  filesBucket?: string | undefined;
  owner: { accessKeyId: string; secretAccessKey: string };
}

/** The folder that keeps the data of a local cloud. */
export interface DataFolder {
  directory: string;
  /** Deletes all that is in it. Throws `StartRefused` when it holds what is not a local cloud's. */
  empty: () => void;
  state: () => CloudState;
  /** Changes some of the state and keeps it. */
  remember: (change: CloudState) => void;
  announce: (running: Running) => void;
  /** Takes the announcement back. */
  retire: () => void;
}

const STATE = 'state.json';
const RUNNING = 'cloud.json';

const readJson = <Value>(path: string): Value | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Value;
  } catch {
    return undefined;
  }
};

const writeJson = (path: string, value: unknown): void => {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
};

const isAnswering = async ({ url, pid }: Running): Promise<boolean> => {
  try {
    const answer = await fetch(`${url}/local/health`, { signal: AbortSignal.timeout(2000) });
    return ((await answer.json()) as { pid?: number }).pid === pid;
  } catch {
    return false;
  }
};

const assertFree = async (directory: string): Promise<void> => {
  const running = readJson<Running>(join(directory, RUNNING));
  if (!running || running.pid === process.pid || !isRunning(running.pid)) return;
  if (await isAnswering(running)) {
    throw new StartRefused(
      `a local cloud already runs on ${directory}, at ${running.url} (process ${running.pid}); ` +
        'stop it first, or choose another folder with --data',
    );
  }
};

/** Empties the folder, but only one that is a local cloud's: a slip in `--data` must not cost anything else. */
const empty = (directory: string): void => {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  if (names.length > 0 && !names.includes(STATE)) {
    throw new StartRefused(`${directory} holds files that are not a local cloud's; --fresh does not delete them`);
  }
  for (const name of names) rmSync(join(directory, name), { recursive: true, force: true });
};

/** Opens the data folder. Throws `StartRefused` when another local cloud runs on it. */
export const openDataFolder = async (path: string): Promise<DataFolder> => {
  const directory = resolve(path);
  await assertFree(directory);
  mkdirSync(directory, { recursive: true });
  const [statePath, runningPath] = [join(directory, STATE), join(directory, RUNNING)];
  let state = readJson<CloudState>(statePath) ?? {};
  const remember = (change: CloudState): void => {
    state = { ...state, ...change };
    writeJson(statePath, state);
  };
  return {
    directory,
    empty: () => {
      empty(directory);
      state = {};
    },
    state: () => state,
    remember,
    announce: (running) => writeJson(runningPath, running),
    retire: () => {
      if (readJson<Running>(runningPath)?.pid === process.pid) rmSync(runningPath, { force: true });
    },
  };
};
