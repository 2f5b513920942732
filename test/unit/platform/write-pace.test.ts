import { describe, expect, it } from 'vitest';
import { Throttled } from '#platform/table.ts';
import { writePace } from '#platform/write-pace.ts';
import { MOST_UNITS_PER_SECOND } from '../../../functions/jobs/lead-runners.store.ts';
import { manifest } from '../../../functions/manifest.ts';
import { quickPatience } from '../../support/ports.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const noRoom = () => Promise.reject(new Throttled('no room'));
const fine = () => Promise.resolve();

describe('the pace of writes', () => {
  it('is what it says, and costs who writes little no time', async () => {
    const patience = quickPatience();
    const pace = writePace(1000, patience);
    await pace.write(400, fine);
    expect(patience.pauses).toEqual([]);
    for (let count = 0; count < 10; count += 1) await pace.write(400, fine);
    expect(sum(patience.pauses)).toBe(4000);
  });

  it('is halved when the table has no room, comes back slowly, and never stands still', async () => {
    const patience = quickPatience();
    const pace = writePace(1000, patience);
    let isBusy = true;
    const attempt = () => {
      const answer = isBusy ? noRoom() : fine();
      isBusy = false;
      return answer;
    };
    await pace.write(400, attempt);
    const timeOf = async () => {
      patience.pauses.length = 0;
      await pace.write(400, fine);
      return sum(patience.pauses);
    };
    await timeOf();
    expect(await timeOf()).toBeGreaterThan(750);
    for (let count = 0; count < 200; count += 1) await pace.write(400, fine);
    expect(await timeOf()).toBeCloseTo(400, -1);
  });

  it('gives up, and says that the table is busy', async () => {
    const patience = quickPatience(undefined, { budgetMs: 30_000 });
    const pace = writePace(1000, patience);
    await expect(pace.write(4, noRoom)).rejects.toMatchObject({ code: 'table.busy' });
    expect(patience.pauses.length).toBeLessThan(30);
  });

  it('leaves room in a new table for others, however many imports run', () => {
    expect(MOST_UNITS_PER_SECOND * manifest.runJobs.on.maxConcurrency).toBeLessThanOrEqual(3000);
  });
});
