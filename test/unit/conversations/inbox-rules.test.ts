import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../functions/audit/audit-entry.ts';
import { absorbConversation } from '../../../functions/conversations/absorb-conversation.ts';
import {
  assign,
  type ChangeConversationPorts,
  close,
  findConversation,
  giveBack,
  handOver,
  markRead,
  reopen,
  type Seen,
  takeOver,
} from '../../../functions/conversations/change-conversation.ts';
import type { Conversation } from '../../../functions/conversations/conversation.ts';
import { isOutgoingKey, maySend, outgoingKey } from '../../../functions/conversations/media-file.ts';
import type { Message } from '../../../functions/conversations/message.ts';
import { messageView } from '../../../functions/conversations/message-view.ts';
import { hasTakenIn, newConversation, takeIn } from '../../../functions/conversations/take-in.ts';
import type { Viewer } from '../../../functions/shops/viewer.ts';
import { anId } from '../../support/builders.ts';
import { HOUR, movedClock, NOON } from '../../support/clock.ts';
import { failureOf, quickPatience } from '../../support/ports.ts';
import { aConnection, aContact } from '../../support/whatsapp-events.ts';

const at = (hours: number) => new Date(new Date(NOON).getTime() + hours * HOUR).toISOString();
const contact = aContact({ phone: '+5491161234567' });
const { shopId, contactId } = contact;
const connection = aConnection({ shopId });
const now = new Date(NOON);
const { phoneNumberId } = connection;

const aConversation = (change: Partial<Conversation> = {}): Conversation => ({
  ...newConversation({ shopId, phoneNumberId, contactId }, NOON, now),
  state: 'open',
  unread: 3,
  lastInboundMetaId: 'wamid.1',
  version: 1,
  ...change,
});

const arrival = (change: Partial<Parameters<typeof takeIn>[1]> = {}) => ({
  messageId: anId(),
  metaId: 'wamid.x',
  at: NOON,
  direction: 'inbound' as const,
  type: 'text',
  preview: 'hola',
  as: 'message' as const,
  opensWindow: true,
  ...change,
});

describe('a conversation that takes in messages', () => {
  it('remembers the last ones, in few characters', () => {
    let conversation = aConversation();
    const messages = Array.from({ length: 12 }, () => arrival({ messageId: `${anId()}`.split('').reverse().join('') }));
    for (const message of messages) conversation = takeIn(conversation, message, now);
    expect(conversation.recent).toHaveLength(8);
    expect(messages.map(({ messageId }) => hasTakenIn(conversation, messageId))).toEqual([
      ...Array.from({ length: 4 }, () => false),
      ...Array.from({ length: 8 }, () => true),
    ]);
    const again = messages.at(-1);
    expect(again && takeIn(conversation, again, now)).toBe(conversation);
  });

  it('counts a message from the future from now', () => {
    expect(takeIn(aConversation(), arrival({ at: at(100) }), now).windowEndsAt).toBe(at(24));
  });

  it('is not touched by what changes nothing of it', () => {
    const conversation = aConversation();
    expect(takeIn(conversation, arrival({ as: 'mark', opensWindow: false }), now)).toBe(conversation);
  });
});

describe('a conversation that takes over another', () => {
  it('has what is latest and most urgent of both', () => {
    const former = aConversation({
      conversationId: `${phoneNumberId}-${anId()}`,
      state: 'open',
      assignedTo: 'user-1',
      unread: 2,
      lastMessageAt: at(3),
      lastMessage: { direction: 'inbound', type: 'text', preview: 'last' },
      lastInboundAt: at(3),
      lastInboundMetaId: 'wamid.last',
      windowEndsAt: at(27),
      formerIds: ['older'],
    });
    const own = aConversation({ state: 'closed', unread: 1, bot: 'off', windowEndsAt: at(24), lastInboundAt: NOON });
    const absorbed = absorbConversation(former, own, contactId, at(4));
    expect(absorbed.own).toMatchObject({
      conversationId: own.conversationId,
      state: 'open',
      bot: 'off',
      assignedTo: 'user-1',
      unread: 3,
      lastMessageAt: at(3),
      lastInboundMetaId: 'wamid.last',
      windowEndsAt: at(27),
      formerIds: [former.conversationId, 'older'],
      version: 2,
    });
    expect(absorbed.former).toMatchObject({ mergedInto: own.conversationId, unread: 0, version: 2 });
    expect(absorbed.entries).toMatchObject([
      { subject: { id: own.conversationId }, by: 'capture', changes: { assignedTo: { to: 'user-1' } } },
    ]);
    expect(absorbConversation(former, { ...own, assignedTo: 'user-2' }, contactId, at(4)).entries).toMatchObject([
      { action: 'conversation.absorbed', changes: { assignedTo: { from: former.assignedTo, to: 'user-2' } } },
    ]);
    expect(absorbConversation(former, undefined, contactId, at(4)).entries).toEqual([]);
  });
});

