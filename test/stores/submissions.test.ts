import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retryOfForm, retryOfPage } from '../../functions/lead-sources/retry-submission.ts';
import { submissionStore } from '../../functions/lead-sources/submission.store.ts';
import type { Submission } from '../../functions/lead-sources/submission.ts';
import { anId } from '../support/builders.ts';
import { movedClock, NOON } from '../support/clock.ts';
import { quickPatience } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;

beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
});
afterAll(() => server.close());

const minutesLater = (minutes: number): string => new Date(Date.parse(NOON) + minutes * 60_000).toISOString();

const given = () => {
  const shopId = anId();
  const submissions = submissionStore(world.table);
  const put = async (submissionId: string, minutes: number, change: Partial<Submission> = {}) => {
    const at = minutesLater(minutes);
    const state = { kind: 'form', formId: 'A', state: 'failed', reason: 'phone-missing' } as const;
    await submissions.put({
      shopId,
      submissionId,
      ...state,
      payload: '{}',
      version: 1,
      receivedAt: at,
      updatedAt: at,
      ...change,
    });
  };
  const ports = () => ({ submissions, patience: quickPatience(movedClock()) });
  return { shopId, submissions, put, ports };
};

describe('failed submissions', () => {
  it('of a form are tried again however many newer ones of others have failed', async () => {
    const { shopId, submissions, put, ports } = given();
    await put('old', 0, { formId: 'B' });
    await Promise.all(Array.from({ length: 520 }, (_, n) => put(`s${n}`, n + 1)));
    expect(await retryOfForm(shopId, 'B', ports())).toBe(1);
    expect(await submissions.find(shopId, 'old')).toMatchObject({ state: 'pending', askedAt: expect.any(String) });
    expect(await retryOfForm(shopId, 'B', ports())).toBe(0);
    expect(await retryOfForm(shopId, 'A', ports())).toBe(500);
    expect(await retryOfForm(shopId, 'A', ports())).toBe(20);
  });

  it('of a page are tried again with those that wait for Meta, and nothing else of it', async () => {
    const { shopId, submissions, put, ports } = given();
    const ad = { kind: 'lead-ad', formId: '7', pageId: '70001' } as const;
    await put('failed', 0, { ...ad, reason: 'page-disconnected' });
    await put('waits', 1, { ...ad, state: 'pending', reason: 'token-refused' });
    await put('came', 2, { ...ad, state: 'pending', reason: undefined } as never);
    await put('other', 3, { ...ad, pageId: '70002', reason: 'token-refused' });
    expect(await retryOfPage(shopId, '70001', ports())).toBe(2);
    expect(await submissions.find(shopId, 'other')).toMatchObject({ state: 'failed' });
    expect(await submissions.find(shopId, 'came')).not.toHaveProperty('askedAt');
  });
});

describe('what a person filled in', () => {
  it('is listed over all leads that are one, newest first, page by page', async () => {
    const { shopId, submissions, put } = given();
    const done = (leadId: string) => ({ state: 'done', leadId, reason: undefined }) as never;
    const [lead, former] = [anId(), anId()];
    for (let n = 0; n < 7; n += 1) await put(`s${n}`, Math.floor(n / 2), done(n % 2 ? lead : former));
    await put('strange', 9, done(anId()));
    const all = await submissions.listOf(shopId, [lead, former], { limit: 10 });
    expect(all.items.map(({ submissionId }) => submissionId)).toEqual(['s6', 's5', 's4', 's3', 's2', 's1', 's0']);
    expect(all.nextCursor).toBeUndefined();
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await submissions.listOf(shopId, [lead, former], { limit: 2, ...(cursor && { cursor }) });
      paged.push(...page.items.map(({ submissionId }) => submissionId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(paged).toEqual(all.items.map(({ submissionId }) => submissionId));
    const { nextCursor = '' } = await submissions.listOf(shopId, [lead, former], { limit: 2 });
    await expect(submissions.listOf(shopId, [anId()], { limit: 2, cursor: nextCursor })).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });
});
