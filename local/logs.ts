import { createWriteStream, mkdirSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { LogSink } from './function-worker.ts';

/** A log longer than this starts anew. */
const MAX_LOG_BYTES = 10_000_000;

/** Where log lines of the functions go. */
export interface LogsOptions {
  /** Folder for a file of each function; none are written without it. */
  directory?: string;
  /** Says nothing on the console. */
  quiet?: boolean;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const isError = (line: string, stream: 'stdout' | 'stderr'): boolean => {
  if (!line.startsWith('{')) return stream === 'stderr' && line.trim() !== '';
  try {
    return /^(ERROR|CRITICAL)$/.test(String((JSON.parse(line) as { level?: unknown }).level));
  } catch {
    return stream === 'stderr';
  }
};

/** Keeps the log of each function in a file of its own, and shows errors on the console. */
export const createLogs = ({ directory, quiet }: LogsOptions): { sink: LogSink; close: () => Promise<void> } => {
  const files = new Map<string, WriteStream>();
  const fileOf = (functionName: string): WriteStream | undefined => {
    const known = files.get(functionName);
    if (known || !directory) return known;
    mkdirSync(directory, { recursive: true });
    const path = join(directory, `${functionName}.log`);
    const file = createWriteStream(path, { flags: sizeOf(path) > MAX_LOG_BYTES ? 'w' : 'a' });
    file.on('error', () => undefined);
    files.set(functionName, file);
    return file;
  };
  return {
    sink: (functionName, line, stream) => {
      fileOf(functionName)?.write(`${line}\n`);
      if (!quiet && isError(line, stream)) console.error(`[${functionName}] ${line}`);
    },
    close: async () => {
      await Promise.all([...files.values()].map((file) => new Promise((done) => file.end(() => done(undefined)))));
      files.clear();
    },
  };
};
