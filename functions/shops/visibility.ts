import type { Caller } from '#core/actor.ts';

/** Which leads, conversations and contacts the sellers of a shop see and change: admins see all. */
export const sellerSight = ['own', 'own-and-unassigned', 'all'] as const;
export type SellerSight = (typeof sellerSight)[number];

type Viewer = Pick<Caller, 'userId' | 'role'>;

/**
 * Whether a caller sees, and so may change, what is assigned to that user; undefined: to nobody. What they may not see
 * is answered as if it were not there. Never throws.
 */
export const isVisible = (caller: Viewer, sellerSees: SellerSight, assignedTo: string | undefined): boolean => {
  if (caller.role === 'admin' || sellerSees === 'all' || assignedTo === caller.userId) return true;
  return assignedTo === undefined && sellerSees === 'own-and-unassigned';
};

/**
 * Whether a caller may assign to `to` what is assigned to `from`; undefined: to nobody. Sellers take what they see, and
 * give away what is theirs; in a shop where they see all they assign all. Never throws.
 */
export const mayAssign = (
  caller: Viewer,
  sellerSees: SellerSight,
  { from, to }: { from: string | undefined; to: string | undefined },
): boolean => {
  if (!isVisible(caller, sellerSees, from)) return false;
  return caller.role === 'admin' || sellerSees === 'all' || from === caller.userId || to === caller.userId;
};
