import { describe, expect, it } from 'vitest';
import { createClock } from '../../local/clock.ts';

describe('the clock of the local cloud', () => {
  it('runs with real time until somebody moves it', () => {
    expect(Math.abs(createClock().now() - Date.now())).toBeLessThan(50);
  });

  it('starts where the last run left it', () => {
    expect(Math.abs(createClock(5000).now() - Date.now() - 5000)).toBeLessThan(50);
  });

  it('tells its listeners after it has moved, until they no longer listen', () => {
    const clock = createClock();
    const heard: number[] = [];
    const stop = clock.onAdvance(() => heard.push(clock.now() - Date.now()));
    clock.advance(60_000);
    stop();
    clock.advance(60_000);
    expect(heard).toHaveLength(1);
    expect(Math.abs((heard[0] ?? 0) - 60_000)).toBeLessThan(50);
  });

  it('shares its offset with other threads', () => {
    const clock = createClock(1000);
    clock.advance(500);
    expect(new BigInt64Array(clock.offset)[0]).toBe(1500n);
  });

  it.each([-1, Number.NaN])('does not move by %s', (step) => {
    expect(() => createClock().advance(step)).toThrow(RangeError);
  });
});
