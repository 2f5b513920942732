import { describe, expect, it } from 'vitest';
import { changeIdentity } from '../../../functions/contacts/change-identity.ts';
import type { Contact } from '../../../functions/contacts/contact.ts';
import { identifyContact, mergeSaved } from '../../../functions/contacts/identify-contact.ts';
import { newConversation, takeIn } from '../../../functions/conversations/take-in.ts';
import type { Person } from '../../../functions/whatsapp/person.ts';
import { aShop } from '../../support/builders.ts';
import { HOUR, NOON } from '../../support/clock.ts';
import { memoryInbox } from '../../support/memory-inbox.ts';
import { failureOf } from '../../support/ports.ts';
import { aConnection, aMetaId } from '../../support/whatsapp-events.ts';

const shop = aShop();
const { shopId } = shop;
const connections = [aConnection({ shopId }), aConnection({ shopId })];
const businessId = connections[0]?.businessId ?? '';
const later = (hours: number) => new Date(new Date(NOON).getTime() + hours * HOUR).toISOString();

const open = () => {
  const inbox = memoryInbox([...connections], shop);
  const see = (person: Person, at = NOON, business = businessId): Promise<Contact> =>
    identifyContact({ shopId, businessId: business, person, at }, inbox.ports);
  return { inbox, see };
};

const ANA = '+5491161234567';
const BSUID = 'AR.1000200030004000';

describe('a person that nobody knows', () => {
  it('becomes a contact, with phone, id, or both', async () => {
    const { inbox, see } = open();
    const byPhone = await see({ phone: ANA, waId: '5491161234567', profileName: 'Ana' });
    expect(byPhone).toMatchObject({ phone: ANA, profileName: 'Ana', userIds: [], marketing: { state: 'unknown' } });
    const byId = await see({ bsuid: BSUID, username: 'ana.q' });
    expect(byId).toMatchObject({ userIds: [{ businessId, userId: BSUID }], username: 'ana.q' });
    expect(byId.phone).toBeUndefined();
    expect(inbox.contacts()).toHaveLength(2);
  });

  it('needs a name to be found by: a username is none', async () => {
    const { see } = open();
    expect(await failureOf(see({ username: 'ana.q', profileName: 'Ana' }))).toMatchObject({ code: 'request.invalid' });
  });
});

describe('a person that is known', () => {
  it.each([
    ['+5491161234567', '+541161234567'],
    ['+5215512345678', '+525512345678'],
    ['+5511987654321', '+551187654321'],
  ])('is found by any variant of the phone: %s and %s', async (first, second) => {
    const { inbox, see } = open();
    const one = await see({ phone: first });
    const two = await see({ phone: second });
    expect(two.contactId).toBe(one.contactId);
    expect(two.phone).toBe(first);
    expect(inbox.contacts()).toHaveLength(1);
  });

  it('costs no write when nothing is new', async () => {
    const { inbox, see } = open();
    const person = { phone: ANA, bsuid: BSUID, waId: '5491161234567', profileName: 'Ana', username: 'ana.q' };
    await see(person);
    inbox.written();
    await see(person, later(1));
    await see({ phone: ANA }, later(2));
    expect(inbox.written()).toEqual([]);
  });

  it('gets a new profile name and username, but not from an event that came late', async () => {
    const { see } = open();
    await see({ phone: ANA, profileName: 'Ana' }, later(1));
    expect(await see({ phone: ANA, profileName: 'Anita', username: 'anita' }, later(2))).toMatchObject({
      profileName: 'Anita',
      username: 'anita',
    });
    expect(await see({ phone: ANA, profileName: 'Ana' }, NOON)).toMatchObject({ profileName: 'Anita' });
  });

  it('is never found by username', async () => {
    const { inbox, see } = open();
    await see({ phone: ANA, username: 'ana.q' });
    await see({ phone: '+5491169999999', username: 'ana.q' });
    expect(inbox.contacts()).toHaveLength(2);
  });

  it('is linked when phone and id are seen together, and then found by either', async () => {
    const { inbox, see } = open();
    const { contactId } = await see({ phone: ANA });
    const linked = await see({ phone: ANA, bsuid: BSUID });
    expect(linked).toMatchObject({ contactId, phone: ANA, userIds: [{ businessId, userId: BSUID }] });
    expect((await see({ bsuid: BSUID })).contactId).toBe(contactId);
    const other = await see({ bsuid: 'AR.2' });
    expect((await see({ bsuid: 'AR.2', phone: '+5491162222222' })).contactId).toBe(other.contactId);
    expect((await see({ phone: '+541162222222' })).contactId).toBe(other.contactId);
    expect(inbox.contacts()).toHaveLength(2);
  });

  it('has an id of its own in each business portfolio', async () => {
    const { see } = open();
    const one = await see({ bsuid: BSUID, phone: ANA });
    const two = await see({ bsuid: 'AR.9', phone: ANA }, NOON, '700000000000002');
    expect(two.contactId).toBe(one.contactId);
    expect(two.userIds).toHaveLength(2);
    expect((await see({ bsuid: BSUID }, NOON, '700000000000002')).contactId).not.toBe(one.contactId);
  });
});

