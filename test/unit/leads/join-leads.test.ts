import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '#core/text.ts';
import { likenessOf, phonesOneDigitOff } from '../../../functions/leads/duplicate.ts';
import {
  type ChosenField,
  chosenFields,
  conflictsOf,
  joinLeads,
  tagsOfBoth,
} from '../../../functions/leads/join-leads.ts';
import type { Lead } from '../../../functions/leads/lead.ts';
import { mergeLeadsOfContacts } from '../../../functions/leads/merge-leads-of-contacts.ts';
import { anId } from '../../support/builders.ts';
import { NOON } from '../../support/clock.ts';
import { aContact } from '../../support/whatsapp-events.ts';

const shopId = anId();
const LATER = '2026-11-21T13:00:00.000Z';

const aLead = (change: Partial<Lead> = {}): Lead => ({
  ...{ shopId, leadId: anId(), userIds: [], status: 'new', pipelineId: 'default', stageId: 'new', source: 'manual' },
  ...{ tags: [], version: 1, createdAt: NOON, updatedAt: NOON },
  ...change,
});

const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const word = fc.stringMatching(/^[a-zé]{1,6}$/);
const anyLead: fc.Arbitrary<Lead> = fc
  .record({
    firstName: optional(word),
    lastName: optional(word),
    email: optional(word.map((name) => `${name}@example.com`)),
    phone: optional(fc.stringMatching(/^\+5411\d{8}$/)),
    assignedTo: optional(word),
    metaLeadId: optional(word),
    source: word,
    tags: fc.uniqueArray(word, { maxLength: 10, selector: fold }),
    createdAt: fc.constantFrom(NOON, '2026-11-20T12:00:00.000Z'),
  })
  .map((fields) => aLead(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))));

describe('two leads that become one', () => {
  it('lose nothing: each field of the one that goes on is its own, the chosen one, or filled in from the other', () => {
    const chosen = fc.subarray([...chosenFields]);
    fc.assert(
      fc.property(anyLead, anyLead, chosen, (survivor, loser, take) => {
        const { survivor: joined, loser: pointer } = joinLeads({ survivor, loser }, { take }, LATER);
        for (const field of ['firstName', 'lastName', 'email', 'assignedTo', 'metaLeadId', 'source'] as const) {
          const isTaken = (take as ChosenField[]).includes(field) && loser[field] !== undefined;
          expect(joined[field]).toBe(isTaken ? loser[field] : (survivor[field] ?? loser[field]));
        }
        const tags = [...survivor.tags, ...loser.tags].map(fold);
        expect(new Set(joined.tags.map(fold))).toEqual(new Set(tags));
        const phones = new Set([survivor.phone, loser.phone].filter((phone) => phone !== undefined));
        const known = [survivor.phone, ...(joined.morePhones ?? [])].filter((phone) => phone !== undefined);
        expect(new Set(known)).toEqual(phones);
        expect(joined.createdAt <= survivor.createdAt && joined.createdAt <= loser.createdAt).toBe(true);
        expect(pointer).toMatchObject({ ...loser, mergedInto: survivor.leadId, version: 2, updatedAt: LATER });
        expect(joined.formerLeadIds).toEqual([loser.leadId]);
      }),
    );
  });

  it('ask about the fields in which both have something else, and only those', () => {
    const one = aLead({ firstName: 'Ana', email: 'a@example.com', status: 'new', stageId: 'new' });
    const other = aLead({
      firstName: 'Anita',
      lastName: 'Pérez',
      email: 'a@example.com',
      status: 'contacted',
      stageId: 'contacted',
    });
    expect(conflictsOf(one, other)).toEqual(['firstName', 'stage']);
    expect(joinLeads({ survivor: one, loser: other }, { take: ['stage'] }, LATER).survivor).toMatchObject({
      ...{ firstName: 'Ana', lastName: 'Pérez', status: 'contacted', stageId: 'contacted' },
    });
  });

  it('have the tags of both once, whatever their case', () => {
    const pair = { survivor: aLead({ tags: ['Velas'] }), loser: aLead({ tags: ['velas', 'feria'] }) };
    expect(tagsOfBoth(pair)).toEqual(['Velas', 'feria']);
  });

  it('bring along those that went on in them', () => {
    const survivor = aLead({ formerLeadIds: ['a'] });
    const loser = aLead({ formerLeadIds: ['b'] });
    const { formerLeadIds } = joinLeads({ survivor, loser }, {}, LATER).survivor;
    expect(formerLeadIds).toEqual(['a', loser.leadId, 'b']);
  });
});

describe('leads of two contacts that are one', () => {
  const contact = aContact({ shopId, phone: '+5491161234567' });
  const youngerId = anId();
  const of = (...leads: Lead[]) => mergeLeadsOfContacts({ contact, youngerId, at: LATER }, leads);

  it('must not have become any meanwhile when they are none', () => {
    expect(of()).toEqual({ changes: [], absent: [contact.contactId, youngerId] });
    expect(of(aLead({ leadId: contact.contactId }))).toEqual({ changes: [], absent: [youngerId] });
  });

  it('stand where somebody has moved one of them, and come from where the first came', () => {
    const referral = { at: NOON, sourceId: 'ad' };
    const own = aLead({ leadId: contact.contactId, createdAt: LATER, source: 'manual' });
    const theirs = aLead({ leadId: youngerId, status: 'contacted', stageId: 'contacted', source: 'form', referral });
    const [survivor, pointer] = of(own, theirs).changes;
    expect(survivor?.after).toMatchObject({ status: 'contacted', source: 'form', referral, phone: contact.phone });
    expect(pointer?.after).toMatchObject({ leadId: youngerId, mergedInto: contact.contactId });
    const moved = { ...own, status: 'negotiation', stageId: 'negotiation' } as const;
    expect(of(moved, theirs).changes[0]?.after.status).toBe('negotiation');
  });

  it('change nothing when they went on in one already', () => {
    const own = aLead({ leadId: contact.contactId, formerLeadIds: [youngerId] });
    expect(of(own, aLead({ leadId: youngerId, mergedInto: own.leadId })).changes).toEqual([]);
  });
});

describe('phones one digit off', () => {
  it('are all that differ in one of the last ten digits', () => {
    const phone = '+5491161234567';
    const phones = phonesOneDigitOff(phone);
    expect(phones).toHaveLength(90);
    expect(new Set(phones).size).toBe(90);
    for (const other of phones)
      expect(likenessOf(aLead({ phone }), aLead({ phone: other }), false)).toContain('one-digit-off');
    expect(likenessOf(aLead({ phone }), aLead({ phone: '+541161234567' }), false)).not.toContain('one-digit-off');
  });
});
