import { describe, expect, it } from 'vitest';
import { isSoon, milestoneAt, msUntilChange, secondsLeftAt, shareLeft } from '../../../web/checkout/countdown.ts';

describe('the countdown', () => {
  it("counts from what the server said, by the page's own clock", () => {
    expect(secondsLeftAt(100, 5000, 5000)).toBe(100);
    expect(secondsLeftAt(100, 5000, 65_000)).toBe(40);
    expect(secondsLeftAt(100, 5000, 500_000)).toBe(0);
  });

  it('changes each minute, and each second in the last hour', () => {
    expect(msUntilChange(7200)).toBe(1000);
    expect(msUntilChange(7259)).toBe(60_000);
    expect(msUntilChange(3600)).toBe(1000);
    expect(msUntilChange(12)).toBe(1000);
  });

  it('shows the part of the hold that is left', () => {
    expect(shareLeft(1800, '2026-11-21T10:00:00.000Z', '2026-11-21T11:00:00.000Z')).toBe(0.5);
    expect(shareLeft(9000, '2026-11-21T10:00:00.000Z', '2026-11-21T11:00:00.000Z')).toBe(1);
    expect(shareLeft(10, 'x', 'y')).toBe(0);
  });

  it('says aloud only a few moments', () => {
    expect([7200, 3600, 3599, 1800, 61, 60, 5].map(milestoneAt)).toEqual([undefined, 3600, 3600, 1800, 300, 60, 60]);
  });

  it('is soon in the last ten minutes', () => {
    expect([601, 600].map(isSoon)).toEqual([false, true]);
  });
});