describe('two contacts that turn out to be one', () => {
  it('merge into the older one, which both names find', async () => {
    const { inbox, see } = open();
    const older = await see({ bsuid: BSUID, username: 'ana.q' }, NOON);
    const younger = await see({ phone: ANA, profileName: 'Ana' }, later(1));
    const merged = await see({ phone: ANA, bsuid: BSUID }, later(2));
    expect(merged).toMatchObject({ contactId: older.contactId, phone: ANA, username: 'ana.q', profileName: 'Ana' });
    expect(merged.review).toBeUndefined();
    expect(inbox.contacts().find(({ contactId }) => contactId === younger.contactId)).toMatchObject({
      mergedInto: older.contactId,
    });
    for (const person of [{ phone: ANA }, { bsuid: BSUID }]) {
      expect((await see(person)).contactId).toBe(older.contactId);
    }
  });

  it('bring their conversations together on every number', async () => {
    const { inbox, see } = open();
    const [first, second] = connections;
    const older = await see({ bsuid: BSUID }, NOON);
    const younger = await see({ phone: ANA }, later(1));
    const take = async (contactId: string, phoneNumberId = '', at = NOON) => {
      const arrival = { messageId: aMetaId(), metaId: aMetaId(), at, direction: 'inbound', type: 'text' } as const;
      const start = newConversation({ shopId, phoneNumberId, contactId }, at, new Date(at));
      const taken = takeIn(start, { ...arrival, preview: 'hola', as: 'message', opensWindow: true }, new Date(at));
      await inbox.ports.conversations.save(taken);
      return taken;
    };
    const both = [
      await take(older.contactId, first?.phoneNumberId),
      await take(younger.contactId, first?.phoneNumberId, later(2)),
    ];
    const only = await take(younger.contactId, second?.phoneNumberId, later(3));
    await see({ phone: ANA, bsuid: BSUID }, later(4));
    const current = inbox.conversations().filter(({ mergedInto }) => !mergedInto);
    expect(current).toHaveLength(2);
    expect(current.every(({ contactId }) => contactId === older.contactId)).toBe(true);
    expect(current.find(({ phoneNumberId }) => phoneNumberId === first?.phoneNumberId)).toMatchObject({
      formerIds: [both[1]?.conversationId],
      unread: 2,
      state: 'open',
      lastMessageAt: later(2),
      windowEndsAt: both[1]?.windowEndsAt,
    });
    expect(current.find(({ phoneNumberId }) => phoneNumberId === second?.phoneNumberId)).toMatchObject({
      formerIds: [only.conversationId],
      unread: 1,
      lastMessageAt: later(3),
    });
  });

  it('leave a look-up alone that never led to the one who is merged', async () => {
    const { inbox, see } = open();
    const ana = await see({ phone: ANA, bsuid: BSUID });
    // contradicts: this one keeps the phone for people to see, while its look-up leads to the other
    const recycled = await see({ phone: ANA, bsuid: 'AR.2' }, later(1));
    const other = await see({ phone: '+5491160000001' }, NOON);
    expect(recycled.phone).toBe(ANA);
    const pair = [other, await see({ bsuid: 'AR.2' }, later(3))] as const;
    const merged = await mergeSaved(pair, later(4), inbox.ports);
    expect(merged?.contactId).toBe(other.contactId);
    expect((await see({ bsuid: 'AR.2' }, later(5))).contactId).toBe(other.contactId);
    expect((await see({ phone: ANA }, later(5))).contactId).toBe(ana.contactId);
  });

  it('go on as one who is found by every name that led to any of them', async () => {
    const { inbox, see } = open();
    const first = await see({ bsuid: BSUID }, NOON);
    const second = await see({ phone: ANA, bsuid: 'AR.2' }, later(1));
    // an id that Meta replaced without telling the old one
    const renewed = { ...second, userIds: [{ businessId, userId: 'AR.3' }], version: second.version + 1 };
    await inbox.ports.contacts.save(renewed);
    await mergeSaved([first, renewed], later(2), inbox.ports);
    expect((await see({ bsuid: 'AR.2' }, later(3))).contactId).toBe(first.contactId);
    expect((await see({ phone: ANA }, later(3))).contactId).toBe(first.contactId);
  });

  it('keep a no to marketing that was said last', async () => {
    const { inbox, see } = open();
    const older = await see({ bsuid: BSUID }, NOON);
    const younger = await see({ phone: ANA }, later(1));
    const say = (contact: Contact, state: 'granted' | 'revoked', at: string) =>
      inbox.ports.contacts.save({ ...contact, marketing: { state, at, source: 'x' }, version: contact.version + 1 });
    await say(older, 'granted', later(1));
    await say(younger, 'revoked', later(2));
    expect((await see({ phone: ANA, bsuid: BSUID }, later(3))).marketing).toMatchObject({ state: 'revoked' });
  });
});

