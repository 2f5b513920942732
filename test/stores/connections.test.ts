import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repeatable } from '#core/repeatable.ts';
import { keys } from '#table/schema.ts';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import type { Connection } from '../../functions/connections/connection.ts';
import { numbersEver } from '../../functions/connections/numbers-ever.store.ts';
import { aConnection, aMetaId, anId } from '../support/builders.ts';
import { NOON } from '../support/clock.ts';
import { firstAttempts } from '../support/faults.ts';
import { failureOf } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let connections: ReturnType<typeof connectionStore>;

beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
  connections = connectionStore(world.table);
});
afterAll(() => server.close());

const claimed = async (change: Partial<Connection> = {}) => {
  const connection = aConnection(change);
  await connections.claim(connection, undefined);
  return connection;
};
const code = async (promise: Promise<unknown>) => ((await failureOf(promise)) as { code?: string }).code;
const rowsOf = async (phoneNumberId: string) =>
  (await world.rows()).filter((row) => JSON.stringify(row).includes(phoneNumberId));

describe('a number', () => {
  it('is found by its shop, by itself, and by its account', async () => {
    const connection = await claimed({ sellerId: 'seller-1', stateReason: 'x', webhookKey: 'key' });
    const { shopId, phoneNumberId, wabaId } = connection;
    expect(await connections.find(shopId, phoneNumberId)).toEqual(connection);
    expect(await connections.findByNumber(phoneNumberId)).toEqual(connection);
    expect(await connections.ofAccount(wabaId)).toEqual([connection]);
    expect([await connections.find(anId(), phoneNumberId), await connections.findByNumber(aMetaId())]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('is taken by one of two shops at once, and the other leaves nothing behind', async () => {
    const phoneNumberId = aMetaId();
    const both = [aConnection({ phoneNumberId }), aConnection({ phoneNumberId })];
    const results = await Promise.allSettled(both.map((one) => connections.claim(one, undefined)));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const winner = both[results.findIndex(({ status }) => status === 'fulfilled')];
    const loser = both.find((one) => one !== winner);
    expect(await connections.findByNumber(phoneNumberId)).toEqual(winner);
    expect(await connections.find(loser?.shopId ?? '', phoneNumberId)).toBeUndefined();
    expect(await rowsOf(phoneNumberId)).toHaveLength(3);
    expect(await code(connections.claim(loser as Connection, undefined))).toBe('connection.number-taken');
  });

  it('refused to another shop says nothing about whose it is', async () => {
    const owner = await claimed();
    const error = await failureOf(connections.claim(aConnection({ phoneNumberId: owner.phoneNumberId }), undefined));
    expect(error).toMatchObject({ code: 'connection.number-taken', details: {} });
    expect((error as Error).message).not.toContain(owner.shopId);
  });

  it('is taken up again by its own shop over an unfinished row, with its other account', async () => {
    const former = await claimed({ state: 'pending' });
    const again = { ...former, wabaId: aMetaId(), version: 2 };
    await connections.claim(again, former);
    expect(await connections.findByNumber(former.phoneNumberId)).toEqual(again);
    expect([await connections.ofAccount(former.wabaId), await connections.ofAccount(again.wabaId)]).toEqual([
      [],
      [again],
    ]);
    expect(await code(connections.claim({ ...former, version: 2 }, former))).toBe('change.conflict');
    expect(await code(connections.claim(former, undefined))).toBe('change.conflict');
  });

  it.each(['crash-before', 'crash-after', 'timeout-after'] as const)(
    'is taken whole or not at all after a %s',
    async (fault) => {
      const connection = aConnection();
      world.faults.plan(firstAttempts('TransactWriteItems', fault));
      await connections.claim(connection, undefined).catch(() => undefined);
      expect([0, 3]).toContain((await rowsOf(connection.phoneNumberId)).length);
    },
  );
});

describe('a number that its shop has lost', () => {
  const lost = async () => {
    const holder = await claimed();
    const winner = () => aConnection({ phoneNumberId: holder.phoneNumberId });
    return { holder, winner, find: ({ shopId }: Connection) => connections.find(shopId, holder.phoneNumberId) };
  };

  it('becomes another’s in one step, and its former row is disabled', async () => {
    const { holder, winner, find } = await lost();
    const next = winner();
    await connections.claim(next, undefined, holder);
    expect(await connections.findByNumber(holder.phoneNumberId)).toEqual(next);
    expect([await connections.ofAccount(holder.wabaId), await connections.ofAccount(next.wabaId)]).toEqual([
      [],
      [next],
    ]);
    expect(await find(holder)).toEqual({
      ...holder,
      state: 'disabled',
      stateReason: 'taken-over',
      stateChangedAt: next.updatedAt,
      version: 2,
    });
  });

  it('within one account keeps the look-up of the account', async () => {
    const { holder, winner } = await lost();
    const next = { ...winner(), wabaId: holder.wabaId };
    await connections.claim(next, undefined, holder);
    expect(await connections.ofAccount(holder.wabaId)).toEqual([next]);
  });

  it('becomes that of one of two at once', async () => {
    const { holder, winner, find } = await lost();
    const both = [winner(), winner()];
    const results = await Promise.allSettled(both.map((one) => connections.claim(one, undefined, holder)));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [first, second] = results[0]?.status === 'fulfilled' ? both : both.toReversed();
    expect(await connections.findByNumber(holder.phoneNumberId)).toEqual(first);
    expect(await find(second as Connection)).toBeUndefined();
    expect(await code(connections.claim(second as Connection, undefined, holder))).toBe('connection.number-taken');
  });

  it('stays when its row was changed since Meta was asked', async () => {
    const { holder, winner, find } = await lost();
    const changed = { ...holder, renewingAt: NOON, version: 2 };
    await connections.save(changed);
    expect(await code(connections.claim(winner(), undefined, holder))).toBe('change.conflict');
    expect([await find(holder), await connections.findByNumber(holder.phoneNumberId)]).toEqual([changed, changed]);
    expect(await connections.ofAccount(holder.wabaId)).toEqual([changed]);
  });

  it('or its shop removed it at the same moment, is free', async () => {
    const { holder, winner } = await lost();
    await connections.remove(holder);
    expect(await code(connections.claim(winner(), undefined, holder))).toBeDefined();
    const next = winner();
    await connections.claim(next, undefined);
    expect(await connections.findByNumber(holder.phoneNumberId)).toEqual(next);
  });

  it('leaves a row that is removed, or taken up again, without touching the other’s', async () => {
    const { holder, winner, find } = await lost();
    const next = { ...winner(), wabaId: holder.wabaId };
    await connections.claim(next, undefined, holder);
    const former = (await find(holder)) as Connection;
    const again = { ...holder, wabaId: aMetaId(), version: former.version + 1 };
    expect(await code(connections.claim(again, former))).toBe('connection.number-taken');
    await connections.claim(again, former, next);
    expect(await connections.findByNumber(holder.phoneNumberId)).toEqual(again);
    await connections.remove((await find(next)) as Connection);
    expect(await connections.findByNumber(holder.phoneNumberId)).toEqual(again);
    expect(await connections.ofAccount(again.wabaId)).toEqual([again]);
  });

  it.each(['crash-before', 'crash-after', 'timeout-after'] as const)(
    'moves whole or not at all after a %s',
    async (fault) => {
      const { holder, winner, find } = await lost();
      const next = winner();
      world.faults.plan(firstAttempts('TransactWriteItems', fault));
      await connections.claim(next, undefined, holder).catch(() => undefined);
      const owner = await connections.findByNumber(holder.phoneNumberId);
      const isMoved = owner?.shopId === next.shopId;
      expect((await find(holder))?.state).toBe(isMoved ? 'disabled' : 'active');
    },
  );
});

describe('a change', () => {
  it('is saved by the first of two who read the same version', async () => {
    const connection = await claimed();
    const changed = { ...connection, name: 'Primera', version: 2 };
    await connections.save(changed);
    expect(await code(connections.save({ ...connection, name: 'Segunda', version: 2 }))).toBe('change.conflict');
    expect(await connections.find(connection.shopId, connection.phoneNumberId)).toEqual(changed);
  });

  it('of what is gone is a conflict', async () => {
    expect(await code(connections.save(aConnection({ version: 2 })))).toBe('change.conflict');
  });

  it('with a request remembers it once, for its shop alone', async () => {
    const connection = await claimed();
    const request = repeatable(connection.shopId, 'create-connection', 'a-key-of-its-own', { name: 'x' });
    if (!request) throw new Error('it has a key');
    await connections.save({ ...connection, version: 2 }, request);
    expect(await connections.findRepeat(request)).toBe(connection.phoneNumberId);
    expect(await code(connections.save({ ...connection, version: 3 }, request))).toBe('change.conflict');
    expect(await connections.findRepeat({ ...request, shopId: anId() })).toBeUndefined();
    expect(await code(connections.findRepeat({ ...request, content: { name: 'y' } }))).toBe('idempotency.key-reused');
  });
});

describe('a stop', () => {
  const now = new Date('2026-11-21T13:00:00.000Z');
  const stop = (connection: Connection, reason = 'graph-190') => connections.stop(connection, 'reauth', reason, now);
  const found = ({ shopId, phoneNumberId }: Connection) => connections.find(shopId, phoneNumberId);

  it('of an active connection keeps its cause, and the first one only', async () => {
    const connection = await claimed();
    expect(await Promise.all([stop(connection), stop(connection, 'graph-0')])).toContain('stopped');
    const first = await found(connection);
    expect(first).toMatchObject({ state: 'reauth', version: 2, updatedAt: now.toISOString() });
    expect(await stop(connection, 'graph-368')).toBe('left');
    expect(await found(connection)).toEqual(first);
  });

  it('for a token that was replaced meanwhile is none', async () => {
    const connection = await claimed();
    const renewed = { ...connection, tokenSetAt: '2026-11-21T12:30:00.000Z', version: 2 };
    await connections.save(renewed);
    expect(await stop(connection)).toBe('left');
    expect(await found(connection)).toEqual(renewed);
    expect(await stop(renewed)).toBe('stopped');
  });

  it('told late or again of a moment before the number was proven good is none', async () => {
    const connection = await claimed({ provenAt: '2026-11-21T12:30:00.000Z' });
    const tell = (at: string) => connections.stop(connection, 'restricted', 'meta.131042', new Date(at), now);
    expect(await tell('2026-10-31T09:00:00.000Z')).toBe('left');
    expect(await tell('2026-11-21T12:30:00.000Z')).toBe('left');
    expect(await found(connection)).toEqual(connection);
    expect(await tell('2026-11-21T12:30:01.000Z')).toBe('stopped');
    const moment = now.toISOString();
    expect(await found(connection)).toMatchObject({ state: 'restricted', stateChangedAt: moment, updatedAt: moment });
  });

  it('of what is gone, or was never given a time for its token, is made of nothing', async () => {
    const gone = aConnection();
    expect(await stop(gone)).toBe('left');
    expect(await rowsOf(gone.phoneNumberId)).toEqual([]);
    const { tokenSetAt: _, ...old } = await claimed();
    await world.tamper({ ...keys.connection(old.shopId, old.phoneNumberId), ...old });
    expect(await stop(old)).toBe('stopped');
  });

  it('makes a change that was read before it a conflict', async () => {
    const connection = await claimed();
    await stop(connection);
    expect(await code(connections.save({ ...connection, version: 2 }))).toBe('change.conflict');
  });
});

describe('a list', () => {
  it('has the numbers of one shop, page by page', async () => {
    const shopId = anId();
    const made = [await claimed({ shopId }), await claimed({ shopId }), await claimed({ shopId })];
    await claimed();
    const first = await connections.list(shopId, { limit: 2 });
    const rest = await connections.list(shopId, { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...rest.items]).toEqual(made);
    expect(await Array.fromAsync(connections.all(shopId))).toEqual(made);
    const foreign = connections.list(anId(), { limit: 2, cursor: first.nextCursor ?? '' });
    expect(await code(foreign)).toBe('request.invalid');
  });
});

describe('a removal', () => {
  it('takes row and look-ups, and the number is free', async () => {
    const connection = await claimed();
    await connections.remove(connection);
    const { shopId, phoneNumberId, businessId } = connection;
    const once = { ...keys.connectionOnce(shopId, phoneNumberId), shopId, phoneNumberId, businessId };
    expect(await rowsOf(phoneNumberId)).toEqual([once]);
    expect(await numbersEver(world.table, shopId)).toEqual([{ phoneNumberId, businessId }]);
    const next = await claimed({ phoneNumberId: connection.phoneNumberId });
    expect(await connections.findByNumber(connection.phoneNumberId)).toEqual(next);
  });

  it('of what was changed since is a conflict, and takes nothing', async () => {
    const connection = await claimed();
    await connections.save({ ...connection, updatedAt: NOON, version: 2 });
    expect(await code(connections.remove(connection))).toBe('change.conflict');
    expect(await rowsOf(connection.phoneNumberId)).toHaveLength(3);
  });
});
