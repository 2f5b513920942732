import * as z from 'zod/mini';
import { idField, quantityField, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** An id that Meta gave: digits, kept as text because some are larger than a number holds exactly. */
export const metaIdField = () => z.string().check(z.regex(/^\d{5,25}$/, 'must be an id of Meta’s, digits only'));

export const graphVersionField = () =>
  z.string().check(z.regex(/^v\d{2}\.\d$/, 'must be a version of the Graph API, like v24.0'));

/**
 * Where a connection stands. `pending`: made, not yet proven; `active`: sends and receives; `paused`: stopped by an
 * admin; `reauth`: Meta refuses its token; `restricted`: Meta limits it (payment, policy, locked account);
 * `disabled`: Meta no longer knows the number. Only an active one sends; every one receives.
 */
export const connectionStates = ['pending', 'active', 'paused', 'reauth', 'restricted', 'disabled'] as const;
export type ConnectionState = (typeof connectionStates)[number];

/** What may be known of a token outside the vault. */
export const TokenFacts = lazy(() =>
  z.object({
    last4: z.string().check(z.length(4)),
    type: z.string(),
    scopes: z.array(z.string()),
    /** Absent: it never expires. */
    expiresAt: z.optional(timeField()),
    checkedAt: z.optional(timeField()),
  }),
);
export type TokenFacts = z.infer<Lazy<typeof TokenFacts>>;

/** One finding of the connection doctor; its words are made when it is shown. */
export const Finding = lazy(() =>
  z.object({
    check: z.string(),
    verdict: z.enum(['ok', 'warning', 'failed']),
    code: z.string(),
    detail: z.optional(z.string()),
  }),
);
export type Finding = z.infer<Lazy<typeof Finding>>;

/** One WhatsApp number of a shop. Its id is Meta's phone number id; its token is in the vault and nowhere else. */
export const Connection = lazy(() =>
  z.object({
    shopId: idField(),
    phoneNumberId: metaIdField(),
    /** The WhatsApp Business Account. */
    wabaId: metaIdField(),
    /** The business portfolio, within which a business-scoped user id names a person. */
    businessId: metaIdField(),
    /** E.164. */
    displayNumber: z.string(),
    verifiedName: z.optional(z.string()),
    /** How the shop calls it. */
    name: textField(80),
    /** Whose personal line it is. */
    sellerId: z.optional(z.string()),
    /** Whose Meta app delivers its webhooks: the deployment's, or one of the shop's own, found by its webhook key. */
    app: z.enum(['shared', 'own']),
    /** The same for all numbers that a shop has with one app. */
    webhookKey: z.optional(z.string()),
    /** While it moves to another app: the key under which that app's secret may be already. */
    nextWebhookKey: z.optional(z.string()),
    /** The shop's own Meta app. Not a secret; the shared one's is with its secret. */
    appId: z.optional(metaIdField()),
    graphVersion: graphVersionField(),
    /** The owner also answers from the WhatsApp Business app. */
    coexistence: z.boolean(),
    state: z.enum(connectionStates),
    stateReason: z.optional(z.string()),
    /** Since when it is in this state. */
    stateChangedAt: z.optional(timeField()),
    /** When Meta last confirmed that it may send: what she tells of an earlier moment says nothing against it. */
    provenAt: z.optional(timeField()),
    token: TokenFacts(),
    /** When the token in the vault was put there: a refusal of an older one says nothing about it. */
    tokenSetAt: z.optional(timeField()),
    /** When somebody last began to store secrets of it. */
    renewingAt: z.optional(timeField()),
    limits: z.object({ messagesPerSecond: quantityField(1000), messagingTier: z.optional(z.string()) }),
    quality: z.optional(z.string()),
    check: z.optional(z.object({ at: timeField(), findings: z.array(Finding()) })),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Connection = z.infer<Lazy<typeof Connection>>;

/** The name of the app in an event of this connection: `shared`, or the webhook key of the shop's own. */
export const appOf = ({ app, webhookKey }: Pick<Connection, 'app' | 'webhookKey'>): string =>
  app === 'own' ? (webhookKey ?? '') : 'shared';

/** Another shop has the number now, because this one had lost it at Meta. The vault has nothing of this row any more. */
export const takenOver = { state: 'disabled', stateReason: 'taken-over' } as const;
export const isTakenOver = ({ state, stateReason }: Pick<Connection, 'state' | 'stateReason'>): boolean =>
  state === takenOver.state && stateReason === takenOver.stateReason;

/** True when the same Meta app delivers the webhooks of both. */
export const isSameApp = (one: Connection, other: Connection): boolean =>
  one.app === other.app && one.appId === other.appId && (one.appId !== undefined || appOf(one) === appOf(other));
