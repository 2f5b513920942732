import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { indexStreamRecords } from './stream-index.ts';

const START_TRIES = 3;
const START_PATIENCE_MS = 10_000;

/** A DynamoDB-compatible server that belongs to this process. */
export interface Dynoxide {
  endpoint: string;
  pid: number;
  /** Ends the server and waits until it is gone. */
  stop(): Promise<void>;
}

const findBinary = (): string => {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  try {
    return createRequire(import.meta.url).resolve(`${name}/${file}`);
  } catch (cause) {
    throw new Error(
      `no local DynamoDB for this machine: the optional package ${name} is not installed. ` +
        'Set VIDRIERA_DYNAMODB_ENDPOINT to the address of any DynamoDB-compatible server instead',
      { cause },
    );
  }
};

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('found no free port');
  return address.port;
};

/**
 * A small shell that waits on a pipe from us. The pipe ends with this process however it dies, SIGKILL included, and
 * then the server is ended too: no orphan keeps the database file open.
 */
const watchOver = (pid: number): ChildProcess => {
  const script = 'read -r _; kill "$1" 2>/dev/null';
  const guard = spawn('sh', ['-c', script, 'sh', String(pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  // without sh (Windows) the server is ended by stop() only
  guard.on('error', () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return guard;
};

/** True when the server says that it listens: it says so after it has its port. False where it ends before. */
const waitUntilReady = (child: ChildProcess, output: () => string): Promise<boolean> =>
  new Promise((resolve) => {
    const settle = (isReady: boolean) => {
      clearTimeout(patience);
      resolve(isReady);
    };
    const patience = setTimeout(settle, START_PATIENCE_MS, false);
    child.stderr?.on('data', () => output().includes('listening on') && settle(true));
    child.on('exit', () => settle(false));
    child.on('error', () => settle(false));
  });

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 3000);
  await gone;
  clearTimeout(force);
};

const launch = async (binary: string, options: DynoxideOptions): Promise<Dynoxide | string> => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const storage = options.dir === undefined ? [] : ['--db-path', join(options.dir, 'dynamodb.db')];
  const args = ['serve', '--host', '127.0.0.1', '--port', String(port), ...storage];
  // a group of its own: Ctrl-C reaches us first, and we end it in order
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  child.on('error', (error) => {
    complaint = String(error);
  });
  if (!(await waitUntilReady(child, () => complaint)) || child.pid === undefined) {
    if (child.pid !== undefined) await end(child);
    return complaint;
  }
  const guard = watchOver(child.pid);
  let stopping = false;
  child.on('exit', (code, signal) => {
    guard.kill();
    if (!stopping) options.onDeath(new Error(`the local DynamoDB died (${signal ?? code}): ${complaint}`));
  });
  const stop = async () => {
    stopping = true;
    await end(child);
  };
  return { endpoint, pid: child.pid, stop };
};

export interface DynoxideOptions {
  /** Folder of the database file; in memory without. */
  dir?: string;
  /** Called when the server ends and nobody asked it to. */
  onDeath: (error: Error) => void;
}

/** Starts the server on a free port of 127.0.0.1. Throws where there is no binary for this machine or it won't start. */
export async function startDynoxide(options: DynoxideOptions): Promise<Dynoxide> {
  const binary = findBinary();
  if (options.dir !== undefined) await mkdir(options.dir, { recursive: true });
  let complaint = '';
  for (let tries = 0; tries < START_TRIES; tries += 1) {
    const started = await launch(binary, options);
    if (typeof started !== 'string') {
      if (options.dir !== undefined) indexStreamRecords(options.dir);
      return started;
    }
    complaint = started;
  }
  throw new Error(`the local DynamoDB does not start: ${complaint}`);
}
