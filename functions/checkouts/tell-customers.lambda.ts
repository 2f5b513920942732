import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { logger } from '#platform/logger.ts';
import { patience } from '#platform/patience.ts';
import { queueConsumer } from '#platform/queue.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { connectionStore } from '../connections/connection.store.ts';
import { contactStore } from '../contacts/contact.store.ts';
import { conversationStore } from '../conversations/conversation.store.ts';
import { outboundStore } from '../conversations/outbound.store.ts';
import { queueMessage } from '../conversations/queue-message.ts';
import { shopStore } from '../shops/shop.store.ts';
import { checkoutStore } from './checkout.store.ts';
import { Notice } from './notice.ts';
import { type TellPorts, tellCustomer } from './tell-customer.ts';
import { timelineStore } from './timeline.store.ts';

const { TABLE_NAME, APP_SECRET_ID } = readEnv('TABLE_NAME', 'APP_SECRET_ID');
const table = openTable(documentClient(), TABLE_NAME);
const contacts = contactStore(table, openSecret(APP_SECRET_ID));
const chat = { conversations: conversationStore(table), outbound: outboundStore(table), patience: patience() };
const stores = { checkouts: checkoutStore(table), timeline: timelineStore(table), contacts };
const ports: TellPorts = {
  ...chat,
  ...stores,
  findShop: shopStore(table).find,
  findConnection: connectionStore(table).find,
  queueMessage: (message) => queueMessage(message, chat),
};

const tell = async (notice: Notice) => {
  const outcome = await tellCustomer(notice, ports);
  logger.info('notice', { occasion: notice.occasion, outcome });
};

export const handler = queueConsumer('tell-customers', Notice, tell, { fifo: true });
