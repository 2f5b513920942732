import * as z from 'zod/mini';
import type { Caller } from '#core/actor.ts';
import type { Language } from '#core/fields.ts';
import { timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { connectionFindingWords } from '#core/messages/connection-findings.ts';
import { Connection } from './connection.ts';
import { webhookPath } from './examine-number.ts';

/** One finding of the doctor, in the shop's language: what is so, and what to do about it. */
const FindingView = lazy(() =>
  z.object({
    check: z.string(),
    verdict: z.enum(['ok', 'warning', 'failed']),
    code: z.string(),
    say: z.string(),
    do: z.string(),
  }),
);

/** A connection as its shop sees it. Of the token only what tells it apart; sellers don't see how it is set up. */
export const ConnectionView = lazy(() => {
  const { shape } = Connection();
  return z.object({
    phoneNumberId: shape.phoneNumberId,
    wabaId: shape.wabaId,
    displayNumber: shape.displayNumber,
    verifiedName: shape.verifiedName,
    name: shape.name,
    sellerId: shape.sellerId,
    coexistence: shape.coexistence,
    state: shape.state,
    stateReason: shape.stateReason,
    quality: shape.quality,
    limits: shape.limits,
    check: z.optional(z.object({ at: timeField(), findings: z.array(FindingView()) })),
    createdAt: shape.createdAt,
    updatedAt: shape.updatedAt,
    setUp: z.optional(
      z.object({
        businessId: shape.businessId,
        app: shape.app,
        appId: shape.appId,
        /** What to enter in the app's dashboard. */
        callbackUrl: z.string(),
        graphVersion: shape.graphVersion,
        token: shape.token,
        tokenSetAt: shape.tokenSetAt,
      }),
    ),
  });
});
export type ConnectionView = z.infer<Lazy<typeof ConnectionView>>;

const checkView = ({ check }: Connection, language: Language): ConnectionView['check'] =>
  check && {
    at: check.at,
    findings: check.findings.map(({ check: about, verdict, code, detail }) => ({
      ...{ check: about, verdict, code },
      ...connectionFindingWords(language, { check: about, code, detail }),
    })),
  };

const setUpView = (connection: Connection, siteUrl: string): ConnectionView['setUp'] => {
  const { businessId, app, appId, graphVersion, token, tokenSetAt } = connection;
  const callbackUrl = `${siteUrl}${webhookPath(connection)}`;
  return {
    ...{ businessId, app, callbackUrl, graphVersion, token },
    ...(appId && { appId }),
    ...(tokenSetAt && { tokenSetAt }),
  };
};

/** What `caller` may see of a connection. */
export const connectionView = (
  connection: Connection,
  { caller, siteUrl, language }: { caller: Pick<Caller, 'role'>; siteUrl: string; language: Language },
): ConnectionView => {
  const { phoneNumberId, wabaId, displayNumber, verifiedName, name, sellerId, coexistence } = connection;
  const { state, stateReason, quality, limits, createdAt, updatedAt } = connection;
  const check = checkView(connection, language);
  return {
    ...{ phoneNumberId, wabaId, displayNumber, name, coexistence, state, limits, createdAt, updatedAt },
    ...(verifiedName && { verifiedName }),
    ...(sellerId && { sellerId }),
    ...(stateReason && { stateReason }),
    ...(quality && { quality }),
    ...(check && { check }),
    ...(caller.role === 'admin' && { setUp: setUpView(connection, siteUrl) }),
  };
};
