import { describe, expect, it } from 'vitest';
import { answerAboutCheckouts } from '../../../functions/checkouts/answer-checkout-message.ts';
import { actId } from '../../../functions/checkouts/chat-act.ts';
import type { Checkout } from '../../../functions/checkouts/checkout.ts';
import { type Notice, noticeMessageId } from '../../../functions/checkouts/notice.ts';
import { tellCustomer } from '../../../functions/checkouts/tell-customer.ts';
import type { Contact } from '../../../functions/contacts/contact.ts';
import type { Conversation } from '../../../functions/conversations/conversation.ts';
import { messageIdOf } from '../../../functions/conversations/message.ts';
import type { Shop } from '../../../functions/shops/shop.ts';
import { defaultWhatsApp } from '../../../functions/shops/whatsapp-settings.ts';
import { readInbound } from '../../../functions/whatsapp/inbound-message.ts';
import { aCheckout, aCode, anId, aPhone, aShop } from '../../support/builders.ts';
import { HOUR, NOON } from '../../support/clock.ts';
import { memoryChat } from '../../support/memory-chat.ts';
import { failureOf } from '../../support/ports.ts';

const template = { name: 'reserva', language: 'es_AR', body: [{ value: 'total' as const }] };

const given = (change: Partial<Checkout> = {}, settings: Partial<Shop> = {}) => {
  const whatsapp = { ...defaultWhatsApp, phoneNumberId: '106540352242922', siteUrl: 'https://tienda.example' };
  const shop = aShop({ whatsapp, ...settings });
  const checkout = aCheckout({ shopId: shop.shopId, ...change });
  const world = memoryChat(shop, [checkout]);
  const { code } = checkout;
  const now = () => world.checkouts.get(code) as Checkout;
  const sent = () => [...world.messages.values()];
  return { ...world, checkout, code, now, sent };
};
type World = ReturnType<typeof given>;

const withTemplates = { ...defaultWhatsApp, phoneNumberId: '106540352242922' };

