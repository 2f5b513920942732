import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readIfThere, replaceFile } from './files.ts';
import type { Accepted, Message } from './sqs-message.ts';

/** A message that a FIFO queue has accepted, remembered for a while so that its repetition is known. */
export interface Seen extends Accepted {
  at: number;
}

/** What a queue holds. */
export interface QueueContent {
  /** In the order in which they came. */
  messages: Map<string, Message>;
  seen: Map<string, Seen>;
  /** The last sequence number given. */
  sequence: bigint;
}

/** One change of a queue's content. To apply one twice, or after what followed it, does no harm. */
export type Change =
  | { put: Message }
  | { set: Pick<Message, 'key'> & Partial<Message> }
  | { drop: string }
  | { seen: [name: string, Seen] }
  | { sequence: string }
  | { purge: true };

/** Writes down what happens to a queue. */
export interface Journal {
  note(change: Change): void;
  /** Resolves when everything noted so far is on disk. */
  kept(): Promise<void>;
}

const FEWEST_LINES_WORTH_COMPACTING = 2000;

const apply = (content: QueueContent, change: Change): void => {
  const { messages, seen } = content;
  if ('put' in change) messages.set(change.put.key, change.put);
  else if ('drop' in change) messages.delete(change.drop);
  else if ('seen' in change) seen.set(...change.seen);
  else if ('sequence' in change) content.sequence = BigInt(change.sequence);
  else if ('purge' in change) messages.clear();
  else Object.assign(messages.get(change.set.key) ?? {}, change.set);
  const given = 'put' in change ? change.put.sequence : undefined;
  if (given !== undefined && BigInt(given) > content.sequence) content.sequence = BigInt(given);
};

const toText = (changes: Iterable<Change>): string =>
  [...changes].map((change) => `${JSON.stringify(change)}\n`).join('');

const snapshot = ({ messages, seen, sequence }: QueueContent): Change[] => [
  { sequence: String(sequence) },
  ...[...seen].map((entry) => ({ seen: entry })),
  ...[...messages.values()].map((put) => ({ put })),
];

/** The content that a journal tells; a last line that a crash cut off was never acknowledged. */
const replay = (text: string, path: string): QueueContent => {
  const content: QueueContent = { messages: new Map(), seen: new Map(), sequence: 0n };
  const lines = text.split('\n');
  lines.pop();
  for (const line of lines) {
    try {
      apply(content, JSON.parse(line) as Change);
    } catch (cause) {
      throw new Error(`cannot read ${path}; start with --fresh to begin with empty data`, { cause });
    }
  }
  return content;
};

/** Writes in the order noted, and as much at once as came together meanwhile. */
const createWriter = (path: string, content: QueueContent): Journal => {
  let waiting: Change[] = [];
  let lines = 0;
  let isAsked = false;
  let tail: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const changes = waiting;
    waiting = [];
    isAsked = false;
    lines += changes.length;
    if (lines < FEWEST_LINES_WORTH_COMPACTING || lines < 4 * content.messages.size) {
      await appendFile(path, toText(changes));
      return;
    }
    lines = 0;
    await replaceFile(path, toText(snapshot(content)));
  };
  return {
    note: (change) => {
      waiting.push(change);
    },
    kept: () => {
      if (waiting.length > 0 && !isAsked) {
        isAsked = true;
        tail = tail.catch(() => undefined).then(write);
      }
      return tail;
    },
  };
};

/** Opens the journal of a queue, with what it held; in memory without a path. `content` is the caller's to change. */
export async function openJournal(path: string | undefined): Promise<{ content: QueueContent; journal: Journal }> {
  if (path === undefined) {
    const content = { messages: new Map(), seen: new Map(), sequence: 0n };
    return { content, journal: { note: () => undefined, kept: async () => undefined } };
  }
  await mkdir(dirname(path), { recursive: true });
  const content = replay((await readIfThere(path)) ?? '', path);
  await replaceFile(path, toText(snapshot(content)));
  return { content, journal: createWriter(path, content) };
}
