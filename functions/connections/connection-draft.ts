import * as z from 'zod/mini';
import { invalidField } from '#core/errors.ts';
import { quantityField, textField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { type Connection, graphVersionField, metaIdField } from './connection.ts';
import { COEXISTENCE_RATE, STANDARD_RATE } from './examine-number.ts';
import { defaultGraphVersion, isSpoken } from './graph-versions.ts';
import { GivenApp } from './meta-app.ts';

/** A token as somebody pastes it: never said back, never kept outside the vault. */
export const tokenField = () => z.string().check(z.regex(/^[\x21-\x7e]{20,2000}$/, 'must be an access token'));

/** The PIN of a number's two-step verification. */
export const pinField = () => z.string().check(z.regex(/^\d{6}$/, 'must be six digits'));

const spokenVersionField = () => graphVersionField().check(z.refine(isSpoken, 'must be v24.0 or later'));

const rateField = () => quantityField(1000);

const settings = () => ({
  /** How the shop calls the number. */
  name: textField(80),
  sellerId: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
  graphVersion: z._default(spokenVersionField(), defaultGraphVersion),
  coexistence: z._default(z.boolean(), false),
  messagesPerSecond: z.optional(rateField()),
  pin: z.optional(pinField()),
  phoneNumberId: metaIdField(),
  wabaId: metaIdField(),
});

/** A number to be connected with a token of the shop's own, and its own Meta app when the token is of one. */
export const CreateConnection = lazy(() =>
  z.strictObject({ ...settings(), token: tokenField(), app: z.optional(GivenApp()) }),
);
export type CreateConnection = z.infer<Lazy<typeof CreateConnection>>;

/** A number to be connected with the code of an Embedded Signup. */
export const SignUpConnection = lazy(() =>
  z.strictObject({ ...settings(), code: z.string().check(z.minLength(1), z.maxLength(2000)) }),
);
export type SignUpConnection = z.infer<Lazy<typeof SignUpConnection>>;

/** The shop's own Meta app for a connection, with a token of it unless the stored one is of this app. */
export const SetApp = lazy(() => z.extend(GivenApp(), { token: z.optional(tokenField()) }));

export const UpdateConnection = lazy(() =>
  z.partial(
    z.strictObject({
      name: textField(80),
      sellerId: z.nullable(z.string().check(z.minLength(1), z.maxLength(128))),
      graphVersion: spokenVersionField(),
      coexistence: z.boolean(),
      messagesPerSecond: rateField(),
    }),
  ),
);
export type UpdateConnection = z.infer<Lazy<typeof UpdateConnection>>;

/**
 * Messages per second for a number: as asked for, else what Meta gives to every number, and twenty at most while the
 * owner also answers from the phone app. Throws `request.invalid` for more than that.
 */
export const rateFor = (coexistence: boolean, asked?: number, current?: number): number => {
  if (!coexistence) return asked ?? (current === COEXISTENCE_RATE ? STANDARD_RATE : (current ?? STANDARD_RATE));
  if (asked !== undefined && asked > COEXISTENCE_RATE) {
    throw invalidField('messagesPerSecond', 'too_big', `at most ${COEXISTENCE_RATE} with the phone app in use`);
  }
  return asked ?? Math.min(current ?? COEXISTENCE_RATE, COEXISTENCE_RATE);
};

/** The connection with these settings changed. Throws `request.invalid` for a rate that coexistence forbids. */
export const changeConnection = (connection: Connection, change: UpdateConnection): Connection => {
  const { sellerId, messagesPerSecond, coexistence = connection.coexistence, ...plain } = change;
  const { sellerId: former, ...rest } = connection;
  const seller = sellerId === undefined ? former : (sellerId ?? undefined);
  const current = connection.limits.messagesPerSecond;
  const untouched = coexistence === connection.coexistence && messagesPerSecond === undefined;
  const rate = untouched ? current : rateFor(coexistence, messagesPerSecond, current);
  return {
    ...rest,
    ...plain,
    coexistence,
    ...(seller !== undefined && { sellerId: seller }),
    limits: { ...connection.limits, messagesPerSecond: rate },
  };
};
