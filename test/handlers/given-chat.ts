import { connectionStore } from '../../functions/connections/connection.store.ts';
import type { Connection } from '../../functions/connections/connection.ts';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import { conversationStore } from '../../functions/conversations/conversation.store.ts';
import { messageStore } from '../../functions/conversations/message.store.ts';
import type { WebhookEvent } from '../../functions/whatsapp/webhook-event.ts';
import { APP_SECRET, type Lambdas } from '../support/lambdas.ts';
import { aQueueEvent, failedIn } from '../support/queue-event.ts';
import { aConnection, aMessageEvent } from '../support/whatsapp-events.ts';
import { type GivenShop, givenShop } from './given.ts';

/** Moments around now: functions have the real clock. */
export const minutesAgo = (minutes: number): string =>
  new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000).toISOString();

/** A shop with one number, and its customers. */
export const givenChat = async (lambdas: Lambdas, slug: string, change: Partial<Connection> = {}) => {
  const given: GivenShop = await givenShop(lambdas.table, slug);
  const { shopId } = given.shop;
  const connection = aConnection({ shopId, name: `${slug} line`, ...change });
  await connectionStore(lambdas.table).claim(connection, undefined);
  lambdas.coldStart();

  const receive = async (...events: WebhookEvent[]): Promise<string[]> => {
    const messages = events.map((body) => ({ body, group: 'one' }));
    return failedIn(await lambdas.run('receiveEvents', aQueueEvent('inbound.fifo', messages)));
  };
  const hear = async (body: string, { waId = '5491161234567', minutes = 1, content = {} } = {}): Promise<void> => {
    const said = Object.keys(content).length > 0 ? content : { type: 'text', text: { body } };
    const from = { waId, name: `${slug} customer` };
    await receive(
      aMessageEvent(connection, { from, metaId: `wamid.${slug}.${body}`, at: minutesAgo(minutes), content: said }),
    );
  };
  return {
    ...given,
    connection,
    receive,
    hear,
    contacts: contactStore(lambdas.table, async () => APP_SECRET),
    conversations: conversationStore(lambdas.table),
    messages: messageStore(lambdas.table),
    /** The conversations of the shop, latest first. */
    inbox: async () => (await conversationStore(lambdas.table).list({ shopId }, { limit: 100 })).items,
  };
};

export type GivenChat = Awaited<ReturnType<typeof givenChat>>;
