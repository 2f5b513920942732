import { AppError, invalidField } from '#core/errors.ts';
import { withPatience } from '#core/patience.ts';
import { type RepeatableRequest, repeatable } from '#core/repeatable.ts';
import type { Contact } from '../contacts/contact.ts';
import { type IdentityPorts, identifyContact } from '../contacts/identify-contact.ts';
import { ANY_BUSINESS } from '../contacts/identity.ts';
import { internationalPhone } from '../contacts/international-phone.ts';
import { type AssigneesOf, assertContactSeen } from '../contacts/see-contact.ts';
import { type LeadPlace, type Pipeline, placeInStage, placeOfNew } from '../pipelines/pipeline.ts';
import { sees, type Viewer } from '../shops/viewer.ts';
import { type AssignablePorts, assertAssignable } from './assignable.ts';
import { type LeadFacts, newLead } from './capture-lead.ts';
import { findLead, findStoredLead } from './find-lead.ts';
import type { Lead } from './lead.ts';
import type { CreateLead } from './lead-input.ts';

export interface CreateLeadPorts extends IdentityPorts, AssignablePorts {
  leads: {
    find: (shopId: string, leadId: string) => Promise<Lead | undefined>;
    findRepeat: (request: RepeatableRequest) => Promise<string | undefined>;
    /** Makes a lead of a contact and remembers the request; false when somebody was faster. */
    create: (lead: Lead, remember: { request?: RepeatableRequest | undefined; now: Date }) => Promise<boolean>;
  };
  pipelines: { all: (shopId: string) => Promise<Pipeline[]> };
  assigneesOf: AssigneesOf;
}

/** A lead that somebody enters, and who does. */
export interface CreateLeadRequest {
  shopId: string;
  viewer: Viewer;
  input: CreateLead;
  idempotencyKey: string | undefined;
}

const phoneOf = ({ phone }: CreateLead): string => {
  const read = internationalPhone(phone);
  if (read !== undefined) return read;
  throw invalidField('phone', 'not-a-phone', 'must be a phone number with its country code, like +54 9 11 2345-6789');
};

const factsOf = ({ viewer, input }: CreateLeadRequest, place: LeadPlace): LeadFacts => {
  const { phone: _, stageId: __, ...facts } = input;
  return { ...facts, place, assignedTo: facts.assignedTo ?? (viewer.role === 'seller' ? viewer.userId : undefined) };
};

/** Who may see the lead that is there is told which it is. */
const alreadyThere = (lead: Lead, viewer: Viewer): AppError =>
  new AppError('lead.exists', 'this person is a lead already', {
    ...(sees(viewer, lead.assignedTo) && { details: { leadId: lead.leadId } }),
  });

const repeatOf = async (
  { shopId, viewer }: CreateLeadRequest,
  request: RepeatableRequest | undefined,
  ports: CreateLeadPorts,
) => {
  const leadId = request && (await ports.leads.findRepeat(request));
  return leadId === undefined ? undefined : findLead({ shopId, leadId, viewer }, ports);
};

/** Whoever makes a lead of a contact sees them from then on: of the customers of others nobody makes one. */
const assertMayMeet = async (
  { shopId, contactId }: Contact,
  { viewer }: CreateLeadRequest,
  ports: CreateLeadPorts,
): Promise<void> => {
  const known = await ports.leads.find(shopId, contactId);
  if (known === undefined) await assertContactSeen(viewer, { shopId, contactId }, ports);
};

/**
 * Makes a lead of somebody whom a person of the shop names by phone, whichever spelling of it: one person is one lead.
 * A seller who enters a lead has it, unless they say who. The same idempotency key again gives the same lead.
 * Throws `lead.exists`, `not-found` for somebody who is no lead and whose conversations the viewer may not see,
 * `request.invalid` for what is no phone, stage or user of the shop, `idempotency.key-reused`, and
 * `change.conflict` when others kept changing the same contact.
 */
export const createLead = async (asked: CreateLeadRequest, ports: CreateLeadPorts): Promise<Lead> => {
  const { shopId, viewer, input, idempotencyKey } = asked;
  const request = repeatable(shopId, 'create-lead', idempotencyKey, input);
  const phone = phoneOf(input);
  const pipelines = await ports.pipelines.all(shopId);
  const place = input.stageId === undefined ? placeOfNew(pipelines) : placeInStage(pipelines, input.stageId);
  const facts = factsOf(asked, place);
  const made = await withPatience(ports.patience, async () => {
    const repeated = await repeatOf(asked, request, ports);
    if (repeated) return repeated;
    await assertAssignable(shopId, input.assignedTo, ports);
    const now = ports.patience.clock();
    const at = now.toISOString();
    const contact: Contact = await identifyContact({ shopId, businessId: ANY_BUSINESS, person: { phone }, at }, ports);
    await assertMayMeet(contact, asked, ports);
    const lead = newLead(contact, facts, place, at);
    if (await ports.leads.create(lead, { request, now })) return lead;
    const known = await findStoredLead(lead, ports);
    if (known === undefined) return undefined;
    // asked after the lead was seen, so that one made meanwhile by the same request is known to be its own
    const ours = await repeatOf(asked, request, ports);
    if (ours) return ours;
    throw alreadyThere(known, viewer);
  });
  if (made === undefined) throw new AppError('change.conflict', 'this contact keeps changing; try again');
  return made;
};
