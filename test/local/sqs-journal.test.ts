import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../local/engines/sqs-journal.ts';
import type { Message } from '../../local/engines/sqs-message.ts';
import { aFolder } from './local-cloud.ts';

let folder: Awaited<ReturnType<typeof aFolder>>;
let path: string;
beforeEach(async () => {
  folder = await aFolder();
  path = join(folder.path, 'work.jsonl');
});
afterEach(() => folder.remove());

const aMessage = (key: string): Message => ({
  key,
  messageId: key,
  body: 'hola',
  sentAt: 1,
  state: 'ready',
  visibleAt: 1,
  receives: 0,
});

/** Puts a message as a queue does: into its memory, and into the journal. */
const put = ({ content, journal }: Awaited<ReturnType<typeof openJournal>>, key: string) => {
  content.messages.set(key, aMessage(key));
  journal.note({ put: aMessage(key) });
};

const drop = ({ content, journal }: Awaited<ReturnType<typeof openJournal>>, key: string) => {
  content.messages.delete(key);
  journal.note({ drop: key });
};

describe('the journal of a queue', () => {
  it('tells every change again', async () => {
    const open = await openJournal(path);
    put(open, 'a');
    put(open, 'b');
    open.journal.note({ set: { key: 'a', state: 'taken', visibleAt: 9, receives: 1 } });
    drop(open, 'b');
    open.journal.note({ seen: ['one', { messageId: 'a', at: 5 }] });
    await open.journal.kept();
    const { content } = await openJournal(path);
    expect([...content.messages.values()]).toEqual([{ ...aMessage('a'), state: 'taken', visibleAt: 9, receives: 1 }]);
    expect([...content.seen]).toEqual([['one', { messageId: 'a', at: 5 }]]);
  });

  it('forgets a last line that a crash cut off: nobody was told that it was kept', async () => {
    const open = await openJournal(path);
    put(open, 'a');
    await open.journal.kept();
    await appendFile(path, '{"put":{"key":"b","mess');
    const again = await openJournal(path);
    expect([...again.content.messages.keys()]).toEqual(['a']);
    put(again, 'c');
    await again.journal.kept();
    expect([...(await openJournal(path)).content.messages.keys()]).toEqual(['a', 'c']);
  });

  it('refuses to start on anything else that it cannot read, and says where', async () => {
    await appendFile(path, 'nonsense\n{"drop":"a"}\n');
    await expect(openJournal(path)).rejects.toThrow(`cannot read ${path}; start with --fresh`);
  });

  it('stays small however much goes through it', async () => {
    const open = await openJournal(path);
    for (let round = 0; round < 100; round += 1) {
      for (let one = 0; one < 50; one += 1) {
        put(open, `${round}/${one}`);
        if (round < 99) drop(open, `${round}/${one}`);
      }
      await open.journal.kept();
    }
    expect((await readFile(path, 'utf8')).split('\n').length).toBeLessThan(2500);
    expect((await openJournal(path)).content.messages.size).toBe(50);
    expect((await stat(path)).size).toBeLessThan(10_000);
  });
});
