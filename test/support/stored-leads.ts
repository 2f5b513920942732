import { assigneeStore } from '../../functions/contacts/assignee.store.ts';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import type { Contact } from '../../functions/contacts/contact.ts';
import { identifyContact } from '../../functions/contacts/identify-contact.ts';
import { captureLead, type LeadFacts } from '../../functions/leads/capture-lead.ts';
import { leadStore } from '../../functions/leads/lead.store.ts';
import { Lead } from '../../functions/leads/lead.ts';
import { pipelineStore } from '../../functions/pipelines/pipeline.store.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import type { Person } from '../../functions/whatsapp/person.ts';
import { aPhone, aShop } from './builders.ts';
import { type MovedClock, movedClock } from './clock.ts';
import { quickPatience } from './ports.ts';
import type { TestTable } from './table.ts';

const secret = async () => 'a secret for tests only';

/** A shop with a pipeline, and all that its leads are made of, on a real table. */
export const openStoredLeads = (
  world: TestTable,
  { clock = movedClock(), shop = aShop({ nicheType: 'crm_sales' }) }: { clock?: MovedClock; shop?: Shop } = {},
) => {
  const { table } = world;
  const { shopId } = shop;
  const leads = leadStore(table, secret);
  const contacts = contactStore(table, secret);
  const pipelines = pipelineStore(table);
  /** With patience of its own for each operation. */
  const ports = () => ({
    ...{ leads, contacts, pipelines },
    ...assigneeStore(table),
    patience: quickPatience(clock, { random: Math.random, budgetMs: 20_000 }),
  });
  const at = () => clock().toISOString();

  const see = (person: Person, businessId = '1'): Promise<Contact> =>
    identifyContact({ shopId, businessId, person, at: at() }, ports());
  const capture = async (person: Person, facts: Partial<LeadFacts> = {}, businessId = '1') => {
    const contact = await see(person, businessId);
    return captureLead({ shop, contact, facts: { source: 'manual', ...facts }, at: at(), by: 'customer' }, ports());
  };

  return {
    shop,
    clock,
    ports,
    ...{ leads, contacts, pipelines },
    see,
    capture,
    /** A lead of a phone nobody has had before. */
    add: async (facts: Partial<LeadFacts> = {}): Promise<Lead> => (await capture({ phone: aPhone() }, facts)).lead,
    /** Every lead as it is stored. */
    stored: async (): Promise<Lead[]> =>
      (await world.rows())
        .filter(({ pk, sk }) => pk.includes('#LEAD#') && sk === 'META')
        .map((row) => Lead().parse(row)),
  };
};

export type StoredLeads = ReturnType<typeof openStoredLeads>;
