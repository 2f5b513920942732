import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { auditEntry } from '../../functions/audit/audit-change.ts';
import { type AskSourcePorts, askSource, type KnownSource, secretName } from '../../functions/sale-links/ask-source.ts';
import { type Breaker, onTrial } from '../../functions/sale-links/breaker.ts';
import { saleSourceStore } from '../../functions/sale-links/sale-source.store.ts';
import type { SaleSource, SetSaleSource } from '../../functions/sale-links/sale-source.ts';
import { removeSource, setSource } from '../../functions/sale-links/set-source.ts';
import { SourceFailed } from '../../functions/sale-links/source-failure.ts';
import { anId } from '../support/builders.ts';
import { type MovedClock, movedClock } from '../support/clock.ts';
import { startTables, type TestTable } from '../support/table.ts';

const settings: SetSaleSource = {
  url: 'https://erp.example/sales?phone={phone}',
  mapping: { saleId: 'id', total: 'total', at: 'at' },
  amounts: 'major',
  currency: 'ARS',
  timeoutMs: 3000,
};
const header = { name: 'x-api-key', prefix: '' };
const by = 'user:ana' as const;

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let shopId: string;
let clock: MovedClock;
let vault: Map<string, unknown>;

const store = () => saleSourceStore(world.table);

const setting = () => ({
  sources: store(),
  secrets: {
    read: async (name: string) => vault.get(name),
    write: async (name: string, value: object) => void vault.set(name, value),
    remove: async (name: string) => void vault.delete(name),
  },
  refusalOf: () => undefined,
  clock,
});

const set = (change: Partial<SetSaleSource> = {}, ports = setting()) =>
  setSource({ shopId, input: { ...settings, ...change }, by }, ports);

const stored = async (): Promise<KnownSource> => {
  const known = await store().find(shopId);
  if (known === undefined) throw new Error('there is no source');
  return known;
};

/** A call that ends when it is told to, as it is told to. */
const aCall = (known: KnownSource) => {
  const answer = Promise.withResolvers<unknown>();
  // a call that never passes the gate waits for no answer
  answer.promise.catch(() => undefined);
  const ports: AskSourcePorts = {
    sources: store(),
    secrets: { read: async (name) => vault.get(name) },
    http: { read: () => answer.promise },
    report: () => undefined,
    clock,
  };
  const url = new URL('https://erp.example/sales');
  const done: Promise<unknown> = askSource(known, { urls: [url], read: () => 'read' }, ports).catch(
    (error: unknown) => {
      if (error instanceof SourceFailed) return error.reason;
      throw error;
    },
  );
  return {
    fails: async () => {
      answer.reject(new SourceFailed('too-slow'));
      return done;
    },
    answers: async () => {
      answer.resolve({});
      return done;
    },
  };
};

const failing = async (times: number): Promise<void> => {
  for (let count = 0; count < times; count += 1) await aCall(await stored()).fails();
};

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  shopId = anId();
  clock = movedClock();
  vault = new Map();
  await set();
});

describe('failures of a source', () => {
  it('pause it at the third, and are over once it answers', async () => {
    await failing(2);
    expect((await stored()).breaker).toEqual({ failures: 2, reason: 'too-slow' });
    await failing(1);
    expect((await stored()).breaker).toMatchObject({ failures: 3, pausedUntil: expect.any(String) });
    expect(await aCall(await stored()).answers()).toBe('paused');
    clock.advance(31_000);
    expect(await aCall(await stored()).answers()).toEqual(['read']);
    expect((await stored()).breaker).toBeUndefined();
  });

  it.each([3, 20])('count one by one when %i calls fail at once, and pause it once', async (many) => {
    const known = await stored();
    const calls = Array.from({ length: many }, () => aCall(known));
    await Promise.all(calls.map((call) => call.fails()));
    const { breaker } = await stored();
    expect([breaker?.failures, Date.parse(breaker?.pausedUntil ?? '') - clock().getTime()]).toEqual([3, 30_000]);
  });

  it('are none of settings that came after them', async () => {
    await failing(2);
    const slow = aCall(await stored());
    await set({ timeoutMs: 5000 });
    expect((await stored()).breaker).toBeUndefined();
    await slow.fails();
    expect((await stored()).breaker).toBeUndefined();
  });

  it('are none of settings that were made anew after they had been removed', async () => {
    const slow = aCall(await stored());
    await removeSource({ shopId, by }, setting());
    const gone = aCall({ source: { ...settings, shopId, version: 1, createdAt: '', updatedAt: '' } });
    await gone.fails();
    expect((await world.rows()).filter(({ pk }) => pk.includes('#SALE-LINKS#'))).toEqual([]);
    clock.advance(1);
    expect((await set()).version).toBe(1);
    await slow.fails();
    expect((await stored()).breaker).toBeUndefined();
  });

  it('end no pause, whenever their call began', async () => {
    const [first, second] = [aCall(await stored()), aCall(await stored())];
    await failing(3);
    const { breaker } = await stored();
    await first.fails();
    expect((await stored()).breaker).toEqual(breaker);
    await second.answers();
    expect((await stored()).breaker).toEqual(breaker);
  });

  it('are not forgotten for an answer that was on its way before them', async () => {
    await failing(1);
    const early = aCall(await stored());
    await failing(2);
    await early.answers();
    expect((await stored()).breaker).toMatchObject({ failures: 3, pausedUntil: expect.any(String) });
  });
});

