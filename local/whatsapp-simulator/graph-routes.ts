import { assertAccount, assertScope } from './graph-access.ts';
import { listSubscriptions, showAccount, subscribe, unsubscribe } from './graph-accounts.ts';
import { appSubscriptions } from './graph-apps.ts';
import { bodyOf, type GraphCall, type GraphResult } from './graph-call.ts';
import { listLeads, pageSubscriptions, showLead, showPage } from './graph-leads.ts';
import { deleteMedia, downloadMedia, showMedia, uploadMedia } from './graph-media.ts';
import {
  blockUsers,
  changeNumber,
  deregisterNumber,
  listBlocked,
  listNumbers,
  registerNumber,
  showNumberFields,
} from './graph-numbers.ts';
import { debugToken } from './graph-oauth.ts';
import { GraphRefusal, noSuchObject } from './graph-refusal.ts';
import {
  createTemplate,
  deleteTemplates,
  editTemplate,
  listTemplates,
  showTemplate,
  unpauseTemplate,
} from './graph-templates.ts';
import { sendMessage } from './send-message.ts';
import type { AccountRow, NumberRow, TemplateRow } from './world-rows.ts';

type Result = GraphResult | Promise<GraphResult>;

const ACCOUNT_CALLS_AN_HOUR = 5000;

const send = (call: GraphCall, number: NumberRow, marketingOnly = false): Result => {
  assertScope(call.caller, 'whatsapp_business_messaging');
  return sendMessage(call.context, call.limits, number, bodyOf(call), { marketingOnly });
};

const numberRoutes: Readonly<Record<string, (call: GraphCall, number: NumberRow) => Result>> = {
  'GET ': showNumberFields,
  'POST ': changeNumber,
  'POST messages': (call, number) => send(call, number),
  'POST marketing_messages': (call, number) => send(call, number, true),
  'POST media': uploadMedia,
  'POST register': registerNumber,
  'POST deregister': deregisterNumber,
  'GET block_users': listBlocked,
  'POST block_users': blockUsers,
  'DELETE block_users': blockUsers,
};

const accountRoutes: Readonly<Record<string, (call: GraphCall, account: AccountRow) => Result>> = {
  'GET ': showAccount,
  'GET phone_numbers': listNumbers,
  'GET subscribed_apps': listSubscriptions,
  'POST subscribed_apps': subscribe,
  'DELETE subscribed_apps': unsubscribe,
  'GET message_templates': listTemplates,
  'POST message_templates': createTemplate,
  'DELETE message_templates': deleteTemplates,
};

const templateRoutes: Readonly<Record<string, (call: GraphCall, template: TemplateRow) => Result>> = {
  'GET ': showTemplate,
  'POST ': editTemplate,
  'POST unpause': unpauseTemplate,
};

const countAccountCall = ({ context, limits, now }: GraphCall, account: AccountRow): void => {
  const isActive = context.world.numbers.values().some(({ accountId }) => accountId === account.accountId);
  const most = isActive ? ACCOUNT_CALLS_AN_HOUR : 200;
  if (limits.countCall(account.accountId, now) > most)
    throw new GraphRefusal(80007, 'The WhatsApp Business Account has reached its rate limit.');
};

const ofNumber = (call: GraphCall, number: NumberRow, route: string): Result | undefined => {
  assertAccount(call.caller, number.accountId, number.numberId, call.method);
  return numberRoutes[route]?.(call, number);
};

const ofAccount = (call: GraphCall, account: AccountRow, route: string): Result | undefined => {
  assertAccount(call.caller, account.accountId, account.accountId, call.method);
  countAccountCall(call, account);
  return accountRoutes[route]?.(call, account);
};

const ofTemplate = (call: GraphCall, template: TemplateRow, route: string): Result | undefined => {
  assertAccount(call.caller, template.accountId, template.templateId, call.method);
  return templateRoutes[route]?.(call, template);
};

const ofMedia = (call: GraphCall, id: string, route: string): Result | undefined => {
  const media = call.context.world.media.get(id);
  if (!media) return undefined;
  if (route === 'GET ') return showMedia(call, media);
  return route === 'DELETE ' ? deleteMedia(call, media) : undefined;
};

const ofPage = (call: GraphCall, id: string, route: string): Result | undefined => {
  const { world } = call.context;
  const lead = world.leads.get(id);
  if (lead && route === 'GET ') return showLead(call, lead);
  if (world.pages.has(id) && route === 'GET ') return showPage(call, id);
  if (world.pages.has(id) && route.endsWith('subscribed_apps')) return pageSubscriptions(call, id);
  return route === 'GET leads' ? listLeads(call, id) : undefined;
};

const ofNode = (call: GraphCall, id: string, route: string): Result | undefined => {
  const { world } = call.context;
  const number = world.numbers.get(id);
  if (number) return ofNumber(call, number, route);
  const account = world.accounts.get(id);
  if (account) return ofAccount(call, account, route);
  const template = world.templates.get(id);
  if (template) return ofTemplate(call, template, route);
  const app = world.apps.get(id);
  if (app) return route.endsWith(' subscriptions') ? appSubscriptions(call, app) : undefined;
  return ofMedia(call, id, route) ?? ofPage(call, id, route);
};

/** Answers a call whose caller is known. Throws `GraphRefusal`. */
export const answerCall = (call: GraphCall): Result => {
  const [id = '', edge = '', ...rest] = call.segments;
  if (id === 'debug_token') return debugToken(call);
  if (id === 'whatsapp_business' && edge === 'attachments') return downloadMedia(call);
  const found = rest.length === 0 && /^\d+$/.test(id) ? ofNode(call, id, `${call.method} ${edge}`) : undefined;
  if (found === undefined) throw noSuchObject(id, call.method);
  return found;
};

/** Whether the call is a send, which the knobs of sends are about. */
export const isSend = (method: string, segments: readonly string[]): boolean =>
  method === 'POST' && segments.length === 2 && /^(marketing_)?messages$/.test(segments[1] ?? '');

/** The account whose limits a call counts for. */
export const accountOf = ({
  context: { world },
  segments: [id = ''],
}: Pick<GraphCall, 'context' | 'segments'>): string | undefined =>
  world.numbers.get(id)?.accountId ?? world.accounts.get(id)?.accountId ?? world.templates.get(id)?.accountId;
