import { present } from '#core/present.ts';
import type {
  AppCredentials,
  AppSubscription,
  HealthEntity,
  MetaGraph,
  NumberFacts,
  TokenInspection,
} from '../connections/meta-graph.ts';
import type { CallGraph } from './graph-call.client.ts';
import { GraphError } from './graph-error.ts';
import { type Fields, fieldsOf, flagOf, idOf, listOf, numberOf, textOf } from './wire.ts';

const appToken = ({ appId, appSecret }: AppCredentials): string => `${appId}|${appSecret}`;

/** Source: Meta for Developers, "Debug-Token". An expiry of 0 means never. */
const inspectionOf = (data: Fields): TokenInspection => {
  const expiresAt = numberOf(data['expires_at']) ?? 0;
  return {
    isValid: flagOf(data['is_valid']),
    appId: idOf(data['app_id']),
    type: textOf(data['type']),
    ...(expiresAt > 0 && { expiresAt: new Date(expiresAt * 1000) }),
    scopes: listOf(data['scopes']).flatMap((scope) => textOf(scope) ?? []),
    granular: listOf(data['granular_scopes']).map((one) => {
      const { scope, target_ids: targets } = fieldsOf(one);
      const targetIds = targets === undefined ? undefined : listOf(targets).flatMap((id) => idOf(id) ?? []);
      return present({ scope: textOf(scope) ?? '', targetIds });
    }),
    subcode: numberOf(fieldsOf(data['error'])['subcode']),
  };
};

const entityOf = (value: unknown): HealthEntity => {
  const entity = fieldsOf(value);
  return {
    type: textOf(entity['entity_type']) ?? '',
    id: idOf(entity['id']) ?? '',
    canSend: textOf(entity['can_send_message']) ?? '',
    errorCodes: listOf(entity['errors']).flatMap((error) => numberOf(fieldsOf(error)['error_code']) ?? []),
  };
};

const healthOf = (value: unknown): NumberFacts['health'] => {
  const health = fieldsOf(value);
  const canSend = textOf(health['can_send_message']);
  return canSend === undefined ? undefined : { canSend, entities: listOf(health['entities']).map(entityOf) };
};

const webhooksOf = (value: unknown): NonNullable<NumberFacts['webhooks']> => {
  const configuration = fieldsOf(value);
  return {
    application: textOf(configuration['application']),
    account: textOf(configuration['whatsapp_business_account']),
    number: textOf(configuration['phone_number']),
  };
};

/** Source: Meta, "WhatsApp Business Account Phone Number". */
const numberFields = [
  'display_phone_number',
  'verified_name',
  'name_status',
  'quality_rating',
  'status',
  'platform_type',
  'throughput',
  'whatsapp_business_manager_messaging_limit',
  'is_on_biz_app',
  'webhook_configuration',
  'health_status',
].join(',');

const factsOf = (number: Fields): NumberFacts => ({
  displayNumber: textOf(number['display_phone_number']) ?? '',
  verifiedName: textOf(number['verified_name']),
  nameStatus: textOf(number['name_status']),
  quality: textOf(number['quality_rating']),
  status: textOf(number['status']),
  platform: textOf(number['platform_type']),
  throughput: textOf(fieldsOf(number['throughput'])['level']),
  messagingLimit: textOf(number['whatsapp_business_manager_messaging_limit']),
  onPhoneApp: number['is_on_biz_app'] === undefined ? undefined : flagOf(number['is_on_biz_app']),
  webhooks: webhooksOf(number['webhook_configuration']),
  health: healthOf(number['health_status']),
});

const subscriptionOf = (value: unknown): AppSubscription => {
  const subscription = fieldsOf(value);
  return {
    callbackUrl: textOf(subscription['callback_url']) ?? '',
    active: flagOf(subscription['active']),
    fields: listOf(subscription['fields']).flatMap((field) => textOf(fieldsOf(field)['name']) ?? textOf(field) ?? []),
  };
};

const MOST_PAGES = 20;

/** All items of a list, page by page. */
const allOf = async (call: CallGraph, path: string, token: string, fields: string): Promise<unknown[]> => {
  const items: unknown[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call(path, { token, query: { fields, limit: '100', ...(after && { after }) } });
    items.push(...listOf(answer['data']));
    const paging = fieldsOf(answer['paging']);
    after = paging['next'] === undefined ? undefined : textOf(fieldsOf(paging['cursors'])['after']);
    if (after === undefined) break;
  }
  return items;
};

/** What connections ask of the Graph API: about tokens, accounts and numbers. All throw {@link GraphError}. */
export const graphAccounts = (call: CallGraph): MetaGraph => ({
  exchangeCode: async ({ appId, appSecret }, code) => {
    const query = { client_id: appId, client_secret: appSecret, code };
    const token = textOf(
      (await call('oauth/access_token', { token: appToken({ appId, appSecret }), query }))['access_token'],
    );
    if (!token) throw new GraphError({ httpStatus: 200, mayHaveArrived: true });
    return token;
  },

  inspect: async (token, app) => {
    const answer = await call('debug_token', { token: appToken(app), query: { input_token: token } });
    return inspectionOf(fieldsOf(answer['data']));
  },

  number: async (token, phoneNumberId) =>
    factsOf(await call(phoneNumberId, { token, query: { fields: numberFields } })),

  numbersOf: async (token, wabaId) =>
    (await allOf(call, `${wabaId}/phone_numbers`, token, 'id')).flatMap((one) => idOf(fieldsOf(one)['id']) ?? []),

  subscribedApps: async (token, wabaId) =>
    listOf((await call(`${wabaId}/subscribed_apps`, { token }))['data']).flatMap(
      (one) => idOf(fieldsOf(fieldsOf(one)['whatsapp_business_api_data'])['id']) ?? [],
    ),

  subscribe: async (token, wabaId) => {
    await call(`${wabaId}/subscribed_apps`, { token, method: 'POST' });
  },

  unsubscribe: async (token, wabaId) => {
    await call(`${wabaId}/subscribed_apps`, { token, method: 'DELETE' });
  },

  subscriptionOf: async (app) => {
    const { data } = await call(`${app.appId}/subscriptions`, { token: appToken(app) });
    const own = listOf(data).find((one) => fieldsOf(one)['object'] === 'whatsapp_business_account');
    return own === undefined ? undefined : subscriptionOf(own);
  },

  register: async (token, phoneNumberId, pin) => {
    await call(`${phoneNumberId}/register`, { token, method: 'POST', json: { messaging_product: 'whatsapp', pin } });
  },
});
