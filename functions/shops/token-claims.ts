import { isActive, type User } from './user.ts';

/**
 * The claims that an access token carries for the API: which shop, which role. A stranger gets none, nor does
 * who may do nothing any more.
 */
export const tokenClaims = (user: User | undefined): Record<string, string> =>
  user && isActive(user) ? { shop_id: user.shopId, role: user.role } : {};