const viewer: Viewer = { userId: 'user-1', role: 'seller', sellerSees: 'own-and-unassigned' };

const open = (start = aConversation()) => {
  let stored = start;
  let saves = 0;
  let faster = 0;
  let meanwhile: Partial<Conversation> = {};
  const trail: AuditEntry[] = [];
  const ports = {
    conversations: {
      find: async (_: string, id: string) => (id === stored.conversationId ? stored : undefined),
      save: async (next: Conversation, entries: readonly AuditEntry[] = []) => {
        if (faster > 0) {
          faster -= 1;
          stored = { ...stored, unread: stored.unread + 1, version: stored.version + 1, ...meanwhile };
        }
        if (next.version !== stored.version + 1) return false;
        stored = next;
        trail.push(...entries);
        saves += 1;
        return true;
      },
    },
    patience: quickPatience(movedClock()),
  };
  const which = { shopId, conversationId: start.conversationId, viewer };
  return {
    ports,
    which,
    trail,
    stored: () => stored,
    saves: () => saves,
    /** Others change it first, so many times, and so. */
    race: (times: number, change: Partial<Conversation> = {}) => {
      meanwhile = change;
      faster = times;
    },
  };
};

describe('what sellers do with a conversation', () => {
  it.each([
    ['reads', (which, ports) => markRead(which, ports), { unread: 0, readUpTo: 'wamid.1' }],
    ['assigns', (which, ports) => assign({ ...which, userId: 'user-1' }, ports), { assignedTo: 'user-1' }],
    ['closes', (which, ports) => close(which, ports), { state: 'closed' }],
    ['takes over', (which, ports) => takeOver(which, ports), { bot: 'off', assignedTo: 'user-1' }],
  ] as [
    string,
    (which: ReturnType<typeof open>['which'], ports: ReturnType<typeof open>['ports']) => Promise<Conversation>,
    object,
  ][])('%s it, once, whoever else changes it at that moment', async (_, act, expected) => {
    const { which, ports, stored, saves, race } = open();
    race(2);
    expect(await act(which, ports)).toMatchObject(expected);
    expect(stored()).toMatchObject(expected);
    await act(which, ports);
    expect(saves()).toBe(1);
  });

  it('gives it back to the bot, opens it again, takes it away from somebody', async () => {
    const { which, ports, stored } = open(aConversation({ state: 'closed', bot: 'off', assignedTo: 'user-1' }));
    await giveBack(which, ports);
    await reopen(which, ports);
    await assign({ ...which, userId: undefined }, ports);
    expect(stored()).toMatchObject({ bot: 'on', state: 'open' });
    expect(stored().assignedTo).toBeUndefined();
  });

  it('finds nothing where there is nothing, and the other one where two became one', async () => {
    const { ports } = open();
    expect(await failureOf(close({ shopId, conversationId: 'x', viewer }, ports))).toMatchObject({ code: 'not-found' });
    const found = {
      a: aConversation({ conversationId: 'a', mergedInto: 'b' }),
      b: aConversation({ conversationId: 'b' }),
    };
    const conversations = { find: async (_: string, id: string) => found[id as 'a'], save: async () => true };
    expect(await findConversation({ shopId, conversationId: 'a' }, { conversations })).toMatchObject({
      conversationId: 'b',
    });
  });
});