describe('facts that contradict each other', () => {
  it('merge nothing: the phone of one with the id of another is for a person to judge', async () => {
    const { inbox, see } = open();
    const ana = await see({ phone: ANA, bsuid: BSUID });
    const recycled = await see({ phone: ANA, bsuid: 'AR.2' }, later(1));
    expect(recycled.contactId).not.toBe(ana.contactId);
    expect(recycled).toMatchObject({ review: 'identity', userIds: [{ businessId, userId: 'AR.2' }] });
    expect(inbox.contacts().find(({ contactId }) => contactId === ana.contactId)?.review).toBe('identity');
    inbox.written();
    expect((await see({ phone: ANA, bsuid: 'AR.2' }, later(2))).contactId).toBe(recycled.contactId);
    expect((await see({ phone: ANA, bsuid: BSUID }, later(2))).contactId).toBe(ana.contactId);
    expect(inbox.written()).toEqual([]);
  });

  it('leave a known phone as it is when its id comes with another', async () => {
    const { see } = open();
    const ana = await see({ phone: ANA, bsuid: BSUID });
    const seen = await see({ phone: '+5491160000000', bsuid: BSUID }, later(1));
    expect(seen).toMatchObject({ contactId: ana.contactId, phone: ANA, review: 'identity' });
  });
});

