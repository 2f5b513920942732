import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actorOf } from '#core/actor.ts';
import { cached } from '#core/cache.ts';
import { addMinutes, secondsUntil, toEpochSeconds } from '#core/clock.ts';
import { AppError, type ErrorCode, errorCatalogue, invalidField, isAppError, notFound } from '#core/errors.ts';
import { lazy } from '#core/lazy.ts';
import { withPatience } from '#core/patience.ts';
import { repeatable } from '#core/repeatable.ts';
import { fold } from '#core/text.ts';
import { movedClock } from '../../support/clock.ts';
import { failureOf, quickPatience } from '../../support/ports.ts';

describe('a cache', () => {
  const counting = (ttlMs = 5000, found: (key: string) => string | undefined = (key) => key.toUpperCase()) => {
    const clock = movedClock();
    const loads: string[] = [];
    const load = async (key: string) => {
      loads.push(key);
      return found(key);
    };
    return { clock, loads, find: cached(load, { ttlMs, clock }) };
  };

  it('loads once and remembers until its time is up', async () => {
    const { clock, loads, find } = counting();
    expect([await find('a'), await find('a')]).toEqual(['A', 'A']);
    clock.advance(4999);
    await find('a');
    expect(loads).toEqual(['a']);
    clock.advance(1);
    await find('a');
    expect(loads).toEqual(['a', 'a']);
  });

  it('does not remember what was not there', async () => {
    let there = false;
    const { find } = counting(5000, () => (there ? 'now' : undefined));
    expect(await find('a')).toBeUndefined();
    there = true;
    expect(await find('a')).toBe('now');
  });

  it('forgets what has gone once it looks again', async () => {
    let there = true;
    const { clock, find } = counting(5000, () => (there ? 'now' : undefined));
    await find('a');
    there = false;
    clock.advance(5000);
    expect(await find('a')).toBeUndefined();
  });

  it('does not remember failures', async () => {
    let fails = true;
    const { find } = counting(5000, () => {
      if (fails) throw new Error('no answer');
      return 'found';
    });
    expect(String(await failureOf(find('a')))).toContain('no answer');
    fails = false;
    expect(await find('a')).toBe('found');
  });

  it('keeps five hundred entries and drops the oldest', async () => {
    const { loads, find } = counting();
    for (let index = 0; index <= 500; index += 1) await find(`k${index}`);
    await find('k1');
    await find('k0');
    expect(loads.slice(501)).toEqual(['k0']);
  });
});

describe('patience', () => {
  const attempts = (needed: number) => async (number: number) => (number + 1 >= needed ? 'done' : undefined);

  it('does not wait for what succeeds at once', async () => {
    const patience = quickPatience();
    expect(await withPatience(patience, attempts(1))).toBe('done');
    expect(patience.pauses).toEqual([]);
  });

  it('waits at random below a bound that doubles up to 400 ms', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0.01, max: 0.999, noNaN: true }), { minLength: 9, maxLength: 9 }),
        async (chances) => {
          const random = () => chances[patience.pauses.length] ?? 0.5;
          const patience = quickPatience(movedClock(), { budgetMs: 100_000, random });
          expect(await withPatience(patience, attempts(10))).toBe('done');
          const bounds = [20, 40, 80, 160, 320, 400, 400, 400, 400];
          expect(patience.pauses).toEqual(bounds.map((bound, index) => bound * (chances[index] ?? 0)));
        },
      ),
    );
  });

  it('gives up before its budget is spent, and never waits beyond it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0.01, max: 0.999, noNaN: true }),
        async (budgetMs, chance) => {
          const patience = quickPatience(movedClock(), { budgetMs, random: () => chance });
          expect(await withPatience(patience, async () => undefined)).toBeUndefined();
          const waited = patience.pauses.reduce((sum, pause) => sum + pause, 0);
          // a Date has no fractions of a millisecond
          expect(waited).toBeLessThan(budgetMs + 1);
          expect(waited + 400).toBeGreaterThanOrEqual(Math.min(budgetMs, 400));
        },
      ),
    );
  });

  it('counts the time that attempts take', async () => {
    const clock = movedClock();
    const slow = async () => clock.advance(700) as undefined;
    const patience = quickPatience(clock, { budgetMs: 2000 });
    expect(await withPatience(patience, slow)).toBeUndefined();
    expect(patience.pauses).toHaveLength(2);
  });

  it('does not try again what fails loudly', async () => {
    const patience = quickPatience();
    const failing = () => withPatience(patience, async () => Promise.reject(new Error('loud')));
    expect(String(await failureOf(failing()))).toContain('loud');
    expect(patience.pauses).toEqual([]);
  });
});

describe('the catalogue of errors', () => {
  const codes = Object.keys(errorCatalogue) as ErrorCode[];

  it.each(codes)('gives %s a status, a title and a name of the form noun.problem', (code) => {
    const { status, title } = errorCatalogue[code];
    expect(code).toMatch(/^[a-z-]+(\.[a-z-]+)?$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(new AppError(code, 'why')).toMatchObject({ code, message: 'why', status, details: {} });
    expect(new AppError(code, 'why').retryable).toBe(errorCatalogue[code].retryable);
  });

  it('calls nothing retryable that the caller did wrong', () => {
    const wrong = codes.filter((code) =>
      [400, 401, 403, 404, 405, 413, 415, 422].includes(errorCatalogue[code].status),
    );
    expect(wrong.filter((code) => errorCatalogue[code].retryable)).toEqual([]);
  });

  it('tells its own errors from others, by code where asked', () => {
    const error = notFound();
    expect([isAppError(error), isAppError(error, 'not-found'), isAppError(error, 'internal')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isAppError(new Error('x')), isAppError(undefined), isAppError({ code: 'not-found' })]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('keeps what caused an error, and names a wrong field', () => {
    const cause = new Error('below');
    expect(new AppError('internal', 'x', { cause }).cause).toBe(cause);
    expect(invalidField('phone', 'invalid', 'must be a phone')).toMatchObject({
      code: 'request.invalid',
      details: { errors: [{ field: 'phone', code: 'invalid', message: 'must be a phone' }] },
    });
  });
});

describe('small things', () => {
  it('time: minutes ahead, whole seconds left, seconds since 1970', () => {
    const noon = new Date('2026-11-21T12:00:00.000Z');
    expect(addMinutes(noon, 90).toISOString()).toBe('2026-11-21T13:30:00.000Z');
    expect(secondsUntil(new Date(noon.getTime() + 1), noon)).toBe(1);
    expect(secondsUntil(noon, addMinutes(noon, 1))).toBe(0);
    expect(toEpochSeconds(new Date(1999))).toBe(1);
  });

  it('a lazy value is made at its first use, once, even when it is undefined', () => {
    let made = 0;
    const value = lazy(() => {
      made += 1;
      return undefined;
    });
    expect(made).toBe(0);
    value();
    value();
    expect(made).toBe(1);
  });

  it('folded text has no case, no accents and no double spaces, and folds to itself', () => {
    expect(fold('  Ánfora   DE\tÑandú ')).toBe('anfora de nandu');
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void expect(fold(fold(text))).toBe(fold(text))));
  });

  it('the actor behind a caller is the user, and a request repeats only under a key', () => {
    expect(actorOf({ userId: 'u1', shopId: 's', role: 'admin' })).toBe('user:u1');
    expect(repeatable('s', 'do', undefined, 1)).toBeUndefined();
    expect(repeatable('s', 'do', 'key', 1)).toEqual({
      shopId: 's',
      operation: 'do',
      idempotencyKey: 'key',
      content: 1,
    });
  });
});
