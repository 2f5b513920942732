import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditStore } from '../../functions/audit/audit.store.ts';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import { changeIdentity } from '../../functions/contacts/change-identity.ts';
import { Contact } from '../../functions/contacts/contact.ts';
import { identifyContact } from '../../functions/contacts/identify-contact.ts';
import { absorbFormer } from '../../functions/conversations/absorb-former.ts';
import { conversationIdOf } from '../../functions/conversations/conversation.ts';
import { newConversation } from '../../functions/conversations/take-in.ts';
import type { Person } from '../../functions/whatsapp/person.ts';
import { MINUTE, NOON } from '../support/clock.ts';
import { openStoredInbox, type StoredInbox } from '../support/stored-inbox.ts';
import { startTables, type TestTable } from '../support/table.ts';
import { aConnection, aMessageEvent } from '../support/whatsapp-events.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let inbox: StoredInbox;

beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
  inbox = await openStoredInbox(world);
});

const at = (minutes: number) => new Date(new Date(NOON).getTime() + minutes * MINUTE).toISOString();
const see = (person: Person, when = NOON) => {
  const { shopId, businessId } = inbox.connection;
  return identifyContact({ shopId, businessId, person, at: when }, inbox.ports());
};
const contacts = async () =>
  (await world.rows()).filter(({ pk }) => pk.includes('#CONTACT#')).map((row) => Contact().parse(row));
const many = <Result>(count: number, run: (number: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, number) => run(number)));

const ANA = '+5491161234567';
const BSUID = 'AR.1000200030004000';

describe('a race to make a contact', () => {
  it.each([
    ['by phone', { phone: ANA }],
    ['by id', { bsuid: BSUID }],
    ['by both', { phone: ANA, bsuid: BSUID }],
  ])('has one winner, and all find it: %s', async (_, person) => {
    const found = await many(12, () => see(person));
    expect(new Set(found.map(({ contactId }) => contactId)).size).toBe(1);
    expect(await contacts()).toHaveLength(1);
  });

  it('ends with one contact whichever names each event shows, in any order', async () => {
    const persons: Person[] = [
      { phone: ANA },
      { bsuid: BSUID },
      { phone: '+541161234567' },
      { phone: ANA, bsuid: BSUID },
    ];
    for (let round = 0; round < 5; round += 1) {
      world = await server.openTestTable();
      inbox = await openStoredInbox(world);
      await many(16, (number) => see(persons[(number * 7 + round) % 4] ?? {}, at(number)));
      const last = await see({ phone: ANA, bsuid: BSUID }, at(60));
      const all = await contacts();
      expect(all.filter(({ mergedInto }) => mergedInto === undefined)).toEqual([last]);
      for (const person of persons) expect((await see(person)).contactId).toBe(last.contactId);
    }
  });

  it('keeps its promise when calls fail and time out', async () => {
    world.faults.plan(({ number }) => (number % 3 === 1 ? 'timeout-after' : undefined));
    const found = await many(6, () => see({ phone: ANA, bsuid: BSUID }));
    world.faults.stop();
    expect(new Set(found.map(({ contactId }) => contactId)).size).toBe(1);
    expect(await contacts()).toHaveLength(1);
  });
});

describe('a merge', () => {
  it('meets new conversations and messages of both sides, and leaves none behind', async () => {
    const senders = [{ waId: ANA.slice(1) }, { userId: BSUID }, { waId: ANA.slice(1), userId: BSUID }];
    for (let round = 0; round < 4; round += 1) {
      world = await server.openTestTable();
      inbox = await openStoredInbox(world);
      const events = senders.map((from, number) => aMessageEvent(inbox.connection, { from, at: at(number) }));
      await Promise.all(events.map((event) => inbox.receive(event)));
      const [, , both] = senders;
      await inbox.receive(aMessageEvent(inbox.connection, { from: both ?? {}, at: at(9) }));
      const page = await inbox.conversations.list({ shopId: inbox.shop.shopId }, { limit: 10 });
      expect(page.items).toHaveLength(1);
      const [conversation] = page.items;
      expect(conversation?.unread).toBe(4);
      const homes = [conversation?.conversationId ?? '', ...(conversation?.formerIds ?? [])];
      const messages = await inbox.messages.page(inbox.shop.shopId, homes, { limit: 10 });
      expect(messages.items.map((message) => message.at)).toEqual([at(9), at(2), at(1), at(0)]);
    }
  });
});

