import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { AppCredentials, AppSubscription, MetaGraph, NumberFacts, TokenInspection } from './meta-graph.ts';

/** One call to the Graph API, below its version. Throws an error with Meta's `code`, or one without when none came. */
export type GraphCall = (request: {
  method: 'GET' | 'POST';
  path: string;
  /** Sent as the bearer token. */
  token?: string;
  query?: Readonly<Record<string, string>>;
  body?: object;
}) => Promise<unknown>;

const text = () => z.optional(z.catch(z.optional(z.string()), undefined));
const id = () => z.pipe(z.union([z.string(), z.number()]), z.transform(String));

const DebugToken = lazy(() =>
  z.object({
    data: z.object({
      app_id: z.optional(id()),
      type: text(),
      is_valid: z._default(z.boolean(), false),
      expires_at: z._default(z.number(), 0),
      scopes: z._default(z.array(z.string()), []),
      granular_scopes: z._default(z.array(z.object({ scope: z.string(), target_ids: z.optional(z.array(id())) })), []),
      error: z.optional(z.object({ subcode: z.optional(z.number()) })),
    }),
  }),
);

const inspectionOf = (answer: unknown): TokenInspection => {
  const { data } = DebugToken().parse(answer);
  return {
    isValid: data.is_valid,
    appId: data.app_id,
    type: data.type,
    ...(data.expires_at > 0 && { expiresAt: new Date(data.expires_at * 1000) }),
    scopes: data.scopes,
    granular: data.granular_scopes.map(({ scope, target_ids: targetIds }) => ({ scope, targetIds })),
    subcode: data.error?.subcode,
  };
};

const Health = lazy(() =>
  z.object({
    can_send_message: z.string(),
    entities: z._default(
      z.array(
        z.object({
          entity_type: z.string(),
          id: id(),
          can_send_message: z._default(z.string(), ''),
          errors: z._default(z.array(z.object({ error_code: z.number() })), []),
        }),
      ),
      [],
    ),
  }),
);

const Webhooks = lazy(() => z.object({ application: text(), whatsapp_business_account: text(), phone_number: text() }));

const PhoneNumber = lazy(() =>
  z.object({
    display_phone_number: z.string(),
    verified_name: text(),
    name_status: text(),
    quality_rating: text(),
    status: text(),
    platform_type: text(),
    throughput: z.optional(z.object({ level: text() })),
    whatsapp_business_manager_messaging_limit: text(),
    messaging_limit_tier: text(),
    is_on_biz_app: z.optional(z.catch(z.optional(z.boolean()), undefined)),
    health_status: z.optional(z.catch(z.optional(Health()), undefined)),
    webhook_configuration: z.optional(z.catch(z.optional(Webhooks()), undefined)),
  }),
);
type PhoneNumber = z.infer<Lazy<typeof PhoneNumber>>;

/** Empty is how Meta says that there is none. */
const present = (value: string | undefined): string | undefined => value || undefined;

const healthOf = ({ health_status: health }: PhoneNumber): NumberFacts['health'] =>
  health && {
    canSend: health.can_send_message,
    entities: health.entities.map(({ entity_type, id: entityId, can_send_message, errors }) => ({
      type: entity_type,
      id: entityId,
      canSend: can_send_message,
      errorCodes: errors.map(({ error_code }) => error_code),
    })),
  };

const factsOf = (answer: unknown): NumberFacts => {
  const number = PhoneNumber().parse(answer);
  const webhooks = number.webhook_configuration;
  return {
    displayNumber: number.display_phone_number,
    verifiedName: present(number.verified_name),
    nameStatus: present(number.name_status),
    quality: present(number.quality_rating),
    status: present(number.status),
    platform: present(number.platform_type),
    throughput: present(number.throughput?.level),
    messagingLimit: present(number.whatsapp_business_manager_messaging_limit ?? number.messaging_limit_tier),
    onPhoneApp: number.is_on_biz_app,
    webhooks: {
      application: present(webhooks?.application),
      account: present(webhooks?.whatsapp_business_account),
      number: present(webhooks?.phone_number),
    },
    health: healthOf(number),
  };
};

