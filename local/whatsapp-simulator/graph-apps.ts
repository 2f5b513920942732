import { bodyOf, type GraphCall, type GraphResult } from './graph-call.ts';
import { GraphRefusal, noSuchObject } from './graph-refusal.ts';
import { shakeHands } from './handshake.ts';
import { addressOf, openPart, textOf, wordOf } from './sends/part.ts';
import { showApp } from './world-additions.ts';
import type { AppRow } from './world-rows.ts';

const allFields = [
  'account_alerts',
  'account_review_update',
  'account_update',
  'business_capability_update',
  'calls',
  'history',
  'message_template_components_update',
  'message_template_quality_update',
  'message_template_status_update',
  'messages',
  'phone_number_name_update',
  'phone_number_quality_update',
  'security',
  'smb_app_state_sync',
  'smb_message_echoes',
  'template_category_update',
  'user_preferences',
];

const listOfTexts = (value: unknown): string[] => {
  const items = typeof value === 'string' ? value.split(',') : value;
  return Array.isArray(items) ? items.map(String) : [];
};

/** What an app subscribes, by kind of object; nothing while it has no address. */
const showSubscriptions = ({ callbackUrl, fields }: AppRow): GraphResult => {
  if (callbackUrl === undefined) return { data: [] };
  const named = (names: readonly string[]) => names.map((name) => ({ name, version: 'v26.0' }));
  const common = { callback_url: callbackUrl, active: true };
  const wanted = fields ?? [...allFields, 'leadgen'];
  const account = {
    object: 'whatsapp_business_account',
    ...common,
    fields: named(wanted.filter((name) => name !== 'leadgen')),
  };
  const page = { object: 'page', ...common, fields: named(['leadgen']) };
  return { data: wanted.includes('leadgen') ? [account, page] : [account] };
};

const keys = ['object', 'callback_url', 'verify_token', 'fields', 'include_values'];

const changeSubscription = async (call: GraphCall, app: AppRow): Promise<GraphResult> => {
  const part = openPart(bodyOf(call), 'body', keys);
  wordOf(part, 'object', ['whatsapp_business_account', 'page']);
  const url = addressOf(part, 'callback_url');
  const verifyToken = textOf(part, 'verify_token', { most: 1000 });
  await shakeHands(url, verifyToken, call.context.random);
  Object.assign(app, { callbackUrl: url, verifyToken, fields: listOfTexts(part.members['fields']) });
  call.context.feed.publish({ kind: 'app', app: showApp(app) });
  return { success: true };
};

/** `GET`, `POST` and `DELETE /{app}/subscriptions`: for the app itself, with its id and secret as the token. */
export const appSubscriptions = (call: GraphCall, app: AppRow): GraphResult | Promise<GraphResult> => {
  const { caller, method } = call;
  if (caller.appId !== app.appId) throw noSuchObject(app.appId, method);
  if (caller.token) {
    throw new GraphRefusal(15, undefined, {
      status: 400,
      message: '(#15) This method must be called with an app access_token.',
    });
  }
  if (method === 'GET') return showSubscriptions(app);
  if (method === 'POST') return changeSubscription(call, app);
  app.callbackUrl = undefined;
  return { success: true };
};
