import { actorOf, type Caller } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { notFound } from '#core/errors.ts';
import type { Shop } from '../shops/shop.ts';
import { viewerOf } from '../shops/viewer.ts';
import { assignInTurn, assignLead, type RoundRobinPorts } from './assign-lead.ts';
import type { AssignablePorts } from './assignable.ts';
import type { ChangeLeadPorts } from './change-lead.ts';
import { type CreateLeadPorts, createLead } from './create-lead.ts';
import { crmShop } from './crm-shop.ts';
import { findLead } from './find-lead.ts';
import type { Lead } from './lead.ts';
import { type LeadView, type LeadViewPorts, leadViews } from './lead-view.ts';
import type { leadRoutes } from './leads.routes.ts';
import { type ListLeadsPorts, listLeads } from './list-leads.ts';
import { moveStage } from './move-stage.ts';
import { tagLead } from './tag-lead.ts';
import { updateLead } from './update-lead.ts';

/** Everything that working with leads needs. */
export interface LeadPorts extends CreateLeadPorts, Pick<LeadViewPorts, 'showSales'> {
  leads: CreateLeadPorts['leads'] & ListLeadsPorts['leads'] & ChangeLeadPorts['leads'] & RoundRobinPorts['leads'];
  contacts: CreateLeadPorts['contacts'] & LeadViewPorts['contacts'];
  users: AssignablePorts['users'] & RoundRobinPorts['users'];
  findShop: (shopId: string) => Promise<Shop | undefined>;
}

const viewOf = async (lead: Lead, ports: LeadPorts): Promise<LeadView> => {
  const [view] = await leadViews(lead.shopId, [lead], ports);
  if (view === undefined) throw notFound();
  return view;
};

const askedBy = async (caller: Caller, ports: LeadPorts) => {
  const { shopId } = caller;
  const viewer = viewerOf(caller, await crmShop(ports.findShop, shopId));
  return { shopId, viewer, by: actorOf(caller) };
};

interface Named {
  caller: Caller;
  params: { leadId: string };
}

/** What answers each route of leads. */
export const leadHandlers = (ports: LeadPorts): RouteHandlers<typeof leadRoutes> => {
  const which = async ({ caller, params }: Named) => ({ ...(await askedBy(caller, ports)), ...params });
  return {
    listLeads: async ({ caller, query }) => {
      const asked = await askedBy(caller, ports);
      const page = await listLeads({ ...asked, query }, ports);
      return { ...page, items: await leadViews(asked.shopId, page.items, ports) };
    },
    createLead: async ({ caller, body, idempotencyKey }) => {
      const asked = await askedBy(caller, ports);
      return viewOf(await createLead({ ...asked, input: body, idempotencyKey }, ports), ports);
    },
    getLead: async (input) => viewOf(await findLead(await which(input), ports), ports),
    updateLead: async (input) => viewOf(await updateLead({ ...(await which(input)), input: input.body }, ports), ports),
    moveLead: async (input) => viewOf(await moveStage({ ...(await which(input)), input: input.body }, ports), ports),
    assignLead: async (input) => {
      const { body } = input;
      const asked = { ...(await which(input)), reason: body.reason };
      if ('roundRobin' in body) return viewOf(await assignInTurn(asked, ports), ports);
      return viewOf(await assignLead({ ...asked, to: body.userId ?? undefined }, ports), ports);
    },
    tagLead: async (input) => viewOf(await tagLead({ ...(await which(input)), input: input.body }, ports), ports),
  };
};
