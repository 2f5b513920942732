import { describe, expect, it } from 'vitest';
import { secretFinder } from '../../../functions/webhooks/app-secrets.ts';
import { MINUTE, movedClock, SECOND } from '../../support/clock.ts';

const keyOf = (number: number): string => number.toString(16).padStart(32, '0');
const OWN = 'f'.repeat(32);
const secretOf = (appSecret: string) => JSON.stringify({ appId: '1', appSecret, verifyToken: 'token' });

const open = () => {
  const clock = movedClock();
  const reads: string[] = [];
  const secrets: Record<string, string> = { shared: secretOf('ours'), [`apps/${OWN}`]: secretOf('theirs') };
  const read = async (secretId: string) => {
    reads.push(secretId);
    return secrets[secretId];
  };
  const find = secretFinder({ read, sharedId: 'shared', prefix: 'apps/', clock });
  const tryKeys = async (from: number, count: number) => {
    for (let number = from; number < from + count; number += 1) await find(keyOf(number));
  };
  return { clock, reads, secrets, find, tryKeys };
};

describe('keys that no app is behind', () => {
  it('are read within a budget: twenty at once, then one in two seconds', async () => {
    const { clock, reads, tryKeys } = open();
    await tryKeys(0, 600);
    expect(reads).toHaveLength(20);
    clock.advance(10 * SECOND);
    await tryKeys(600, 600);
    expect(reads).toHaveLength(25);
    clock.advance(60 * MINUTE);
    await tryKeys(1200, 600);
    expect(reads).toHaveLength(45);
  });

  it('never make us forget the shared app, nor one that was found', async () => {
    const { reads, find, tryKeys } = open();
    await find(undefined);
    await find(OWN);
    await tryKeys(0, 2000);
    reads.length = 0;
    expect(await find(undefined)).toMatchObject({ appSecrets: ['ours'] });
    expect(await find(OWN)).toMatchObject({ appSecrets: ['theirs'] });
    expect(reads).toEqual([]);
  });

  it('do not keep the shared app, nor one that was found, from being read again', async () => {
    const { clock, find, secrets, tryKeys } = open();
    await find(undefined);
    await find(OWN);
    clock.advance(5 * MINUTE);
    Object.assign(secrets, { shared: secretOf('ours, newer'), [`apps/${OWN}`]: secretOf('theirs, newer') });
    await tryKeys(0, 2000);
    expect(await find(undefined)).toMatchObject({ appSecrets: ['ours, newer'] });
    expect(await find(OWN)).toMatchObject({ appSecrets: ['theirs, newer'] });
  });

  it('are nobody’s while the budget is spent, and found once it is not', async () => {
    const { clock, find, tryKeys } = open();
    await tryKeys(0, 20);
    expect(await find(OWN)).toBeUndefined();
    clock.advance(2 * SECOND);
    expect(await find(OWN)).toMatchObject({ appSecrets: ['theirs'] });
  });

  it('of another form than ours are never read', async () => {
    const { reads, find } = open();
    for (const key of ['', 'x', '../meta', OWN.toUpperCase()]) expect(await find(key)).toBeUndefined();
    expect(reads).toEqual([]);
  });
});

describe('an app', () => {
  it('is kept for five minutes, its absence for half a minute', async () => {
    const { clock, reads, find } = open();
    for (const key of [OWN, keyOf(1)]) await find(key);
    clock.advance(29 * SECOND);
    for (const key of [OWN, keyOf(1)]) await find(key);
    expect(reads).toHaveLength(2);
    clock.advance(SECOND);
    for (const key of [OWN, keyOf(1)]) await find(key);
    expect(reads).toHaveLength(3);
    clock.advance(5 * MINUTE);
    await find(OWN);
    expect(reads).toHaveLength(4);
  });

  it('is asked for again where a fresh one is wanted, every ten seconds at most', async () => {
    const { clock, reads, find } = open();
    for (let second = 0; second < 20; second += 1) {
      await find(undefined, { fresh: true });
      clock.advance(SECOND);
    }
    expect(reads).toHaveLength(2);
  });
});