const Ids = lazy(() =>
  z.object({
    data: z._default(z.array(z.object({ id: id() })), []),
    paging: z.optional(z.object({ cursors: z.optional(z.object({ after: text() })), next: text() })),
  }),
);

const Apps = lazy(() =>
  z.object({ data: z._default(z.array(z.object({ whatsapp_business_api_data: z.object({ id: id() }) })), []) }),
);

/** The fields are objects with a name and a version; some answers have the names alone. */
const Subscriptions = lazy(() =>
  z.object({
    data: z._default(
      z.array(
        z.object({
          object: z.string(),
          callback_url: z._default(z.string(), ''),
          active: z._default(z.boolean(), true),
          fields: z._default(z.array(z.union([z.string(), z.object({ name: z.string() })])), []),
        }),
      ),
      [],
    ),
  }),
);

const subscriptionIn = (answer: unknown): AppSubscription | undefined => {
  const { data } = Subscriptions().parse(answer);
  const own = data.find(({ object }) => object === 'whatsapp_business_account');
  if (own === undefined || own.callback_url === '') return undefined;
  const fields = own.fields.map((field) => (typeof field === 'string' ? field : field.name));
  return { callbackUrl: own.callback_url, active: own.active, fields };
};

/** The limit of a portfolio came with v24.0; before that each number had one. Asking for what is not there is an error. */
const limitField = (graphVersion: string): string =>
  Number(graphVersion.slice(1)) >= 24 ? 'whatsapp_business_manager_messaging_limit' : 'messaging_limit_tier';

const numberFields = (graphVersion: string): string =>
  [
    'display_phone_number,verified_name,name_status,quality_rating,status,platform_type,throughput,is_on_biz_app',
    'health_status,webhook_configuration',
    limitField(graphVersion),
  ].join(',');

const appToken = ({ appId, appSecret }: AppCredentials): string => `${appId}|${appSecret}`;

const MOST_PAGES = 20;

const numbersOf = async (call: GraphCall, token: string, wabaId: string): Promise<string[]> => {
  const found: string[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { fields: 'id', limit: '100', ...(after && { after }) };
    const { data, paging } = Ids().parse(await call({ method: 'GET', path: `${wabaId}/phone_numbers`, token, query }));
    found.push(...data.map((one) => one.id));
    after = paging?.next && paging.cursors?.after;
    if (!after) break;
  }
  return found;
};

/**
 * What connections ask of the Graph API, at one of its versions.
 * Source: Meta for Developers, "WhatsApp Business Account Phone Number", "Debug-Token", "Subscribed Apps",
 * "Graph API Reference: App Subscriptions", "Embedded Signup".
 */
export const metaGraph = (call: GraphCall, graphVersion: string): MetaGraph => ({
  exchangeCode: async ({ appId, appSecret }, code) => {
    const query = { client_id: appId, client_secret: appSecret, code };
    const answer = await call({ method: 'GET', path: 'oauth/access_token', query });
    return z.object({ access_token: z.string() }).parse(answer).access_token;
  },
  inspect: async (token, app) =>
    inspectionOf(
      await call({ method: 'GET', path: 'debug_token', token: appToken(app), query: { input_token: token } }),
    ),
  number: async (token, phoneNumberId) =>
    factsOf(await call({ method: 'GET', path: phoneNumberId, token, query: { fields: numberFields(graphVersion) } })),
  numbersOf: (token, wabaId) => numbersOf(call, token, wabaId),
  subscribedApps: async (token, wabaId) =>
    Apps()
      .parse(await call({ method: 'GET', path: `${wabaId}/subscribed_apps`, token }))
      .data.map(({ whatsapp_business_api_data: app }) => app.id),
  subscribe: async (token, wabaId) => {
    await call({ method: 'POST', path: `${wabaId}/subscribed_apps`, token });
  },
  subscriptionOf: async (app) =>
    subscriptionIn(await call({ method: 'GET', path: `${app.appId}/subscriptions`, token: appToken(app) })),
  register: async (token, phoneNumberId, pin) => {
    const body = { messaging_product: 'whatsapp', pin };
    await call({ method: 'POST', path: `${phoneNumberId}/register`, token, body });
  },
});
