import { assertScope } from './graph-access.ts';
import { bodyOf, type GraphCall, type GraphResult, pickFields } from './graph-call.ts';
import { readOverride } from './overrides.ts';
import type { AccountRow } from './world-rows.ts';

const usualFields = ['id', 'name', 'timezone_id', 'message_template_namespace'];

/** `GET /{account}`. */
export const showAccount = (call: GraphCall, account: AccountRow): GraphResult => {
  assertScope(call.caller, 'whatsapp_business_management');
  const fields = {
    id: account.accountId,
    name: account.name,
    currency: account.currency,
    timezone_id: account.timezoneId,
    message_template_namespace: `ns_${account.accountId}`,
    owner_business_info: { id: account.businessId, name: account.name },
    on_behalf_of_business_info: { id: account.businessId, name: account.name, status: 'APPROVED', type: 'SELF' },
    account_review_status: 'APPROVED',
    business_verification_status: 'verified',
    whatsapp_business_manager_messaging_limit: 'TIER_2K',
    health_status: { can_send_message: 'AVAILABLE', entities: [] },
  };
  return pickFields(fields, call.query, usualFields);
};

/** `GET /{account}/subscribed_apps`. */
export const listSubscriptions = (call: GraphCall, account: AccountRow): GraphResult => {
  assertScope(call.caller, 'whatsapp_business_management');
  const rows = account.subscribedApps.map((appId) => ({
    whatsapp_business_api_data: {
      id: appId,
      name: call.context.world.apps.get(appId)?.name,
      link: `https://www.facebook.com/games/?app_id=${appId}`,
    },
    ...(account.overrides[appId] && { override_callback_uri: account.overrides[appId].url }),
  }));
  return { data: rows };
};

/** `POST /{account}/subscribed_apps`: the calling app gets its webhooks; said plain, it takes an override away. */
export const subscribe = async (call: GraphCall, account: AccountRow): Promise<GraphResult> => {
  assertScope(call.caller, 'whatsapp_business_management');
  const { appId } = call.caller;
  const override = await readOverride(bodyOf(call), call.context.random);
  if (override) account.overrides[appId] = override;
  else delete account.overrides[appId];
  account.subscribedApps = [...new Set([...account.subscribedApps, appId])];
  return { success: true };
};

/** `DELETE /{account}/subscribed_apps`. */
export const unsubscribe = (call: GraphCall, account: AccountRow): GraphResult => {
  assertScope(call.caller, 'whatsapp_business_management');
  const { appId } = call.caller;
  account.subscribedApps = account.subscribedApps.filter((one) => one !== appId);
  delete account.overrides[appId];
  return { success: true };
};
