import { describe, it } from 'vitest';
import { weatherStorm } from '../support/storm.ts';

describe('messages that come three times, shuffled, some lost at first, to functions that die', () => {
  it(
    'are taken in once each, in the order of each customer; and of the answers no status goes back',
    () => weatherStorm({ customers: 8, messages: 50, kills: 20 }),
    300_000,
  );
});
