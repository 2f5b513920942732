import type { PageGraph } from '../lead-sources/page-graph.ts';
import { type GraphOptions, graphCaller } from './graph-call.client.ts';
import { fieldsOf, idOf, textOf } from './wire.ts';

/** Source: Meta for Developers, "Retrieving Leads". */
const leadFields = [
  ...['id', 'created_time', 'field_data', 'form_id', 'ad_id', 'ad_name', 'adset_id', 'adset_name', 'campaign_id'],
  ...['campaign_name', 'is_organic', 'platform', 'custom_disclaimer_responses'],
].join(',');

/** Pages and their Lead Ads at one version of the Graph API. Every call throws `GraphError`. */
export const openPageGraph = (options: GraphOptions): PageGraph => {
  const call = graphCaller(options);
  return {
    page: async (token, pageId) => {
      const page = await call(encodeURIComponent(pageId), { token, query: { fields: 'id,name' } });
      return { name: textOf(page['name']) ?? '' };
    },

    appIdOf: async (token, { appId, appSecret }) => {
      const query = { input_token: token };
      const { data } = await call('debug_token', { token: `${appId}|${appSecret}`, query });
      return idOf(fieldsOf(data)['app_id']);
    },

    subscribe: async (token, pageId) => {
      const query = { subscribed_fields: 'leadgen' };
      await call(`${encodeURIComponent(pageId)}/subscribed_apps`, { token, method: 'POST', query });
    },

    unsubscribe: async (token, pageId) => {
      await call(`${encodeURIComponent(pageId)}/subscribed_apps`, { token, method: 'DELETE' });
    },

    lead: (token, leadgenId) => call(encodeURIComponent(leadgenId), { token, query: { fields: leadFields } }),
  };
};
