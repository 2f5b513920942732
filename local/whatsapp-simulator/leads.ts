import type { Context } from './context.ts';
import { ControlRefused, found } from './control-refused.ts';
import { defaultWorld } from './default-world.ts';
import type { NewLead } from './simulator-api.ts';
import type { LeadRow } from './world-rows.ts';

/** Ids of a page's webhook are integers, as in Meta's own sample. */
const integers = (ids: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, id === undefined ? undefined : BigInt(id)]));

const isDigits = (id: string | undefined): boolean => id === undefined || /^\d+$/.test(id);

/** Somebody fills in a form of an advertisement. Throws `ControlRefused`. */
export const takeLead = (context: Context, wish: NewLead): LeadRow => {
  const { world, random, clock } = context;
  const { pageId = defaultWorld.pageId, formId = defaultWorld.formId, adId, boxes } = wish;
  found(world.pages.get(pageId), `page ${pageId}`);
  if (!isDigits(formId) || !isDigits(adId)) throw new ControlRefused(400, 'formId and adId must be digits');
  const fields = Object.fromEntries(Object.entries(wish.fields).map(([name, value]) => [name, String(value)]));
  const lead: LeadRow = {
    ...{ leadgenId: random.digits(17), pageId, formId, adId, createdAt: clock.now(), fields },
    ...(boxes && { boxes }),
  };
  world.leads.set(lead.leadgenId, lead);
  const ids = { leadgen_id: lead.leadgenId, page_id: pageId, form_id: formId, ad_id: adId, adgroup_id: adId };
  const value = { ...integers(ids), created_time: Math.floor(lead.createdAt / 1000) };
  context.webhooks.send({ pageId, field: 'leadgen', value });
  return lead;
};