describe('a conversation of somebody', () => {
  const acts: [string, (which: Seen, ports: ChangeConversationPorts) => Promise<Conversation>][] = [
    ['reading', markRead],
    ['closing', close],
    ['opening again', reopen],
    ['taking over', takeOver],
    ['giving back', giveBack],
    ['assigning', (which, ports) => assign({ ...which, userId: 'user-1' }, ports)],
  ];

  it.each(acts)('is not there for another seller: %s', async (_, act) => {
    const { which, ports, saves } = open(aConversation({ assignedTo: 'user-2' }));
    expect(await failureOf(act(which, ports))).toMatchObject({ code: 'not-found' });
    expect(saves()).toBe(0);
  });

  it.each(acts)('is not there any more when it becomes another’s meanwhile: %s', async (_, act) => {
    const { which, ports, saves, race } = open(aConversation({ bot: 'off', state: 'pending' }));
    race(1, { assignedTo: 'user-2' });
    expect(await failureOf(act({ ...which }, ports))).toMatchObject({ code: 'not-found' });
    expect(saves()).toBe(0);
  });

  it('is given away by whoever has it, and by admins', async () => {
    const own = () => open(aConversation({ assignedTo: 'user-1' }));
    const others = open(aConversation({ assignedTo: 'user-2' }));
    const give = ({ which, ports }: ReturnType<typeof open>, by: Viewer) =>
      assign({ ...which, viewer: by, userId: 'user-3' }, ports);
    expect(await give(own(), viewer)).toMatchObject({ assignedTo: 'user-3' });
    expect(await give(own(), { ...viewer, sellerSees: 'own' })).toMatchObject({ assignedTo: 'user-3' });
    expect(await give(others, { ...viewer, role: 'admin' })).toMatchObject({ assignedTo: 'user-3' });
    expect(await failureOf(give(open(aConversation()), viewer))).toMatchObject({ code: 'request.forbidden' });
    expect(await failureOf(give(open(), { ...viewer, sellerSees: 'own' }))).toMatchObject({ code: 'not-found' });
    expect(await give(open(), { ...viewer, sellerSees: 'all' })).toMatchObject({ assignedTo: 'user-3' });
  });

  it('leaves in the audit trail what people decide about it, and not that they read it', async () => {
    const { which, ports, trail, race } = open();
    race(1);
    await takeOver(which, ports);
    await assign({ ...which, userId: undefined }, ports);
    await markRead(which, ports);
    await close(which, ports);
    await reopen(which, ports);
    await giveBack(which, ports);
    const subject = { kind: 'conversation', id: which.conversationId };
    const common = { shopId, subject, by: 'user:user-1', action: 'conversation.assigned' };
    expect(trail).toMatchObject([
      { ...common, changes: { assignedTo: { to: 'user-1' }, bot: { from: 'on', to: 'off' } } },
      { ...common, changes: { assignedTo: { from: 'user-1' } } },
      { ...common, action: 'conversation.state-changed', changes: { state: { to: 'closed' } } },
      { ...common, action: 'conversation.state-changed', changes: { state: { from: 'closed', to: 'open' } } },
      { ...common, action: 'conversation.bot-switched', changes: { bot: { from: 'off', to: 'on' } } },
    ]);
  });

  it('goes with what it belongs to, unless it is a third one’s', async () => {
    const move = async (assignedTo: string | undefined) => {
      const { which, ports, trail } = open(aConversation({ ...(assignedTo && { assignedTo }) }));
      const { viewer: _, ...plain } = which;
      const moved = await handOver({ ...plain, userId: 'user-9', from: ['user-1'], by: 'schedule' }, ports);
      return [moved.assignedTo, trail.map(({ by }) => by)];
    };
    expect(await move(undefined)).toEqual(['user-9', ['schedule']]);
    expect(await move('user-1')).toEqual(['user-9', ['schedule']]);
    expect(await move('user-2')).toEqual(['user-2', []]);
  });

  it('is of the seller whose line it is on, from the start', () => {
    const sellerId = 'user-4';
    expect(newConversation({ shopId, phoneNumberId, contactId, sellerId }, NOON, now).assignedTo).toBe('user-4');
    expect(newConversation({ shopId, phoneNumberId, contactId }, NOON, now)).not.toHaveProperty('assignedTo');
  });
});