describe('telling a customer', () => {
  const tell = ({ ports, code }: World, occasion: Notice['occasion'] = 'created') =>
    tellCustomer({ code, occasion }, ports);

  it('who wrote today is one free message in their conversation', async () => {
    const world = given();
    const { conversation } = world.talker({ phone: world.checkout.phone }, 2);
    expect(await tell(world)).toBe('queued');
    expect(world.sent()).toMatchObject([
      {
        conversationId: conversation.conversationId,
        messageId: noticeMessageId({ code: world.code, occasion: 'created' }),
        type: 'interactive',
        origin: 'checkout',
        checkoutCode: world.code,
      },
    ]);
  });

  it('a second time changes nothing', async () => {
    const world = given();
    world.talker({ phone: world.checkout.phone }, 2);
    await tell(world);
    expect(await tell(world)).toBe('queued');
    expect(world.sent()).toHaveLength(1);
  });

  it('whom nobody knows yet takes a template, and makes a contact of them', async () => {
    const templates = { ...defaultWhatsApp.templates, created: template };
    const world = given({}, { whatsapp: { ...withTemplates, templates } });
    expect(await tell(world)).toBe('queued');
    expect(world.sent()).toMatchObject([{ type: 'template' }]);
    expect([...world.contacts.values()]).toMatchObject([{ phone: world.checkout.phone }]);
    expect(world.conversations.size).toBe(1);
    expect([...world.conversations.values()][0]).not.toHaveProperty('assignedTo');
  });

  it('begins, on the personal line of a seller, a conversation of that seller', async () => {
    const templates = { ...defaultWhatsApp.templates, created: template };
    const world = given({}, { whatsapp: { ...withTemplates, templates } });
    world.connections.set(world.connection.phoneNumberId, { ...world.connection, sellerId: 'sol' });
    expect(await tell(world)).toBe('queued');
    expect([...world.conversations.values()]).toMatchObject([{ assignedTo: 'sol' }]);
  });

  it('is not possible a day after they wrote, without a template: the timeline says so, and nobody is made a contact', async () => {
    const world = given();
    world.talker({ phone: world.checkout.phone }, 24);
    expect(await tell(world)).toBe('window-closed');
    const stranger = given();
    expect(await tell(stranger)).toBe('window-closed');
    expect(stranger.contacts.size).toBe(0);
    for (const { recorded, sent } of [world, stranger]) {
      expect(sent()).toEqual([]);
      expect(recorded).toMatchObject([{ event: { kind: 'not-sent', cause: 'created', reason: 'window-closed' } }]);
    }
  });

  it('is none of the shop’s matters while it has no number for it', async () => {
    const world = given({}, { whatsapp: defaultWhatsApp });
    expect(await tell(world)).toBe('dropped');
    expect(world.recorded).toEqual([]);
  });

  it('is not possible with a number that is gone, or has stopped', async () => {
    const without = given();
    without.connections.clear();
    expect(await tell(without)).toBe('no-connection');
    const stopped = given();
    stopped.connections.set(stopped.connection.phoneNumberId, { ...stopped.connection, state: 'reauth' });
    expect(await tell(stopped)).toBe('connection-stopped');
    expect(stopped.recorded).toMatchObject([{ event: { reason: 'connection-stopped' } }]);
  });

  it('goes to who wrote with the code, wherever that person has gone on, not to the phone that was typed', async () => {
    const world = given({ state: 'confirmed', endedBy: 'user:ana' });
    const survivor = world.talker({ phone: aPhone() });
    const loser = world.talker({ mergedInto: survivor.contact.contactId });
    world.talker({ phone: world.checkout.phone });
    const tie = { contactId: loser.contact.contactId, phoneNumberId: world.connection.phoneNumberId };
    world.checkouts.set(world.code, { ...world.checkout, tie });
    expect(await tell(world, 'confirmed')).toBe('queued');
    expect(world.sent()).toMatchObject([{ conversationId: survivor.conversation.conversationId }]);
  });

  it('of a reminder stands on the timeline', async () => {
    const whatsapp = { ...withTemplates, reminderMinutes: 120 };
    const world = given({ expiresAt: '2026-11-21T14:00:00.000Z' }, { whatsapp });
    world.talker({ phone: world.checkout.phone });
    expect(await tell(world, 'reminder')).toBe('queued');
    const { messageId } = world.sent()[0] as { messageId: string };
    expect(world.recorded).toMatchObject([{ event: { kind: 'reminded', messageId } }]);
  });

  it('is dropped when it is no news, or of nothing', async () => {
    const world = given({ state: 'confirmed' });
    expect(await tell(world)).toBe('dropped');
    expect(await tellCustomer({ code: aCode(), occasion: 'created' }, world.ports)).toBe('dropped');
    expect([world.sent(), world.recorded]).toEqual([[], []]);
  });

  it('fails with what may work another time', async () => {
    const world = given();
    world.talker({ phone: world.checkout.phone });
    world.ports.outbound.commit = async () => 'conflict' as never;
    expect(await failureOf(tell(world))).toMatchObject({ code: 'change.conflict' });
  });
});

