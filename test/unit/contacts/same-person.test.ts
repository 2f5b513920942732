import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ContactTies,
  findPeople,
  type LeadTies,
  type SamePerson,
  type Ties,
} from '../../../functions/contacts/same-person.ts';

/** A store that counts its reads. */
const open = ({ contacts, leads }: Ties) => {
  const world = { reads: [] as string[][] };
  const find = findPeople(async (_, { contactIds, leadIds }) => {
    world.reads.push([...contactIds, ...leadIds]);
    return {
      contacts: contacts.filter(({ contactId }) => contactIds.includes(contactId)),
      leads: leads.filter(({ leadId }) => leadIds.includes(leadId)),
    };
  });
  const person = async (id: string, known?: Partial<Ties>): Promise<SamePerson | undefined> =>
    (await find('shop', [id], known)).get(id);
  return { world, find, person };
};

const alone: Ties = { contacts: [{ contactId: 'x', phone: '+5491145678901' }], leads: [] };

/** `a` was merged into `b` by an event; the lead of `c` into that of `b` by hand, and the one of `d` into `c`'s before. */
const merged: Ties = {
  contacts: [
    { contactId: 'a', mergedInto: 'b', phone: '+541145678901' },
    { contactId: 'b', formerContactIds: ['a'], phone: '+5491145678901' },
    { contactId: 'c', phone: '+59899123456' },
    { contactId: 'd', phone: '+56912345678' },
    { contactId: 'e', phone: '+5215512345678' },
  ],
  leads: [
    { leadId: 'b', formerLeadIds: ['c', 'd'], morePhones: ['+59899123456', '+573001234567'] },
    { leadId: 'c', mergedInto: 'b', formerLeadIds: ['d'], email: 'old@example.com' },
    { leadId: 'd', mergedInto: 'c' },
    { leadId: 'e' },
  ],
};

describe('one person', () => {
  it.each(['a', 'b', 'c', 'd'])('is the same from whichever contact one asks: %s', async (id) => {
    const found = await open(merged).person(id);
    expect(found?.contactIds[0]).toBe(id);
    expect(found?.contactIds.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(found?.phones.map((phone) => phone.slice(-4)).sort()).toEqual(['3456', '4567', '5678', '8901']);
    expect(found?.email).toBe('old@example.com');
  });

  it('has the e-mail address of the lead that goes on, if it has one', async () => {
    const leads = merged.leads.map((lead) => (lead.leadId === 'b' ? { ...lead, email: 'new@example.com' } : lead));
    for (const id of ['a', 'c']) expect((await open({ ...merged, leads }).person(id))?.email).toBe('new@example.com');
  });

  it('is one contact for most, and nobody else’s', async () => {
    expect(await open(merged).person('e')).toEqual({ contactIds: ['e'], phones: ['+5215512345678'] });
    expect(await open(alone).person('nobody')).toEqual({ contactIds: ['nobody'], phones: [] });
  });

  it('costs one read for a whole list of whom nobody was merged, and none for what is known', async () => {
    const contacts = Array.from({ length: 50 }, (_, index): ContactTies => ({ contactId: `c${index}` }));
    const leads = contacts.map(({ contactId }): LeadTies => ({ leadId: contactId }));
    const ids = contacts.map(({ contactId }) => contactId);
    const { world, find } = open({ contacts, leads });
    await find('shop', ids);
    expect(world.reads).toHaveLength(1);
    await find('shop', ids, { contacts });
    expect(world.reads[1]).toEqual(ids);
    await find('shop', ids, { contacts, leads });
    expect(world.reads).toHaveLength(2);
  });

  it('is found whatever was merged into whatever, and however often', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const merge = fc.record({ one: fc.constantFrom(...ids), into: fc.constantFrom(...ids), byHand: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(merge, { maxLength: 8 }), async (merges) => {
        const contacts = new Map(ids.map((id) => [id, { contactId: id, formerContactIds: [] as string[] }]));
        const leads = new Map(ids.map((id) => [id, { leadId: id, formerLeadIds: [] as string[] }]));
        const groups = new Map(ids.map((id) => [id, id]));
        for (const { one, into, byHand } of merges) {
          // only who goes on is merged again
          const [own, other] = [groups.get(one) ?? '', groups.get(into) ?? ''];
          if (own === other) continue;
          if (byHand) {
            Object.assign(leads.get(own) ?? {}, { mergedInto: other });
            leads.get(other)?.formerLeadIds.push(own);
          } else {
            Object.assign(contacts.get(own) ?? {}, { mergedInto: other });
            contacts.get(other)?.formerContactIds.push(own);
          }
          for (const id of ids) if (groups.get(id) === own) groups.set(id, other);
        }
        const { find } = open({ contacts: [...contacts.values()], leads: [...leads.values()] });
        const people = await find('shop', ids);
        for (const id of ids) {
          const group = ids.filter((other) => groups.get(other) === groups.get(id));
          expect(people.get(id)?.contactIds.toSorted()).toEqual(group);
        }
      }),
    );
  });
});
