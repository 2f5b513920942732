import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 50;

/** Is there a process of that id? */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const tryLock = (path: string): boolean => {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const holderOf = (path: string): number => {
  try {
    return Number(readFileSync(path, 'utf8')) || 0;
  } catch {
    return 0;
  }
};

const removeIfStale = (path: string): void => {
  const holder = holderOf(path);
  if (holder !== 0 && !isRunning(holder)) rmSync(path, { force: true });
};

/** Runs work that no other process may do at the same time. A lock whose holder has died counts for nothing. */
export const withLock = async <Result>(path: string, work: () => Promise<Result>): Promise<Result> => {
  mkdirSync(dirname(path), { recursive: true });
  while (!tryLock(path)) {
    removeIfStale(path);
    await sleep(WAIT_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
};