describe('a message as sellers see it', () => {
  const row = (change: Partial<Message> = {}): Message => ({
    shopId,
    conversationId: `${phoneNumberId}-${contactId}`,
    messageId: anId(),
    at: NOON,
    direction: 'inbound',
    origin: 'customer',
    type: 'text',
    state: 'received',
    metaId: 'wamid.1',
    raw: JSON.stringify({ id: 'wamid.1', type: 'text', text: { body: 'Hola' }, context: { forwarded: true } }),
    processedAt: NOON,
    createdAt: NOON,
    updatedAt: NOON,
    ...change,
  });
  const show = (message: Message, more: object = {}) =>
    messageView(message, { contact, connection, language: 'es', ...more });

  it('has every field of a stored message', () => {
    const answer = row({
      direction: 'outbound',
      metaId: 'wamid.2',
      raw: undefined,
      content: { type: 'text', text: { body: 'Sí' } },
    });
    expect(show(row({ answeredBy: answer.messageId }), { answer })).toMatchObject({
      metaId: 'wamid.1',
      from: '+5491161234567',
      to: '+5491130000001',
      type: 'text',
      body: 'Hola',
      content: { type: 'text', text: 'Hola' },
      metadata: { forwarded: 'once' },
      at: NOON,
      direction: 'inbound',
      contactId,
      processed: true,
      answered: true,
      answer: { messageId: answer.messageId, body: 'Sí', metaId: 'wamid.2' },
      createdAt: NOON,
      updatedAt: NOON,
    });
  });

  it('of the shop goes the other way', () => {
    const content = { type: 'image', image: { media_key: 'x', caption: 'El azul' } };
    expect(
      show(row({ direction: 'outbound', origin: 'seller', state: 'sent', raw: undefined, content })),
    ).toMatchObject({
      from: '+5491130000001',
      to: '+5491161234567',
      body: 'El azul',
      content,
      answered: false,
    });
  });

  it.each([
    [131047, 'es'],
    [131047, 'pt'],
    [99_999_999, 'en'],
  ] as const)('that failed with %d explains it in %s', (code, language) => {
    const { error } = show(row({ direction: 'outbound', state: 'failed', error: { code, title: 'x' } }), { language });
    expect(error).toMatchObject({ code, title: 'x', explanation: expect.any(String), advice: expect.any(String) });
    expect(error?.explanation.length).toBeGreaterThan(10);
  });

  it('says what an automatic answer that failed means', () => {
    const { error } = show(row({ error: { code: -100, title: 'answer-failed' } }));
    expect(error?.advice).toBe('Respondelo a mano.');
  });

  it('shows an edit as it is now, and nothing of what was taken back', () => {
    const edited = JSON.stringify({ type: 'text', text: { body: 'Hola!!' } });
    expect(show(row({ edited, editedAt: at(1) }))).toMatchObject({ body: 'Hola!!', editedAt: at(1) });
    const revoked = show(row({ revokedAt: at(1), reaction: '👍' }));
    expect(revoked).toMatchObject({ content: {}, revokedAt: at(1), reaction: '👍' });
    expect(JSON.stringify(revoked)).not.toContain('Hola');
  });

  it('that is too large for a row shows its type, and that Meta keeps back what it keeps back', () => {
    const raw = JSON.stringify({ id: 'wamid.1', type: 'contacts' });
    const tooLarge = { bytes: 450_000, archiveKey: 'webhooks/x' };
    expect(show(row({ type: 'contacts', raw, tooLarge }))).toMatchObject({ type: 'contacts', tooLarge: true });
    expect(show(row())).not.toHaveProperty('tooLarge');
    expect(show(row({ direction: 'outbound', state: 'sent', held: true })).held).toBe(true);
  });

  it('of an unknown type shows what came', () => {
    const raw = JSON.stringify({ id: 'wamid.1', type: 'hologram', hologram: { id: 7 } });
    expect(show(row({ type: 'hologram', raw })).content).toMatchObject({
      type: 'unknown',
      raw: { hologram: { id: 7 } },
    });
  });
});

describe('a file to send', () => {
  it('is of a type and size that WhatsApp takes', () => {
    expect(maySend('image/jpeg', 5 * 1024 * 1024)).toBe(true);
    expect(maySend('image/jpeg', 5 * 1024 * 1024 + 1)).toBe(false);
    expect(maySend('image/svg+xml', 10)).toBe(false);
    expect(maySend('video/mp4', 0)).toBe(false);
  });

  it('is the shop’s own, where the shop uploads', () => {
    const key = outgoingKey(shopId, anId(), 'image/png');
    expect(isOutgoingKey(shopId, key)).toBe(true);
    expect(isOutgoingKey(anId(), key)).toBe(false);
    expect(isOutgoingKey(shopId, `uploads/${shopId}/../${anId()}.png`)).toBe(false);
    expect(isOutgoingKey(shopId, `media/${shopId}/${anId()}.png`)).toBe(false);
  });
});
