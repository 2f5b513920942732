import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { playStory, stories, type Tally } from '../support/stock-machine.ts';
import { startTables } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());

/** `SEED=<the seed of a failure> vitest run --project stores test/stores/stock-machine.test.ts` plays it again. */
const seed = process.env['SEED'];

it('stock and checkouts stay sound whatever happens at once, fails, crashes or comes twice', async () => {
  const tally: Tally = new Map();
  await fc.assert(
    fc.asyncProperty(stories(25), (story) => playStory(server.openTestTable, story, tally)),
    { numRuns: 20, interruptAfterTimeLimit: 30_000, endOnFailure: true, ...(seed && { seed: Number(seed) }) },
  );
  const answers = ['reserve: done', 'reserve: stock.short', 'confirm: done', 'cancel: done', 'expire: expired'];
  const faults = ['conflict', 'throttle', 'timeout-before', 'timeout-after', 'crash-before', 'crash-after'];
  expect([...tally.keys()]).toEqual(expect.arrayContaining([...faults, ...answers]));
});