describe('a person whom Meta gives another name', () => {
  const NEW = '+5491167777777';
  const change = {
    before: { phone: ANA, bsuid: BSUID },
    after: { phone: NEW, waId: '5491167777777', bsuid: 'AR.NEW' },
  };

  it('goes on under it; the old number may be somebody else from then on', async () => {
    const { inbox, see } = open();
    const ana = await see({ phone: ANA, bsuid: BSUID });
    const tell = () => changeIdentity({ shopId, businessId, at: later(1), ...change }, inbox.ports);
    expect(await tell()).toMatchObject({ contactId: ana.contactId, phone: NEW, userIds: [{ userId: 'AR.NEW' }] });
    expect((await see({ phone: NEW })).contactId).toBe(ana.contactId);
    expect((await see({ bsuid: 'AR.NEW' })).contactId).toBe(ana.contactId);
    inbox.written();
    expect((await tell()).contactId).toBe(ana.contactId);
    expect(inbox.written()).toEqual([]);
    const stranger = await see({ phone: ANA, bsuid: 'AR.OTHER' }, later(2));
    expect(stranger.contactId).not.toBe(ana.contactId);
    expect(stranger.review).toBeUndefined();
    expect((await tell()).contactId).toBe(ana.contactId);
    expect((await see({ phone: ANA }, later(3))).contactId).toBe(stranger.contactId);
    expect((await see({ phone: ANA, bsuid: BSUID }, NOON)).contactId).toBe(ana.contactId);
  });

  it('is told so in two ways at one moment', async () => {
    const { inbox, see } = open();
    const ana = await see({ phone: ANA, bsuid: BSUID });
    const tell = (before: Person, after: Person) =>
      changeIdentity({ shopId, businessId, at: later(1), before, after }, inbox.ports);
    await tell({ phone: ANA }, { phone: NEW });
    const told = await tell({ phone: ANA, bsuid: BSUID }, { phone: ANA, bsuid: 'AR.NEW' });
    expect(told).toMatchObject({ contactId: ana.contactId, phone: NEW, userIds: [{ userId: 'AR.NEW' }] });
    expect(inbox.contacts()).toHaveLength(1);
  });

  it('keeps the phone that Meta tells beside a new id, and forgets one that it tells no more', async () => {
    const { inbox, see } = open();
    const ana = await see({ phone: ANA, bsuid: BSUID });
    const tell = (before: Person, after: Person, at: string) =>
      changeIdentity({ shopId, businessId, at, before, after }, inbox.ports);
    const kept = await tell({ phone: ANA, bsuid: BSUID }, { phone: ANA, bsuid: 'AR.2' }, later(1));
    expect(kept).toMatchObject({ contactId: ana.contactId, phone: ANA, userIds: [{ userId: 'AR.2' }] });
    expect((await see({ phone: ANA }, later(2))).contactId).toBe(ana.contactId);
    const forgot = await tell({ bsuid: 'AR.2' }, { bsuid: 'AR.3' }, later(3));
    expect(forgot.phone).toBeUndefined();
    expect((await see({ bsuid: 'AR.3' }, later(4))).contactId).toBe(ana.contactId);
    expect((await see({ phone: ANA }, later(4))).contactId).not.toBe(ana.contactId);
  });

  it('is one with whoever has written under the new name already', async () => {
    const { inbox, see } = open();
    const ana = await see({ phone: ANA, bsuid: BSUID });
    const newcomer = await see({ phone: NEW, bsuid: 'AR.NEW' }, later(1));
    const changed = await changeIdentity({ shopId, businessId, at: later(2), ...change }, inbox.ports);
    expect(changed).toMatchObject({ contactId: ana.contactId, phone: NEW, userIds: [{ userId: 'AR.NEW' }] });
    expect(inbox.contacts().find(({ contactId }) => contactId === newcomer.contactId)?.mergedInto).toBe(ana.contactId);
    expect((await see({ phone: ANA }, later(3))).contactId).not.toBe(ana.contactId);
  });

  it('is not one with a newcomer whose other facts say otherwise', async () => {
    const { inbox, see } = open();
    await see({ phone: ANA, bsuid: BSUID });
    await see({ phone: NEW, bsuid: 'AR.OTHER' }, later(1));
    await changeIdentity({ shopId, businessId, at: later(2), ...change }, inbox.ports);
    expect(inbox.contacts().map(({ review, mergedInto }) => [review, mergedInto])).toEqual([
      ['identity', undefined],
      ['identity', undefined],
    ]);
  });

  it('becomes a contact when nobody knew the old one', async () => {
    const { inbox } = open();
    const made = await changeIdentity({ shopId, businessId, at: NOON, ...change }, inbox.ports);
    expect(made).toMatchObject({ phone: NEW });
  });
});
