import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { captureLead, refreshLead } from '../../functions/leads/capture-lead.ts';
import type { Person } from '../../functions/whatsapp/person.ts';
import { MINUTE } from '../support/clock.ts';
import { firstAttempts, randomFaults } from '../support/faults.ts';
import { expectLeadRows } from '../support/lead-invariants.ts';
import { seededRandom } from '../support/random.ts';
import { openStoredLeads, type StoredLeads } from '../support/stored-leads.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let shop: StoredLeads;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  shop = openStoredLeads(world);
});

const ANA = '+5491161234567';
const BSUID = 'AR.1000200030004000';

describe('what a lead copies of its contact', () => {
  it('never goes back to what it was, whoever comes late with a contact that they read before', async () => {
    await shop.capture({ phone: ANA, profileName: 'Before' });
    const old = await shop.see({ phone: ANA, profileName: 'Before' });
    shop.clock.advance(MINUTE);
    const fresh = await shop.see({ phone: ANA, profileName: 'After' });
    await refreshLead({ contact: fresh, by: 'capture' }, shop.ports());
    const facts = { source: 'form', tags: ['late'] };
    const at = shop.clock().toISOString();
    await captureLead({ shop: shop.shop, contact: old, facts, at, by: 'customer' }, shop.ports());
    expect(await shop.stored()).toMatchObject([{ knownAs: 'After', tags: ['late'] }]);
  });

  it('are not undone by a refresh that read the contact before the lead', async () => {
    const { lead } = await shop.capture({ phone: ANA, profileName: 'Before' });
    const ports = shop.ports();
    let isFirst = true;
    const find: typeof ports.leads.find = async (...of) => {
      if (isFirst) {
        isFirst = false;
        shop.clock.advance(MINUTE);
        const fresh = await shop.see({ phone: ANA, profileName: 'After' });
        await refreshLead({ contact: fresh, by: 'capture' }, shop.ports());
      }
      return ports.leads.find(...of);
    };
    const contact = { shopId: lead.shopId, contactId: lead.leadId };
    await refreshLead({ contact, by: 'capture' }, { ...ports, leads: { ...ports.leads, find } });
    expect(await shop.stored()).toMatchObject([{ knownAs: 'After' }]);
  });
});

