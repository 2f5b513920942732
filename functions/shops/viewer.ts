import type { Caller } from '#core/actor.ts';
import { AppError, notFound } from '#core/errors.ts';
import type { User } from './user.ts';
import { isVisible, mayAssign, type SellerSight } from './visibility.ts';

/** Somebody who signed in, and what the shop lets its sellers see. */
export interface Viewer extends Pick<Caller, 'userId' | 'role'> {
  sellerSees: SellerSight;
}

/** The caller in a shop with these settings. */
export const viewerOf = ({ userId, role }: Caller, { sellerSees }: { sellerSees: SellerSight }): Viewer => ({
  userId,
  role,
  sellerSees,
});

/** Whether a viewer sees what is assigned so; undefined: to nobody. */
export const sees = (viewer: Viewer, assignedTo: string | undefined): boolean =>
  isVisible(viewer, viewer.sellerSees, assignedTo);

/** Throws `not-found` for what the viewer may not see: nobody learns what others have. */
export const assertSeen = (viewer: Viewer, { assignedTo }: { assignedTo?: string | undefined }): void => {
  if (!sees(viewer, assignedTo)) throw notFound();
};

/** Throws `not-found` for what the viewer may not see, and `request.forbidden` for what they may see, but not give so. */
export const assertMayAssign = (
  viewer: Viewer,
  { assignedTo }: { assignedTo?: string | undefined },
  to: string | undefined,
): void => {
  assertSeen(viewer, { assignedTo });
  if (assignedTo === to || mayAssign(viewer, viewer.sellerSees, { from: assignedTo, to })) return;
  throw new AppError('request.forbidden', 'a seller takes what is nobody’s, and gives away only what is theirs');
};

/** The shop of somebody who may sign in; undefined for anybody else, to whom nothing is given. */
export const shopOfActive = (user: User | undefined): string | undefined =>
  user?.state === 'active' ? user.shopId : undefined;