describe('a merge in a shop of many numbers', () => {
  it('is possible at once, and brings all conversations together in the end', async () => {
    const { shopId } = inbox.shop;
    const lines = Array.from({ length: 110 }, () => aConnection({ shopId }));
    for (const line of lines) await connectionStore(world.table).claim(line, undefined);
    const [byPhone, byId] = [await see({ phone: ANA }, at(0)), await see({ bsuid: BSUID }, at(1))];
    await Promise.all(
      lines.flatMap(({ phoneNumberId }) =>
        [byPhone, byId].map(({ contactId }) =>
          inbox.conversations.save({
            ...newConversation({ shopId, phoneNumberId, contactId }, at(2), new Date(NOON)),
            ...(contactId === byId.contactId && { assignedTo: 'ana' }),
            unread: 1,
            version: 1,
          }),
        ),
      ),
    );
    const merged = await see({ phone: ANA, bsuid: BSUID }, at(3));
    expect(merged.contactId).toBe(byPhone.contactId);
    for (const { phoneNumberId } of lines) await absorbFormer(merged, phoneNumberId, inbox);
    const all = await inbox.conversations.findAll(
      shopId,
      lines.flatMap(({ phoneNumberId }) => [
        conversationIdOf(phoneNumberId, byPhone.contactId),
        conversationIdOf(phoneNumberId, byId.contactId),
      ]),
    );
    expect(all.filter(({ mergedInto }) => mergedInto)).toHaveLength(110);
    const goingOn = all.filter(({ mergedInto }) => !mergedInto);
    expect(goingOn.map(({ unread }) => unread)).toEqual(lines.map(() => 2));
    // each had its seller from the other one, and says so
    expect(goingOn.map(({ assignedTo }) => assignedTo)).toEqual(lines.map(() => 'ana'));
    const { items: trail } = await auditStore(world.table, () => new Date(NOON)).list({ shopId }, { limit: 200 });
    expect(trail.map(({ subject }) => subject.id).sort()).toEqual(
      goingOn.map(({ conversationId }) => conversationId).sort(),
    );
  });
});

describe('a phone', () => {
  it('stands in no key', async () => {
    await see({ phone: ANA, waId: ANA.slice(1) });
    for (const { pk, sk } of await world.rows()) expect(`${pk} ${sk}`).not.toContain('61234567');
  });

  it('that moved on leads to its new owner', async () => {
    const ana = await see({ phone: ANA, bsuid: BSUID });
    const { shopId, businessId } = inbox.connection;
    const change = { before: { phone: ANA, bsuid: BSUID }, after: { phone: '+5491167777777', bsuid: 'AR.NEW' } };
    const tell = () => changeIdentity({ shopId, businessId, at: at(1), ...change }, inbox.ports());
    const told = await many(5, tell);
    expect(new Set(told.map(({ contactId }) => contactId))).toEqual(new Set([ana.contactId]));
    expect((await see({ phone: ANA, bsuid: BSUID }, at(0))).contactId).toBe(ana.contactId);
    const stranger = await see({ phone: ANA }, at(2));
    expect(stranger.contactId).not.toBe(ana.contactId);
    expect((await see({ phone: ANA }, at(3))).contactId).toBe(stranger.contactId);
    expect((await see({ phone: ANA }, at(1))).contactId).toBe(ana.contactId);
    expect((await tell()).contactId).toBe(ana.contactId);
    expect((await see({ bsuid: 'AR.NEW' }, at(2))).contactId).toBe(ana.contactId);
  });
});