describe('one person', () => {
  it.each([
    ['Argentina', ['+5491161234567', '+541161234567']],
    ['Mexico', ['+5215512345678', '+525512345678']],
    ['Brazil', ['+5511987654321', '+551187654321']],
  ])('is one lead under every spelling of a phone of %s, many at once', async (_, phones) => {
    world.faults.conflictInFlight();
    const captured = await Promise.all(
      Array.from({ length: 12 }, (__, number) =>
        shop.capture({ phone: phones[number % phones.length] ?? '' }, { tags: [`t${number}`] }),
      ),
    );
    expect(new Set(captured.map(({ lead }) => lead.leadId)).size).toBe(1);
    expect(captured.filter(({ isNew }) => isNew)).toHaveLength(1);
    const [lead, ...others] = await shop.stored();
    expect(others).toEqual([]);
    expect(lead?.tags.toSorted()).toEqual(Array.from({ length: 12 }, (__, number) => `t${number}`).toSorted());
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'is one lead whatever fails and in whichever order, by phone and by id: %i',
    async (seed) => {
      const random = seededRandom(seed);
      world.faults.shuffle(random);
      world.faults.plan(
        randomFaults(seed, { conflict: 0.1, throttle: 0.05, 'timeout-before': 0.05, 'timeout-after': 0.1 }),
      );
      const persons: Person[] = [
        { phone: ANA, bsuid: BSUID },
        { phone: '+541161234567' },
        { bsuid: BSUID },
        { phone: ANA },
        { phone: '+541161234567', bsuid: BSUID },
      ];
      await shop.see({ phone: ANA, bsuid: BSUID });
      const captured = await Promise.all(
        Array.from({ length: 15 }, (_, number) => shop.capture(persons[number % persons.length] ?? {})),
      );
      world.faults.stop();
      expect(new Set(captured.map(({ lead }) => lead.leadId)).size).toBe(1);
      expect(await shop.stored()).toHaveLength(1);
    },
  );

  it('is one lead when the answer to its making was lost', async () => {
    const contact = await shop.see({ phone: ANA });
    world.faults.plan(firstAttempts('TransactWriteItems', 'timeout-after'));
    expect((await shop.capture({ phone: ANA })).lead.leadId).toBe(contact.contactId);
    expect(await shop.stored()).toHaveLength(1);
  });
});

describe('a lead that is there', () => {
  it('gains what it lacked, and keeps what it had', async () => {
    await shop.capture({ phone: ANA }, { source: 'whatsapp', firstName: 'Ana', tags: ['Velas'] });
    const referral = { at: '2026-11-21T12:00:00.000Z', sourceId: '1' };
    const second = { source: 'lead_ads', firstName: 'Anita', lastName: 'Gómez', email: 'ana@example.com' };
    await shop.capture({ phone: ANA }, { ...second, referral, tags: ['velás', 'Regalos'] });
    const { lead, isNew } = await shop.capture(
      { phone: ANA },
      { source: 'form', referral: { ...referral, sourceId: '2' } },
    );
    expect(isNew).toBe(false);
    expect(lead).toMatchObject({ source: 'whatsapp', firstName: 'Ana', email: 'ana@example.com', referral });
    expect(lead.lastName).toBeUndefined();
    expect(lead.tags).toEqual(['Velas', 'Regalos']);
  });

  it('is not written when nothing is new', async () => {
    const facts = { source: 'whatsapp', firstName: 'Ana', tags: ['velas'] };
    const { lead } = await shop.capture({ phone: ANA }, facts);
    const { write } = await world.unitsOf(async () => {
      expect((await shop.capture({ phone: ANA }, facts)).lead).toEqual(lead);
    });
    expect(write).toBe(0);
  });
});

describe('somebody who turned out to be somebody else', () => {
  it('becomes no lead of their own, however late one hears of it', async () => {
    const younger = await shop.see({ phone: ANA });
    shop.clock.advance(1000);
    const other = await shop.see({ bsuid: BSUID });
    const survivor = await shop.see({ phone: ANA, bsuid: BSUID });
    expect(survivor.contactId).toBe(younger.contactId);
    const facts = { source: 'manual' };
    const at = shop.clock().toISOString();
    const captured = await captureLead({ shop: shop.shop, contact: other, facts, at, by: 'customer' }, shop.ports());
    expect(captured.lead).toMatchObject({ leadId: survivor.contactId, phone: ANA });
    expect(await shop.stored()).toHaveLength(1);
    expectLeadRows(await world.rows());
  });
});

describe('what a lead copies of its contact', () => {
  it('follows the contact, and is no news of the lead', async () => {
    const { lead } = await shop.capture({ bsuid: BSUID, profileName: 'Ani' });
    expect(lead).toMatchObject({ knownAs: 'Ani' });
    const contact = await shop.see({ phone: ANA, bsuid: BSUID, profileName: 'Ana G.' });
    const refreshed = await refreshLead({ contact, by: 'operator' }, shop.ports());
    expect(refreshed).toMatchObject({ leadId: lead.leadId, phone: ANA, knownAs: 'Ana G.', version: 2 });
    const { write } = await world.unitsOf(() => refreshLead({ contact, by: 'operator' }, shop.ports()));
    expect(write).toBe(0);
    const rows = await world.rows();
    expectLeadRows(rows);
    expect(rows.filter(({ pk }) => pk.includes('#AUDIT#'))).toEqual([]);
  });

  it('is nothing when the contact is no lead', async () => {
    const contact = await shop.see({ phone: ANA });
    expect(await refreshLead({ contact, by: 'operator' }, shop.ports())).toBeUndefined();
    expect(await shop.stored()).toEqual([]);
  });
});
