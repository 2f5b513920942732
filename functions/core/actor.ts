/**
 * Who made a change, as it stands in the ledger: a shopper on the page, a customer in the chat, a user of the shop, or
 * a part of the system.
 */
export type Actor = 'shopper' | 'customer' | 'schedule' | 'sweeper' | 'operator' | 'capture' | `user:${string}`;

export const roles = ['admin', 'seller'] as const;
export type Role = (typeof roles)[number];

/** A signed-in user of one shop, as their token says. */
export interface Caller {
  userId: string;
  shopId: string;
  role: Role;
}

/** The actor behind a signed-in caller. */
export const actorOf = (caller: Caller): Actor => `user:${caller.userId}`;
