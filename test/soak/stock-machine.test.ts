import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { playStory, stories, type Tally } from '../support/stock-machine.ts';
import { startTables } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());

const minutes = Number(process.env['SOAK_MINUTES'] ?? 10);
const seed = process.env['SEED'];

it('stock and checkouts stay sound for as long as the soak lasts', { timeout: (minutes + 5) * 60_000 }, async () => {
  const tally: Tally = new Map();
  const limits = { numRuns: 1_000_000, interruptAfterTimeLimit: minutes * 60_000, endOnFailure: true };
  await fc.assert(
    fc.asyncProperty(stories(120), (story) => playStory(server.openTestTable, story, tally)),
    { ...limits, ...(seed && { seed: Number(seed) }) },
  );
  console.log(Object.fromEntries([...tally].sort()));
  expect(tally.get('reserve: done')).toBeGreaterThan(0);
});
