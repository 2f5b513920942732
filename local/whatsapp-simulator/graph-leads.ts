import { assertScope } from './graph-access.ts';
import { type GraphCall, type GraphResult, pageOf, pickFields } from './graph-call.ts';
import { noSuchObject } from './graph-refusal.ts';
import type { LeadRow } from './world-rows.ts';

const usualFields = ['id', 'created_time', 'field_data'];

/** A lead's time in the form of the Graph API, with an offset and no milliseconds. */
const graphTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}+0000`;

const fieldsOf = ({ leadgenId, createdAt, formId, adId, fields, boxes = {} }: LeadRow) => ({
  id: leadgenId,
  created_time: graphTime(createdAt),
  form_id: formId,
  ad_id: adId,
  ad_name: adId && 'Anuncio',
  adset_id: undefined,
  adset_name: undefined,
  campaign_id: undefined,
  campaign_name: undefined,
  is_organic: adId === undefined,
  platform: 'fb',
  custom_disclaimer_responses: Object.entries(boxes).map(([checkbox_key, isTicked]) => ({
    checkbox_key,
    is_checked: isTicked ? '1' : '',
  })),
  field_data: Object.entries(fields).map(([name, value]) => ({ name, values: [value] })),
});

const assertPage = ({ caller, method }: GraphCall, pageId: string, id: string): void => {
  if (!caller.token?.pageIds.includes(pageId)) throw noSuchObject(id, method);
};

/** `GET /{leadgen}`. */
export const showLead = (call: GraphCall, lead: LeadRow): GraphResult => {
  assertPage(call, lead.pageId, lead.leadgenId);
  assertScope(call.caller, 'leads_retrieval');
  return pickFields(fieldsOf(lead), call.query, usualFields);
};

/** `GET /{form}/leads`. */
export const listLeads = (call: GraphCall, formId: string): GraphResult => {
  const leads = [...call.context.world.leads.values()].filter((lead) => lead.formId === formId);
  const [first] = leads;
  if (!first) throw noSuchObject(formId, call.method);
  assertPage(call, first.pageId, formId);
  assertScope(call.caller, 'leads_retrieval');
  const rows = leads.map((lead) => pickFields(fieldsOf(lead), call.query, usualFields));
  return pageOf(rows, call.query, `${call.context.graphUrl}/v24.0/${formId}/leads`);
};

/** `GET /{page}`. */
export const showPage = (call: GraphCall, pageId: string): GraphResult => {
  const page = call.context.world.pages.get(pageId);
  if (!page) throw noSuchObject(pageId, call.method);
  assertPage(call, pageId, pageId);
  assertScope(call.caller, 'pages_read_engagement', 'pages_show_list');
  return pickFields({ id: pageId, name: page.name }, call.query, ['id', 'name']);
};

/** `GET`, `POST` and `DELETE /{page}/subscribed_apps`. */
export const pageSubscriptions = (call: GraphCall, pageId: string): GraphResult => {
  const page = call.context.world.pages.get(pageId);
  if (!page) throw noSuchObject(pageId, call.method);
  assertPage(call, pageId, pageId);
  assertScope(call.caller, 'pages_manage_metadata');
  const { appId } = call.caller;
  if (call.method === 'GET') return { data: page.subscribedApps.map((id) => ({ id, subscribed_fields: ['leadgen'] })) };
  const others = page.subscribedApps.filter((id) => id !== appId);
  page.subscribedApps = call.method === 'POST' ? [...others, appId] : others;
  return { success: true };
};
