import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditStore, auditWrite } from '../../functions/audit/audit.store.ts';
import { auditEntry } from '../../functions/audit/audit-change.ts';
import type { AuditEntry } from '../../functions/audit/audit-entry.ts';
import { anId } from '../support/builders.ts';
import { MINUTE, NOON } from '../support/clock.ts';
import { failureOf } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
});

const shopId = anId();
const minute = (number: number) => new Date(new Date(NOON).getTime() + number * MINUTE);
const product = { kind: 'product', id: 'lamp' } as const;
const user = { kind: 'user', id: 'ana' } as const;

/** Entries of two subjects by two users, a minute apart. */
const entries = (): AuditEntry[] =>
  Array.from({ length: 8 }, (_, number) =>
    auditEntry(
      {
        shopId,
        subject: number % 2 === 0 ? product : user,
        by: number < 4 ? 'user:ana' : 'user:bea',
        action: 'thing.changed',
        changes: { price: { from: number, to: number + 1 }, list: { to: ['a', { b: null }] } },
      },
      minute(number),
    ),
  );

const audit = () => auditStore(world.table, () => minute(60));

type View = Omit<Parameters<ReturnType<typeof auditStore>['list']>[0], 'shopId'>;

const pages = async (view: View, limit: number): Promise<AuditEntry[]> => {
  const seen: AuditEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await audit().list({ shopId, ...view }, { limit, ...(cursor && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    seen.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return seen;
};

describe('the audit trail', () => {
  const all = entries();
  const newest = all.toReversed();
  beforeEach(() => world.table.transact(all.map(auditWrite)));

  it.each([1, 3, 8, 20])('is read whole, latest first, in pages of %i', async (limit) => {
    expect(await pages({}, limit)).toEqual(newest);
  });

  it('is read by thing, by user, by both, and between two moments, both included', async () => {
    const of = (found: AuditEntry[]) => found.map(({ at }) => Math.round((Date.parse(at) - Date.parse(NOON)) / MINUTE));
    expect(of(await pages({ subject: product }, 3))).toEqual([6, 4, 2, 0]);
    expect(of(await pages({ by: 'user:bea' }, 3))).toEqual([7, 6, 5, 4]);
    expect(of(await pages({ by: 'user:bea', subject: product }, 1))).toEqual([6, 4]);
    const [from, to] = [minute(2).toISOString(), minute(5).toISOString()];
    expect(of(await pages({ from, to }, 2))).toEqual([5, 4, 3, 2]);
    expect(of(await pages({ from, to, by: 'user:ana' }, 2))).toEqual([3, 2]);
    expect(of(await pages({ from, to, subject: user }, 2))).toEqual([5, 3]);
    expect(of(await pages({ from }, 2))).toEqual([7, 6, 5, 4, 3, 2]);
    expect(of(await pages({ to }, 2))).toEqual([5, 4, 3, 2, 1, 0]);
  });

  it('is of one shop, and its cursors of one list', async () => {
    const { list } = audit();
    expect((await list({ shopId: anId() }, { limit: 5 })).items).toEqual([]);
    const { nextCursor: cursor = '' } = await list({ shopId }, { limit: 2 });
    for (const other of [
      { shopId: anId() },
      { shopId, subject: user },
      { shopId, by: 'user:ana' },
      { shopId, by: 'capture' },
    ]) {
      expect(await failureOf(list(other, { limit: 2, cursor }))).toMatchObject({ code: 'request.invalid' });
    }
  });
});

describe('the audit trail of many months', () => {
  const at = (months: number) => new Date(Date.UTC(2026, 10 - months, 21, 12));
  const of = (months: number, by: AuditEntry['by']): AuditEntry =>
    auditEntry({ shopId, subject: product, by, action: 'thing.changed' }, at(months));
  const all = [of(0, 'user:ana'), of(0, 'capture'), of(1, 'capture'), of(5, 'user:ana'), of(23, 'capture')];
  beforeEach(() => world.table.transact(all.map(auditWrite)));

  it.each([1, 2, 9])('goes on from month to month, in pages of %i', async (limit) => {
    const newest = all.toSorted((one, other) => (`${one.at}#${one.entryId}` < `${other.at}#${other.entryId}` ? 1 : -1));
    expect(await pages({}, limit)).toEqual(newest);
    expect(await pages({ by: 'capture' }, limit)).toEqual(newest.filter(({ by }) => by === 'capture'));
    expect(await pages({ by: 'user:ana' }, limit)).toEqual(newest.filter(({ by }) => by === 'user:ana'));
    const [from, to] = [at(5).toISOString(), at(1).toISOString()];
    expect((await pages({ from, to }, limit)).map((entry) => entry.at)).toEqual([to, from]);
  });

  it('has each month, and each user but no machine, in a list of its own, and is kept for two years', async () => {
    const rows = await world.rows();
    expect(new Set(rows.map(({ gsi1pk }) => gsi1pk)).size).toBe(4);
    expect(rows.flatMap(({ gsi2pk }) => gsi2pk ?? [])).toHaveLength(2);
    for (const { ttl, at: moment } of rows) {
      const days = (Number(ttl) * 1000 - Date.parse(String(moment))) / (24 * 60 * MINUTE);
      expect(Math.round(days / 365)).toBe(2);
    }
  });
});
