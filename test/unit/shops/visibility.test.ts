import { describe, expect, it } from 'vitest';
import { isVisible, mayAssign, type SellerSight, sellerSight } from '../../../functions/shops/visibility.ts';

const admin = { userId: 'ana', role: 'admin' } as const;
const seller = { userId: 'sol', role: 'seller' } as const;
const owners = { own: 'sol', nobody: undefined, other: 'tom' } as const;
type Owner = keyof typeof owners;

describe('what is assigned to somebody is seen', () => {
  it.each(sellerSight)('by admins, whatever sellers see (%s)', (sees) => {
    for (const owner of Object.values(owners)) expect(isVisible(admin, sees, owner)).toBe(true);
  });

  it.each<[SellerSight, Owner[]]>([
    ['own', ['own']],
    ['own-and-unassigned', ['own', 'nobody']],
    ['all', ['own', 'nobody', 'other']],
  ])('by sellers who see %s: %j', (sees, seen) => {
    const found = (Object.keys(owners) as Owner[]).filter((owner) => isVisible(seller, sees, owners[owner]));
    expect(found).toEqual(seen);
  });
});

describe('what is assigned to somebody is assigned anew', () => {
  it.each(sellerSight)('by admins to whom they like, whatever sellers see (%s)', (sees) => {
    for (const from of Object.values(owners))
      for (const to of Object.values(owners)) expect(mayAssign(admin, sees, { from, to })).toBe(true);
  });

  it.each<[SellerSight, string[]]>([
    ['own', ['own to own', 'own to nobody', 'own to other']],
    ['own-and-unassigned', ['own to own', 'own to nobody', 'own to other', 'nobody to own']],
  ])('by sellers who see %s: %j', (sees, allowed) => {
    const names = Object.keys(owners) as Owner[];
    const pairs = names.flatMap((from) => names.map((to) => [from, to] as const));
    const found = pairs.filter(([from, to]) => mayAssign(seller, sees, { from: owners[from], to: owners[to] }));
    expect(found.map(([from, to]) => `${from} to ${to}`)).toEqual(allowed);
  });

  it('by sellers who see all, to whom they like', () => {
    for (const from of Object.values(owners))
      for (const to of Object.values(owners)) expect(mayAssign(seller, 'all', { from, to })).toBe(true);
  });
});
