import { describe, expect, it } from 'vitest';
import { compareLoads } from '../../../functions/leads/round-robin.ts';

const given = (loads: Record<string, number>) => {
  let read = 0;
  const count = async (userId: string, enough: number) => {
    const counted = Math.min(enough, loads[userId] ?? 0);
    read += counted;
    return counted;
  };
  return { compare: () => compareLoads(Object.keys(loads), count), read: () => read };
};

describe('loads of sellers', () => {
  it('are told apart where the least busy are, without counting all of the others', async () => {
    const { compare, read } = given({ ana: 900, beto: 3, caro: 5 });
    expect(await compare()).toEqual(new Map(Object.entries({ ana: 20, beto: 3, caro: 5 })));
    expect(read()).toBe(28);
  });

  it('are counted further when all have much to do, and no further than a thousand', async () => {
    const { compare } = given({ ana: 300, beto: 299 });
    expect(await compare()).toEqual(new Map(Object.entries({ ana: 300, beto: 299 })));
    const busy = given({ ana: 5000, beto: 4000 });
    expect(await busy.compare()).toEqual(new Map(Object.entries({ ana: 1000, beto: 1000 })));
  });

  it('are none where nobody sells', async () => {
    expect(await given({}).compare()).toEqual(new Map());
  });
});
