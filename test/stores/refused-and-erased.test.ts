import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { changeConsent } from '../../functions/contacts/change-consent.ts';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import { cutNames } from '../../functions/contacts/erase-person.ts';
import { erasureStore } from '../../functions/contacts/erasure.store.ts';
import { identifyContact } from '../../functions/contacts/identify-contact.ts';
import { ANY_BUSINESS } from '../../functions/contacts/identity.ts';
import { leadStore } from '../../functions/leads/lead.store.ts';
import { anId } from '../support/builders.ts';
import { type ImportWorld, openImportWorld } from '../support/import-world.ts';
import { quickPatience } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let opened: TestTable;
let world: ImportWorld;
beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  opened = await server.openTestTable();
  world = openImportWorld(opened);
});
afterEach(() => opened.drop());

const secret = async () => 'a secret for tests only';
const PHONE = '+5491161234567';
const file = `Teléfono,Nombre\n${PHONE},Ana`;

const portsOf = () => ({
  contacts: contactStore(opened.table, secret),
  patience: quickPatience(world.clock, { random: Math.random }),
});

const see = (person: { phone?: string; bsuid?: string }) =>
  identifyContact(
    { shopId: world.shop.shopId, businessId: ANY_BUSINESS, person, at: world.clock().toISOString() },
    portsOf(),
  );

const say = (contactId: string, state: 'granted' | 'revoked', source: string) =>
  changeConsent(
    {
      ...{ shopId: world.shop.shopId, contactId, state, at: world.clock().toISOString(), source },
      ...{ channel: 'whatsapp', by: 'customer' },
    },
    portsOf(),
  );

const erase = async (...ids: string[]) => {
  const { shopId } = world.shop;
  const plan = {
    ids,
    marks: { phones: [], holders: [], tails: [], emails: [], userIds: [] },
    conversationIds: [],
  };
  const contacts = contactStore(opened.table, secret);
  await cutNames(
    { shopId, contactId: ids[0] ?? '', plan, cursor: undefined },
    {
      ...{ contacts, leads: leadStore(opened.table, secret), secret, media: { remove: async () => {} } },
      rows: erasureStore(opened.table, secret),
    },
  );
};

const lookups = async () => (await opened.rows()).filter(({ pk }) => pk.includes('#PHONE#'));

it('is refused again when a file or a form brings the phone back, until they say otherwise themselves', async () => {
  const { contactId } = await see({ phone: PHONE });
  await say(contactId, 'revoked', 'keyword');
  await erase(contactId);
  const left = await lookups();
  expect(left).toHaveLength(1);
  const { pk: _, sk: __, ...kept } = left[0] ?? {};
  expect(kept).toEqual({ refused: true });

  const consent = { text: 'Acepto recibir novedades', at: world.clock().toISOString() };
  await world.run(file, { consent });
  const [lead] = await world.stored();
  const back = await world.contacts.find(world.shop.shopId, lead?.leadId ?? '');
  expect(back?.marketing).toEqual({ state: 'revoked', source: 'before-erasure' });
  await say(lead?.leadId ?? '', 'granted', 'form');
  expect((await see({ phone: PHONE })).marketing).toMatchObject({ state: 'revoked' });
  await say(lead?.leadId ?? '', 'granted', 'keyword');
  expect((await see({ phone: PHONE })).marketing).toMatchObject({ state: 'granted' });
});

it('is refused too where a form makes the contact, or an id gets the phone', async () => {
  const { contactId } = await see({ phone: PHONE });
  await say(contactId, 'revoked', 'keyword');
  await erase(contactId);
  const byId = await see({ bsuid: 'AR.1' });
  expect(byId.marketing).toEqual({ state: 'unknown' });
  expect(await see({ bsuid: 'AR.1', phone: PHONE })).toMatchObject({
    contactId: byId.contactId,
    marketing: { state: 'revoked' },
  });
});

it('leaves nothing of who had not refused, and what counts of who was merged is the survivor’s', async () => {
  const one = await see({ phone: PHONE });
  await erase(one.contactId);
  expect(await lookups()).toEqual([]);
  const survivor = await see({ bsuid: 'AR.1' });
  await say(survivor.contactId, 'revoked', 'preference');
  const { contactId: other } = await see({ phone: PHONE });
  world.clock.advance(1000);
  expect((await see({ bsuid: 'AR.1', phone: PHONE })).contactId).toBe(survivor.contactId);
  await erase(survivor.contactId, other, anId());
  expect(await lookups()).toEqual([expect.objectContaining({ refused: true })]);
});
