import * as z from 'zod/mini';
import { timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { Consent, type Contact } from '../contacts/contact.ts';
import { PreviousSales } from '../sale-links/previous-sales.ts';
import type { ShowSales } from '../sale-links/show-sales.ts';
import { AdReferral, type Lead, leadName, leadStatuses } from './lead.ts';

const text = () => z.optional(z.string());

/** A lead as the people of its shop see it, with what is its contact's: consent, and facts that await a decision. */
export const LeadView = lazy(() =>
  z.object({
    /** The contact's too. */
    leadId: z.string(),
    /** First and last name, else what the contact calls themself; absent when neither is known. */
    name: text(),
    firstName: text(),
    lastName: text(),
    /** E.164; absent for one whom Meta shows only by an id. */
    phone: text(),
    /** Phones of leads that went on in this one. */
    morePhones: z.optional(z.array(z.string())),
    /** How each business portfolio knows the person. */
    userIds: z.array(z.object({ businessId: z.string(), userId: z.string() })),
    email: text(),
    status: z.enum(leadStatuses),
    pipelineId: z.string(),
    stageId: z.string(),
    /** Absent: nobody has it. */
    assignedTo: text(),
    source: z.string(),
    metaLeadId: text(),
    tags: z.array(z.string()),
    referral: z.optional(AdReferral()),
    nextActionAt: z.optional(timeField()),
    importId: text(),
    importRow: z.optional(z.int()),
    formerLeadIds: z.optional(z.array(z.string())),
    /** Larger after each change: whoever merges leads says which they looked at. */
    version: z.int(),
    marketing: Consent(),
    /** `identity`: two contacts contradict each other about who has this number or id; somebody should look. */
    review: text(),
    /** What they have bought before; only in shops that link contacts to sales. */
    sales: z.optional(PreviousSales()),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type LeadView = z.infer<Lazy<typeof LeadView>>;

/** A lead with its contact; one whose contact is gone has said nothing about marketing. */
export const leadView = (lead: Lead, contact: Contact | undefined, sales?: PreviousSales): LeadView => {
  const { shopId: _, knownAs: __, mergedInto: ___, ...shown } = lead;
  const { marketing = { state: 'unknown' as const }, review } = contact ?? {};
  return { ...shown, name: leadName(lead), marketing, review, ...(sales && { sales }) };
};

export interface LeadViewPorts {
  contacts: { findAll: (shopId: string, contactIds: readonly string[]) => Promise<Contact[]> };
  showSales: ShowSales;
}

/** The contacts of leads by the leads' ids; in the place of one who was merged at this very moment, who goes on. */
const contactsBehind = async (
  shopId: string,
  leadIds: readonly string[],
  ports: LeadViewPorts,
): Promise<Map<string, Contact>> => {
  const found = await ports.contacts.findAll(shopId, leadIds);
  const contacts = new Map(found.map((contact) => [contact.contactId, contact]));
  const merged = found.flatMap(({ contactId, mergedInto }) => (mergedInto ? [[contactId, mergedInto] as const] : []));
  if (merged.length === 0) return contacts;
  const goingOn = await contactsBehind(
    shopId,
    merged.map(([, mergedInto]) => mergedInto),
    ports,
  );
  for (const [contactId, mergedInto] of merged) {
    const survivor = goingOn.get(mergedInto);
    if (survivor) contacts.set(contactId, survivor);
  }
  return contacts;
};

/** Leads with their contacts, in the same order: one read for all, and one for what they bought where that is shown. */
export const leadViews = async (shopId: string, leads: readonly Lead[], ports: LeadViewPorts): Promise<LeadView[]> => {
  const ids = leads.map(({ leadId }) => leadId);
  const contacts = await contactsBehind(shopId, ids, ports);
  const sales = await ports.showSales(shopId, ids, { contacts: [...contacts.values()], leads });
  return leads.map((lead) => leadView(lead, contacts.get(lead.leadId), sales.get(lead.leadId)));
};
