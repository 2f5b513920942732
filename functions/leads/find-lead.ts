import { notFound } from '#core/errors.ts';
import { assertSeen, type Viewer } from '../shops/viewer.ts';
import type { Lead } from './lead.ts';

export interface FindLeadPorts {
  leads: { find: (shopId: string, leadId: string) => Promise<Lead | undefined> };
}

/** Which lead, and who asks: machines see all. */
export interface WhichLead {
  shopId: string;
  leadId: string;
  viewer?: Viewer | undefined;
}

/** The lead, or the one in which it goes on; undefined when there is none. */
export const findStoredLead = async (
  { shopId, leadId }: Omit<WhichLead, 'viewer'>,
  ports: FindLeadPorts,
): Promise<Lead | undefined> => {
  const lead = await ports.leads.find(shopId, leadId);
  return lead?.mergedInto === undefined ? lead : findStoredLead({ shopId, leadId: lead.mergedInto }, ports);
};

/** The lead, or the one in which it goes on. Throws `not-found` when there is none that the viewer may see. */
export const findLead = async ({ viewer, ...which }: WhichLead, ports: FindLeadPorts): Promise<Lead> => {
  const lead = await findStoredLead(which, ports);
  if (lead === undefined) throw notFound();
  if (viewer) assertSeen(viewer, lead);
  return lead;
};
