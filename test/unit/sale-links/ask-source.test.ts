import { describe, expect, it } from 'vitest';
import {
  type AskSourcePorts,
  askSource,
  type KnownSource,
  secretName,
} from '../../../functions/sale-links/ask-source.ts';
import { httpSales } from '../../../functions/sale-links/find-sales.ts';
import type { SaleSource } from '../../../functions/sale-links/sale-source.ts';
import { anId } from '../../support/builders.ts';
import { movedClock, NOON } from '../../support/clock.ts';

const shopId = anId();
const source: SaleSource = {
  shopId,
  url: 'https://erp.example/sales?phone={phone}',
  header: { name: 'X-Api-Key', prefix: '' },
  mapping: { saleId: 'id', total: 'total', at: 'at' },
  amounts: 'major',
  currency: 'ARS',
  timeoutMs: 3000,
  secretId: anId(),
  version: 1,
  createdAt: NOON,
  updatedAt: NOON,
};
const kept = { shopId, origin: 'https://erp.example', secret: 'the-key' };
const paused: KnownSource = {
  source,
  breaker: { failures: 3, reason: 'too-slow', pausedUntil: new Date(Date.parse(NOON) - 1).toISOString() },
};

const open = (read: (name: string) => Promise<unknown>, known: KnownSource = { source }) => {
  const seen = { headers: [] as object[], breakers: [] as unknown[], reports: [] as unknown[] };
  const ports: AskSourcePorts = {
    sources: {
      find: async () => known,
      saveBreaker: async (_, breaker) => {
        seen.breakers.push(breaker);
        return true;
      },
    },
    secrets: { read },
    http: {
      read: async ({ headers }) => {
        seen.headers.push(headers);
        return [];
      },
    },
    report: (error) => seen.reports.push(error),
    clock: movedClock(),
  };
  const ask = (...urls: string[]) =>
    askSource(
      known,
      { urls: ['https://erp.example/sales', ...urls].map((url) => new URL(url)), read: () => 'read' },
      ports,
    );
  return { ...seen, ports, ask };
};

describe('the secret of a source', () => {
  it('is told to the host that it was given for', async () => {
    const { ask, headers } = open(async (name) => (name === secretName(source) ? kept : undefined));
    expect(await ask()).toEqual(['read']);
    expect(headers).toEqual([{ 'x-api-key': 'the-key' }]);
  });

  it('is told to nobody when one of several addresses is of another host', async () => {
    const { ask, headers } = open(async () => kept);
    await expect(ask('https://other.example/sales')).rejects.toMatchObject({ reason: 'no-secret' });
    expect(headers).toEqual([]);
  });

  it.each([
    ['of another shop', { ...kept, shopId: anId() }],
    ['for another host', { ...kept, origin: 'https://other.example' }],
    ['for another port', { ...kept, origin: 'https://erp.example:8443' }],
    ['that is none', { secret: 'the-key' }],
    ['that is gone', undefined],
  ])('is not told when the vault has one %s', async (_, found) => {
    const { ask, headers, breakers } = open(async () => found);
    await expect(ask()).rejects.toMatchObject({ reason: 'no-secret' });
    expect([headers, breakers]).toEqual([[], []]);
  });
});

describe('a vault that does not answer', () => {
  const broken = () => Promise.reject(new Error('the vault is down'));

  it('is no failure of the source, takes no trial, and is reported', async () => {
    for (const known of [{ source }, paused]) {
      const { ask, headers, breakers, reports } = open(broken, known);
      await expect(ask()).rejects.toMatchObject({ reason: 'secret-unread' });
      expect([headers, breakers, reports]).toEqual([[], [], [expect.any(Error)]]);
    }
  });

  it('takes away no other sales', async () => {
    const wanted = { shopId, contactIds: [anId()], phones: ['+5491145678901'], country: 'AR' } as const;
    const { search, find } = httpSales(open(broken).ports);
    expect(await search(wanted)).toEqual({ found: [], source: { state: 'down', reason: 'secret-unread' } });
    await expect(find(wanted, '1')).rejects.toMatchObject({ code: 'sale-source.unavailable' });
  });
});