describe('answering', () => {
  const asNew = () => `wamid.${anId()}`;
  const asText = (body: string) => readInbound({ id: asNew(), type: 'text', text: { body } });
  const asTap = (act: 'confirm' | 'cancel', code: string) =>
    readInbound({
      id: asNew(),
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id: actId(act, code), title: act } },
    });

  interface Talker {
    contact: Contact;
    conversation: Conversation;
  }
  const say = (world: World, { contact, conversation }: Talker, message: ReturnType<typeof asText>) => {
    const { shop, connection, ports } = world;
    const current = world.conversations.get(conversation.conversationId) ?? conversation;
    const messageId = messageIdOf(message.metaId);
    return answerAboutCheckouts(ports)({
      shop,
      connection,
      contact,
      conversation: current,
      message,
      messageId,
      at: NOON,
    });
  };
  const bodies = ({ sent }: World) => sent().map(({ content }) => JSON.stringify(content));

  it('a code ties the checkout to who wrote it and shows how it stands, with buttons', async () => {
    const world = given();
    const ana = world.talker({ phone: aPhone() });
    const answer = await say(world, ana, asText(`Hola! ${world.code.toLowerCase()}`));
    expect(world.now().tie).toEqual({
      contactId: ana.contact.contactId,
      phoneNumberId: world.connection.phoneNumberId,
      phone: ana.contact.phone,
    });
    expect(world.sent()).toMatchObject([{ messageId: answer?.answeredBy, checkoutCode: world.code }]);
    expect(bodies(world)[0]).toContain(actId('confirm', world.code));
    expect(bodies(world)[0]).toContain(actId('cancel', world.code));
    expect(world.recorded).toMatchObject([{ event: { kind: 'replied', at: NOON } }]);
  });

  it('is left to the seller who took the conversation over, but for taps', async () => {
    const world = given();
    const ana = world.talker({ phone: aPhone() });
    world.conversations.set(ana.conversation.conversationId, { ...ana.conversation, bot: 'off' });
    expect(await say(world, ana, asText(world.code))).toBeUndefined();
    expect(world.now().tie).toMatchObject({ contactId: ana.contact.contactId });
    expect(world.sent()).toEqual([]);
    await say(world, ana, asTap('cancel', world.code));
    expect(world.now().state).toBe('cancelled');
    expect(world.sent()).toHaveLength(1);
  });

  it('gives a short first hold its full length', async () => {
    const world = given({ expiresAt: '2026-11-21T12:15:00.000Z', fullHoldUntil: '2026-11-22T12:00:00.000Z' });
    await say(world, world.talker(), asText(world.code));
    expect(world.now().expiresAt).toBe('2026-11-22T12:00:00.000Z');
    expect(bodies(world)[0]).toContain('22 de noviembre');
  });

  it('a tap confirms or cancels, and is answered with the outcome', async () => {
    for (const [act, state] of [
      ['confirm', 'confirmed'],
      ['cancel', 'cancelled'],
    ] as const) {
      const world = given();
      const ana = world.talker();
      await say(world, ana, asText(world.code));
      await say(world, ana, asTap(act, world.code));
      expect(world.now()).toMatchObject({ state, endedBy: 'customer' });
      expect(bodies(world)[1]).toContain(act === 'confirm' ? 'está confirmada' : 'está cancelada');
    }
  });

  it('the same message again has no second effect and no second answer', async () => {
    const world = given();
    const ana = world.talker();
    for (const message of [asText(world.code), asTap('confirm', world.code)]) {
      const first = await say(world, ana, message);
      expect(await say(world, ana, message)).toEqual(first);
    }
    expect(world.sent()).toHaveLength(2);
    expect(world.calls.filter((call) => call === 'end')).toHaveLength(1);
    expect(new Set(world.recorded.map(({ event }) => event.cause)).size).toBe(2);
  });

  it('where the shop confirms there is no button for it, and a tap on an old one says so', async () => {
    const world = given({}, { shopperConfirms: false });
    const ana = world.talker();
    await say(world, ana, asText(world.code));
    await say(world, ana, asTap('confirm', world.code));
    expect(bodies(world)[0]).not.toContain(actId('confirm', world.code));
    expect(bodies(world)[0]).toContain(actId('cancel', world.code));
    expect(bodies(world)[1]).toContain('la tienda confirma la venta');
    expect(world.now().state).toBe('active');
  });

  it('another person with the code learns how it stands, and can do nothing with it', async () => {
    const world = given({ expiresAt: '2026-11-21T12:15:00.000Z', fullHoldUntil: '2026-11-22T12:00:00.000Z' });
    const [ana, eva] = [world.talker({ phone: aPhone() }), world.talker({ phone: aPhone() })];
    await say(world, ana, asText(world.code));
    const { recorded } = world;
    for (const message of [asText(world.code), asTap('cancel', world.code), asTap('confirm', world.code)])
      await say(world, eva, message);
    expect(world.now()).toMatchObject({ state: 'active', tie: { contactId: ana.contact.contactId } });
    expect(bodies(world).slice(1).join()).not.toContain('checkout:');
    expect(bodies(world)[1]).not.toContain('María');
    expect(recorded).toHaveLength(1);
  });

  it('who turned out to be the same person, or has the same phone, is the same', async () => {
    const world = given();
    const merged = world.talker();
    const survivor = world.talker({ phone: aPhone() });
    await say(world, merged, asText(world.code));
    world.contacts.set(merged.contact.contactId, { ...merged.contact, mergedInto: survivor.contact.contactId });
    await say(world, survivor, asTap('confirm', world.code));
    expect(world.now().state).toBe('confirmed');
    const other = given();
    await say(other, other.talker({ phone: '+5491123450001' }), asText(other.code));
    await say(other, other.talker({ phone: '+541123450001' }), asTap('cancel', other.code));
    expect(other.now().state).toBe('cancelled');
  });

  it('what has ended is told kindly, with the shop’s link', async () => {
    const world = given();
    const ana = world.talker();
    await say(world, ana, asText(world.code));
    world.clock.advance(24 * HOUR);
    world.conversations.set(ana.conversation.conversationId, {
      ...(world.conversations.get(ana.conversation.conversationId) as Conversation),
      windowEndsAt: '2026-11-23T12:00:00.000Z',
    });
    await say(world, ana, asTap('confirm', world.code));
    expect(world.now().state).toBe('active');
    expect(bodies(world)[1]).toContain('venció');
    expect(bodies(world)[1]).toContain(`https://tienda.example/s/${world.shop.slug}`);
    expect(bodies(world)[1]).not.toContain('checkout:');
  });

  it('a checkout that ends while it is tapped is answered as it ended', async () => {
    const world = given();
    const ana = world.talker();
    await say(world, ana, asText(world.code));
    world.ends.push(() => {
      world.checkouts.set(world.code, { ...world.now(), state: 'confirmed', endedBy: 'user:ana' });
      return 'not-active';
    });
    await say(world, ana, asTap('cancel', world.code));
    expect(bodies(world)[1]).toContain('está confirmada');
  });

  it('nothing about codes of other shops, of nothing, or other matters', async () => {
    const world = given();
    const foreign = aCheckout({ shopId: anId() });
    world.checkouts.set(foreign.code, foreign);
    const ana = world.talker();
    for (const text of [foreign.code, aCode(), 'Hola']) expect(await say(world, ana, asText(text))).toBeUndefined();
    expect(await say(world, ana, asTap('cancel', foreign.code))).toBeUndefined();
    expect(world.checkouts.get(foreign.code)).toEqual(foreign);
    expect([world.sent(), world.recorded]).toEqual([[], []]);
  });

  it('means the active one of several codes', async () => {
    const world = given();
    const ended = aCheckout({ shopId: world.shop.shopId, state: 'cancelled' });
    world.checkouts.set(ended.code, ended);
    await say(world, world.talker(), asText(`${ended.code} ${world.code}`));
    expect(world.sent()).toMatchObject([{ checkoutCode: world.code }]);
  });

  it('what came too late to be answered still did what it says', async () => {
    const world = given();
    const ana = world.talker({}, 30);
    expect(await say(world, ana, asTap('cancel', world.code))).toBeUndefined();
    expect(world.now().state).toBe('cancelled');
    world.connections.clear();
  });

  it('fails when the stock stays contended, to be tried again', async () => {
    const world = given();
    world.ends.push(...Array.from({ length: 1000 }, () => 'conflict' as const));
    expect(await failureOf(say(world, world.talker(), asTap('confirm', world.code)))).toMatchObject({
      code: 'stock.busy',
    });
  });
});
