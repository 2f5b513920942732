import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../local/clock.ts';
import { startSqs } from '../../local/engines/sqs.ts';
import { aFolder, place } from './local-cloud.ts';
import { arnOf } from './sqs-world.ts';

const queues = [{ name: 'order.fifo', properties: { FifoQueue: true } }];
const engineFile = join(import.meta.dirname, '../../local/engines/sqs.ts');
const clockFile = join(import.meta.dirname, '../../local/clock.ts');

/** Sends without end, and says what was accepted. */
const sender = (dir: string) => `
  import { startSqs } from ${JSON.stringify(engineFile)};
  import { createClock } from ${JSON.stringify(clockFile)};
  const options = ${JSON.stringify({ ...place, dir, queues })};
  const engine = await startSqs({ ...options, clock: createClock() });
  const send = async (lane) => {
    for (let one = 0; ; one += 1) {
      const name = lane + '-' + one;
      await engine.deposit(${JSON.stringify(arnOf('order.fifo'))}, { body: name, group: String(lane), dedupId: name });
      process.stdout.write(name + '\\n');
    }
  };
  await Promise.all([0, 1, 2].map(send));
`;

describe('a queue whose process was killed', () => {
  it('has every message that was accepted, each once and in order', async () => {
    const folder = await aFolder();
    const child = spawn(process.execPath, ['--input-type=module', '-e', sender(folder.path)]);
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.split('\n').length > 200) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const accepted = said.split('\n').slice(0, -1);

    const engine = await startSqs({ ...place, clock: createClock(), dir: folder.path, queues });
    const found: string[] = [];
    const stop = engine.pollQueue(
      async ({ Records }) => {
        found.push(...Records.map(({ body }) => body));
        return undefined;
      },
      { queue: arnOf('order.fifo') },
    );
    await engine.settled();
    await stop();
    await engine.close();
    await folder.remove();
    expect(found).toEqual(expect.arrayContaining(accepted));
    expect(new Set(found).size).toBe(found.length);
    for (const lane of ['0', '1', '2']) {
      const numbers = found.filter((name) => name.startsWith(`${lane}-`)).map((name) => Number(name.slice(2)));
      expect(numbers).toEqual(numbers.map((_, place) => place));
    }
  });
});