describe('after a pause', () => {
  const pausedSource = async (): Promise<KnownSource & { breaker: Breaker }> => {
    await failing(3);
    clock.advance(31_000);
    const { source, breaker } = await stored();
    if (breaker === undefined) throw new Error('it was not paused');
    return { source, breaker };
  };

  it('one call tries, of two at one moment', async () => {
    const known = await pausedSource();
    const trial = onTrial(known.breaker, clock());
    const took = await Promise.all([store().saveBreaker(known, trial), store().saveBreaker(known, trial)]);
    expect(took.sort()).toEqual([false, true]);
  });

  it('one call tries of twenty, and the others wait for what comes of it', async () => {
    const known = await pausedSource();
    const calls = Array.from({ length: 20 }, () => aCall(known));
    const outcomes = await Promise.all(calls.map((call) => call.fails()));
    expect(outcomes.filter((one) => one === 'too-slow')).toHaveLength(1);
    expect(outcomes.filter((one) => one === 'paused')).toHaveLength(19);
    expect((await stored()).breaker?.failures).toBe(4);
  });

  it('a trial that takes too long decides nothing any more', async () => {
    const slow = aCall(await pausedSource());
    const isOnTrial = async () => Date.parse((await stored()).breaker?.pausedUntil ?? '') > clock().getTime();
    await expect.poll(isOnTrial).toBe(true);
    clock.advance(16_000);
    expect(await aCall(await stored()).answers()).toEqual(['read']);
    await slow.fails();
    expect((await stored()).breaker).toBeUndefined();
  });
});

describe('the secret of settings', () => {
  const names = () => [...vault.keys()];

  it('stays when nobody knows whether they were saved', async () => {
    const { sources, ...ports } = setting();
    const save = async (source: SaleSource, entry: Parameters<typeof sources.save>[1]) => {
      await sources.save(source, entry);
      throw new Error('nobody heard of it');
    };
    await expect(set({ header, secret: 'new' }, { ...ports, sources: { ...sources, save } })).rejects.toThrow('heard');
    const { source } = await stored();
    expect(names()).toEqual([secretName(source)]);
  });

  it('goes again when others were faster', async () => {
    const { sources, ...ports } = setting();
    const save = async (source: SaleSource, entry: Parameters<typeof sources.save>[1]) => {
      await set({ timeoutMs: 4000 });
      await sources.save(source, entry);
    };
    const refused = set({ header, secret: 'new' }, { ...ports, sources: { ...sources, save } });
    await expect(refused).rejects.toMatchObject({ code: 'change.conflict' });
    expect(names()).toEqual([]);
  });

  it('stays with settings that were saved though they seemed to conflict', async () => {
    const { sources, ...ports } = setting();
    const save = async (source: SaleSource, entry: Parameters<typeof sources.save>[1]) => {
      await sources.save(source, entry);
      throw new AppError('change.conflict', 'an earlier attempt of the same had been heard');
    };
    await set({ header, secret: 'new' }, { ...ports, sources: { ...sources, save } }).catch(() => undefined);
    expect(names()).toEqual([secretName((await stored()).source)]);
  });

  it('goes with the header that carried it', async () => {
    await set({ header, secret: 'new' });
    expect((await set({ header: { name: 'authorization', prefix: 'Bearer' } })).secretId).toBeDefined();
    expect((await set()).secretId).toBeUndefined();
    expect(names()).toEqual([]);
  });
});

it('settings are refused that others changed meanwhile, or removed and made anew', async () => {
  const { source } = await stored();
  const entry = () => auditEntry({ shopId, subject: { kind: 'sale-source', id: shopId }, by, action: 'x' }, clock());
  await removeSource({ shopId, by }, setting());
  clock.advance(1);
  await set();
  await expect(store().save({ ...source, version: 2 }, entry())).rejects.toMatchObject({ code: 'change.conflict' });
  await expect(store().remove(source, entry())).rejects.toMatchObject({ code: 'change.conflict' });
});
