import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../functions/conversations/conversation.ts';
import type { Message } from '../../../functions/conversations/message.ts';
import { queueMessage } from '../../../functions/conversations/queue-message.ts';
import { newConversation } from '../../../functions/conversations/take-in.ts';
import { startConversation, type WritePorts, writeMessage } from '../../../functions/conversations/write-message.ts';
import type { Viewer } from '../../../functions/shops/viewer.ts';
import { HOUR, movedClock, NOON } from '../../support/clock.ts';
import { failureOf, quickPatience } from '../../support/ports.ts';
import { aConnection, aContact } from '../../support/whatsapp-events.ts';

const contact = aContact({ phone: '+5491161234567' });
const { shopId, contactId } = contact;
const viewer: Viewer = { userId: 'ana', role: 'seller', sellerSees: 'own-and-unassigned' };
const content = { type: 'text', text: { body: 'Hola' } } as const;
const template = { type: 'template', template: { name: 'hello_world', language: { code: 'es' } } } as const;

/** One conversation, which others may take while a message is being committed. */
const open = ({ sellerId, assignedTo }: { sellerId?: string; assignedTo?: string | null } = {}) => {
  const connection = aConnection({ shopId, ...(sellerId && { sellerId }) });
  const { phoneNumberId } = connection;
  const patience = quickPatience(movedClock());
  const fresh = newConversation({ shopId, phoneNumberId, contactId }, NOON, new Date(NOON));
  const windowEndsAt = new Date(new Date(NOON).getTime() + HOUR).toISOString();
  const start: Conversation = { ...fresh, windowEndsAt, version: 1, ...(assignedTo && { assignedTo }) };
  const stored = new Map(assignedTo === null ? [] : [[start.conversationId, start]]);
  const sent: Message[] = [];
  let takenBy: string | undefined;
  const conversations = {
    find: async (_: string, id: string) => stored.get(id),
    save: async (conversation: Conversation) => {
      if ((stored.get(conversation.conversationId)?.version ?? 0) !== conversation.version - 1) return false;
      stored.set(conversation.conversationId, conversation);
      return true;
    },
  };
  const commit = async (message: Message, conversation: Conversation) => {
    const now = stored.get(conversation.conversationId) ?? start;
    if (takenBy !== undefined) {
      stored.set(now.conversationId, { ...now, assignedTo: takenBy, version: now.version + 1 });
      takenBy = undefined;
      return 'conflict' as const;
    }
    stored.set(conversation.conversationId, conversation);
    sent.push(message);
    return 'committed' as const;
  };
  const outbound = { findByMessageId: async () => undefined, commit };
  const ports: WritePorts = {
    conversations,
    contacts: { find: async () => contact },
    findConnection: async () => connection,
    messages: { find: async () => undefined },
    queueMessage: (message) => queueMessage(message, { outbound, conversations, patience }),
    bucket: { presignPut: async () => '', presignGet: async () => '', head: async () => undefined },
    patience,
  };
  return {
    sent,
    stored,
    /** Somebody gives it to a user while the next message is on its way. */
    takeMeanwhile: (userId: string) => {
      takenBy = userId;
    },
    write: (by: Viewer = viewer) =>
      writeMessage({ shopId, conversationId: fresh.conversationId, content, viewer: by, key: 'k' }, ports),
    start: (by: Viewer = viewer) =>
      startConversation({ shopId, contact, phoneNumberId, phone: '1', content: template, viewer: by, key: 'k' }, ports),
  };
};

describe('a message that a seller writes', () => {
  it('goes into a conversation that they may see, and into no other', async () => {
    const nobodys = open();
    expect(await nobodys.write()).toMatchObject({ by: 'user:ana', state: 'queued' });
    const others = open({ assignedTo: 'bea' });
    expect(await failureOf(others.write())).toMatchObject({ code: 'not-found' });
    expect(others.sent).toEqual([]);
    expect(await others.write({ ...viewer, sellerSees: 'all' })).toMatchObject({ by: 'user:ana' });
    expect(await others.write({ ...viewer, role: 'admin' })).toMatchObject({ by: 'user:ana' });
  });

  it('is not sent into a conversation that became another’s at that moment', async () => {
    const world = open();
    world.takeMeanwhile('bea');
    expect(await failureOf(world.write())).toMatchObject({ code: 'not-found' });
    expect(world.sent).toEqual([]);
  });

  it('is sent though others changed the conversation at that moment, while it stays visible', async () => {
    const world = open();
    world.takeMeanwhile('ana');
    expect(await world.write()).toMatchObject({ state: 'queued' });
    expect([...world.stored.values()]).toMatchObject([{ assignedTo: 'ana' }]);
  });
});

describe('a conversation that somebody of the shop begins', () => {
  const begunBy = async (by: Viewer, sellerId?: string) => {
    const world = open({ assignedTo: null, ...(sellerId && { sellerId }) });
    await world.start(by);
    return [...world.stored.values()].map(({ assignedTo }) => assignedTo);
  };

  it('is of the line’s seller, else of the seller who begins it, else of nobody', async () => {
    const admin: Viewer = { ...viewer, role: 'admin' };
    expect(await begunBy(viewer)).toEqual(['ana']);
    expect(await begunBy(viewer, 'ana')).toEqual(['ana']);
    expect(await begunBy(admin)).toEqual([undefined]);
    expect(await begunBy(admin, 'bea')).toEqual(['bea']);
    expect(await begunBy({ ...viewer, sellerSees: 'all' }, 'bea')).toEqual(['bea']);
  });

  it('is not begun where they would not see it, nor goes on where they do not', async () => {
    const line = open({ assignedTo: null, sellerId: 'bea' });
    expect(await failureOf(line.start())).toMatchObject({ code: 'not-found' });
    expect(line.stored.size).toBe(0);
    const others = open({ assignedTo: 'bea' });
    expect(await failureOf(others.start())).toMatchObject({ code: 'not-found' });
    expect(others.sent).toEqual([]);
  });
});
