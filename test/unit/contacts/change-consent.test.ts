import { describe, expect, it } from 'vitest';
import { answerConsent, hearConsent } from '../../../functions/contacts/answer-consent.ts';
import { changeConsent } from '../../../functions/contacts/change-consent.ts';
import type { ConsentEntry } from '../../../functions/contacts/consent-entry.ts';
import type { Consent, Contact } from '../../../functions/contacts/contact.ts';
import { newContact } from '../../../functions/contacts/identity.ts';
import { readInbound } from '../../../functions/whatsapp/inbound-message.ts';
import { anId, aShop } from '../../support/builders.ts';
import { NOON } from '../../support/clock.ts';
import { memoryChat } from '../../support/memory-chat.ts';
import { memoryInbox } from '../../support/memory-inbox.ts';

const LATER = '2026-11-21T13:00:00.000Z';
const EARLIER = '2026-11-21T11:00:00.000Z';

const given = async () => {
  const shop = aShop();
  const inbox = memoryInbox([], shop);
  const contactId = anId();
  const { shopId } = shop;
  const person = { phone: '+5491161234567' };
  const contact = newContact({ shopId, businessId: '1', person, at: EARLIER }, contactId);
  await inbox.ports.contacts.saveAll([{ contact, claims: [{ alias: person }], releases: [] }]);
  const word = (state: ConsentEntry['state'], at: string, isImplied = false) => {
    const said = { shopId, contactId, state, at, source: 'by-hand', channel: 'phone', by: 'user:ana' } as const;
    return changeConsent({ ...said, ...(isImplied && { isImplied }) }, inbox.ports);
  };
  return { shop, inbox, contactId, word, marketing: () => inbox.contacts()[0]?.marketing };
};

describe('a word about marketing', () => {
  it('stands in the ledger whatever was said before, and on the contact unless a no stands there', async () => {
    const { inbox, word, marketing } = await given();
    await word('revoked', NOON);
    await word('granted', EARLIER);
    await word('granted', LATER);
    expect(marketing()).toEqual({ state: 'revoked', at: NOON, source: 'by-hand' });
    expect(inbox.consents().map(({ state, at }) => [state, at])).toEqual([
      ['revoked', NOON],
      ['granted', EARLIER],
      ['granted', LATER],
    ]);
  });

  it('counts before what was only implied, in whatever order they are told', async () => {
    const grant = ['granted', EARLIER, false] as const;
    const refusal = ['revoked', NOON, false] as const;
    const implied = ['granted', LATER, true] as const;
    const orders = [grant, refusal, implied].flatMap((first, _, all) => {
      const [second, third] = all.filter((one) => one !== first);
      return [[first, second, third] as const, [first, third, second] as const];
    });
    for (const order of orders) {
      const { word, marketing } = await given();
      for (const said of order) if (said) await word(said[0], said[1], said[2]);
      expect(marketing()).toMatchObject({ state: 'revoked', at: NOON });
    }
    const { word, marketing } = await given();
    await word(...implied);
    expect(marketing()).toEqual({ state: 'granted', at: LATER, source: 'by-hand', isImplied: true });
  });

  it('told again changes nothing', async () => {
    const { inbox, word } = await given();
    const first = await word('revoked', NOON);
    expect(await word('revoked', NOON)).toEqual(first);
    expect(inbox.consents()).toHaveLength(1);
    expect(inbox.contacts()[0]?.version).toBe(2);
  });

  it('of a merged contact is the survivor’s', async () => {
    const { shop, inbox, contactId, word } = await given();
    const [contact] = inbox.contacts();
    const survivorId = anId();
    if (contact === undefined) throw new Error('no contact');
    await inbox.ports.contacts.saveAll([
      { contact: { ...contact, contactId: survivorId, version: 1 }, claims: [], releases: [] },
      { contact: { ...contact, mergedInto: survivorId, version: 2 }, claims: [], releases: [] },
    ]);
    await word('revoked', NOON);
    expect(inbox.consents()).toMatchObject([{ shopId: shop.shopId, contactId: survivorId }]);
    expect(inbox.contacts().find((one) => one.contactId === contactId)?.marketing.state).toBe('unknown');
  });
});

const contentOf = {
  text: (text: string) => ({ text: { body: text } }),
  image: (text: string) => ({ image: { id: '1', caption: text } }),
  button: (text: string) => ({ button: { text, payload: 'x' } }),
  interactive: (text: string) => ({ interactive: { type: 'list_reply', list_reply: { id: '1', title: text } } }),
};

const heard = (text: string, type: keyof typeof contentOf = 'text', state: Consent['state'] = 'unknown') => {
  const shop = aShop({ name: 'Vidriera' });
  const chat = memoryChat(shop);
  const said: ConsentEntry[] = [];
  const { contact, conversation } = chat.talker({
    phone: '+5491161234567',
    marketing: { state, ...(state !== 'unknown' && { at: EARLIER, source: 'keyword' }) },
  });
  let current = contact;
  const contacts = {
    find: async () => current,
    saveConsent: async (next: Contact, entry: ConsentEntry) => {
      current = next;
      said.push(entry);
      return 'saved' as const;
    },
  };
  const ports = { ...chat.ports, contacts };
  const message = readInbound({ id: 'wamid.1', type, timestamp: '1795260000', ...contentOf[type](text) });
  const context = { shop, connection: chat.connection, contact, conversation, message, messageId: anId(), at: NOON };
  let passedOn = 0;
  const next = async () => {
    passedOn += 1;
    return undefined;
  };
  return {
    ...{ said, chat },
    hear: () => hearConsent(ports)(context),
    answer: () => answerConsent(ports, next)(context),
    passedOn: () => passedOn,
    texts: () => [...chat.messages.values()].map(({ content }) => JSON.stringify(content)),
  };
};

describe('a keyword in the chat', () => {
  it('is noted with its words, and answered once, however often it comes', async () => {
    const { hear, answer, said, texts, passedOn } = heard('¡BAJA!');
    await hear();
    const first = await answer();
    await hear();
    expect(await answer()).toEqual(first);
    expect(said[0]).toMatchObject({
      ...{ state: 'revoked', at: NOON, source: 'keyword', channel: 'whatsapp', text: '¡BAJA!', by: 'customer' },
    });
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toContain('Vidriera no te va a mandar más promociones');
    expect(passedOn()).toBe(0);
  });

  it('under a template of ours counts as one that was written', async () => {
    const { hear, said } = heard('Detener promociones', 'button');
    await hear();
    expect(said).toMatchObject([{ state: 'revoked' }]);
  });

  it('takes a no back, and is answered once', async () => {
    const { hear, answer, said, texts, passedOn } = heard('ALTA', 'text', 'revoked');
    await hear();
    await answer();
    await hear();
    await answer();
    expect(said).toMatchObject([{ state: 'granted', source: 'keyword' }]);
    expect([texts().length, passedOn()]).toEqual([1, 0]);
  });

  it.each<[string, keyof typeof contentOf, Consent['state']]>([
    ['¿Cuánto baja si llevo dos?', 'text', 'unknown'],
    ['baja', 'image', 'unknown'],
    ['Baja', 'interactive', 'unknown'],
    ['Start', 'text', 'unknown'],
    ['Alta', 'text', 'granted'],
  ])('is not what another message is: %s in a %s of who said %s', async (text, type, state) => {
    const { hear, answer, said, texts, passedOn } = heard(text, type, state);
    await hear();
    await answer();
    expect([said, texts(), passedOn()]).toEqual([[], [], 1]);
  });
});
