import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';
import { metaIdField } from './connection.ts';

const appFields = () => ({
  appId: metaIdField(),
  appSecret: z.string().check(z.regex(/^[\x21-\x7e]{16,128}$/, 'must be the app secret, 16 to 128 characters')),
  verifyToken: z.string().check(z.regex(/^[\x21-\x7e]{8,128}$/, 'must be 8 to 128 visible characters')),
});

/** A Meta app as it stands in the vault: what signs its webhooks, now and until a moment ago. */
export const MetaApp = lazy(() =>
  z.object({ ...appFields(), previousAppSecret: z.optional(z.string()), previousVerifyToken: z.optional(z.string()) }),
);
export type MetaApp = z.infer<Lazy<typeof MetaApp>>;

/** A Meta app as somebody gives it. */
export const GivenApp = lazy(() => z.strictObject(appFields()));
export type GivenApp = z.infer<Lazy<typeof GivenApp>>;

/**
 * The app with a new secret and verify token. What they replace stays valid beside them, for webhooks signed a moment
 * ago; given the same again, nothing is forgotten. The secret of another app is no former secret of this one.
 */
export const rotateApp = (current: MetaApp | undefined, given: GivenApp): MetaApp => {
  if (current === undefined || current.appId !== given.appId) return given;
  const previous = (now: string, before: string, older: string | undefined) => (now === before ? older : before);
  const previousAppSecret = previous(given.appSecret, current.appSecret, current.previousAppSecret);
  const previousVerifyToken = previous(given.verifyToken, current.verifyToken, current.previousVerifyToken);
  return {
    ...given,
    ...(previousAppSecret && { previousAppSecret }),
    ...(previousVerifyToken && { previousVerifyToken }),
  };
};
