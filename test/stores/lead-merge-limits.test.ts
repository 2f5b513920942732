import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import { changeConsent } from '../../functions/contacts/change-consent.ts';
import { newConversation } from '../../functions/conversations/take-in.ts';
import { deleteLead } from '../../functions/leads/delete-lead.ts';
import type { Lead } from '../../functions/leads/lead.ts';
import { leadViews } from '../../functions/leads/lead-view.ts';
import { mergeLeads } from '../../functions/leads/merge-leads.ts';
import { moveStage } from '../../functions/leads/move-stage.ts';
import { anId } from '../support/builders.ts';
import { MINUTE, NOON } from '../support/clock.ts';
import { openLeadLife, type StoredLeadLife } from '../support/stored-lead-life.ts';
import { startTables, type TestTable } from '../support/table.ts';
import { aConnection } from '../support/whatsapp-events.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let shop: StoredLeadLife;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  shop = await openLeadLife(world);
});

const by = 'user:admin' as const;
const PHONE = '+5491161234567';
const BSUID = 'AR.1000200030004000';
const which = ({ leadId }: Pick<Lead, 'leadId'>) => ({ shopId: shop.shopId, leadId, viewer: shop.viewer() });
const alive = async () => (await shop.stored()).filter(({ mergedInto }) => mergedInto === undefined);
const merge = async (lead: Lead, other: Lead): Promise<Lead> =>
  mergeLeads(
    {
      ...{ ...which(lead), by },
      input: { otherId: other.leadId, reviewed: { version: lead.version, otherVersion: other.version } },
    },
    shop.ports(),
  );
const mergeNew = async (lead: Lead, count: number): Promise<Lead> => {
  let merged = lead;
  for (let number = 0; number < count; number += 1) merged = await merge(merged, await shop.add());
  return merged;
};
const texts = (letter: string, count: number) => Array.from({ length: count }, (_, number) => `${letter}${number}`);

describe('a lead that the older contact’s lead was merged into by hand', () => {
  const merged = async () => {
    const { lead: older } = await shop.capture({ phone: PHONE }, { tags: ['phone'] });
    shop.clock.advance(MINUTE);
    const { lead: younger } = await shop.capture({ bsuid: BSUID }, { tags: ['id'] });
    await merge(younger, older);
    return { older, younger };
  };

  it('is the survivor’s own when the contacts turn out to be one, with the consent that they give from then on', async () => {
    const { older, younger } = await merged();
    const contact = await shop.see({ phone: PHONE, bsuid: BSUID });
    expect(contact.contactId).toBe(older.leadId);
    const [lead, ...others] = await alive();
    expect(others).toEqual([]);
    expect(lead).toMatchObject({ leadId: older.leadId, phone: PHONE, tags: ['id', 'phone'] });
    expect(lead).toMatchObject({ userIds: [{ userId: BSUID }], formerLeadIds: [younger.leadId] });
    expect(lead?.morePhones).toBeUndefined();
    const renamed = await shop.capture({ phone: PHONE, profileName: 'Ana' });
    expect(renamed).toMatchObject({ isNew: false, lead: { leadId: older.leadId, knownAs: 'Ana' } });
  });

  it('shows the consent of who goes on, also where it still has the id of who does not', async () => {
    const { younger } = await merged();
    const before = (await alive()).filter(({ leadId }) => leadId === younger.leadId);
    const { contactId } = await shop.see({ phone: PHONE, bsuid: BSUID });
    const at = new Date(new Date(NOON).getTime() + 10 * MINUTE).toISOString();
    const consent = { at, state: 'revoked', source: 'keyword', channel: 'whatsapp', by: 'customer' } as const;
    await changeConsent({ shopId: shop.shopId, contactId, ...consent }, shop.ports());
    expect(await leadViews(shop.shopId, before, shop.ports())).toMatchObject([{ marketing: { state: 'revoked' } }]);
  });
});

describe('two contacts with the most that both may have', () => {
  const NUMBERS = ['990000000001', '990000000002', '990000000003', '990000000004'];

  /** Known to many portfolios, full of words, tags and phones of others; the older one's lead is as full. */
  const both = async (portfolios: number) => {
    for (const phoneNumberId of NUMBERS)
      await connectionStore(world.table).claim(aConnection({ shopId: shop.shopId, phoneNumberId }), undefined);
    const old = { tags: texts('a', 20), firstName: texts('x', 8).join(' '), email: 'x@example.com' };
    const { lead: older } = await shop.capture({ bsuid: BSUID }, { ...old, source: 'manual' });
    shop.clock.advance(MINUTE);
    const young = { tags: texts('b', 20), firstName: texts('y', 8).join(' '), email: 'y@example.com' };
    const { lead } = await shop.capture({ phone: PHONE }, { ...young, assignedTo: 'bea', source: 'form' });
    for (let number = 2; number <= portfolios; number += 1)
      await shop.see({ phone: PHONE, bsuid: `AR.${number}` }, `${number}`);
    const younger = await mergeNew(lead, 4);
    await moveStage({ ...which(younger), by, input: { stageId: 'contacted' } }, shop.ports());
    for (const contactId of [older.leadId, younger.leadId])
      for (const phoneNumberId of NUMBERS) {
        const chat = { shopId: shop.shopId, phoneNumberId, contactId };
        const made = newConversation(
          { ...chat, sellerId: contactId === older.leadId ? undefined : 'bea' },
          NOON,
          new Date(NOON),
        );
        await shop.conversations.save({ ...made, heard: 'chat', version: 1 });
      }
    return { older, younger };
  };

  it.each([4, 30])('become one in transactions that fit: known to %i portfolios', async (portfolios) => {
    const { older, younger } = await both(portfolios);
    const contact = await shop.see({ phone: PHONE, bsuid: BSUID });
    expect(contact).toMatchObject({ contactId: older.leadId, formerContactIds: [younger.leadId] });
    expect(contact.userIds).toHaveLength(portfolios);
    const [lead, ...others] = await alive();
    expect(others).toEqual([]);
    expect(lead).toMatchObject({ leadId: older.leadId, stageId: 'contacted', assignedTo: 'bea' });
  });

  it('take as many chats along as fit, the latest first', async () => {
    const { older, younger } = await both(1);
    await shop.see({ phone: PHONE, bsuid: BSUID });
    const chats = await shop.contacts.conversationsOf(shop.shopId, [older.leadId, younger.leadId]);
    expect(chats.filter(({ mergedInto }) => mergedInto !== undefined).length).toBeGreaterThan(0);
  });
});

describe('a lead in which very many went on', () => {
  it('is deleted with all of them, in steps of which each leaves it whole', async () => {
    const lead = await shop.add({ tags: texts('t', 20), firstName: texts('x', 8).join(' ') });
    const chat = await shop.openChat(lead.leadId);
    const formers = Array.from({ length: 130 }, (): Lead => {
      const { leadId: mergedInto, phone: _, ...rest } = lead;
      return { ...rest, leadId: anId(), tags: [], version: 1, mergedInto };
    });
    for (const some of [formers.slice(0, 65), formers.slice(65)])
      await shop.ports().leads.saveAll(some.map((after) => ({ after, entries: [] })));
    const formerLeadIds = formers.map(({ leadId }) => leadId);
    await shop.leads.save(lead, { ...lead, formerLeadIds, version: lead.version + 1 });
    world.faults.conflictInFlight();
    await deleteLead({ ...which(formers[7] ?? lead), by }, shop.ports());
    world.faults.stop();
    expect(await shop.stored()).toEqual([]);
    expect((await shop.conversations.find(shop.shopId, chat))?.heard).toBeUndefined();
  });
});
