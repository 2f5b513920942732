import { describe, it } from 'vitest';
import { weatherStorm } from '../support/storm.ts';

describe('two thousand messages, each delivered three times, shuffled, some lost at first, to functions that die', () => {
  it(
    'are taken in once each, in the order of each customer; and of the answers no status goes back',
    () => weatherStorm({ customers: 20, messages: 100, kills: 40 }),
    900_000,
  );
});
