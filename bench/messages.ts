import { patience } from '#platform/patience.ts';
import { connectionStore } from '../functions/connections/connection.store.ts';
import { identifyContact } from '../functions/contacts/identify-contact.ts';
import { inboxStores } from '../functions/conversations/inbox.store.ts';
import { callbackDataOf } from '../functions/conversations/message.ts';
import { outboundStore } from '../functions/conversations/outbound.store.ts';
import { queueMessage } from '../functions/conversations/queue-message.ts';
import { receiveEvent } from '../functions/conversations/receive-event.ts';
import { receiveStatus } from '../functions/conversations/receive-status.ts';
import { aConnection, aMessageEvent, anEventOf, secondsOf } from '../test/support/whatsapp-events.ts';
import type { Finding } from './report.ts';
import { openBenchShop } from './shop.ts';
import { measureUnits, openBenchTable } from './table.ts';

const ana = { waId: '5491161234567', userId: 'AR.1000200030004000', name: 'María Fernanda González' };

/** Capacity units of what a number does all day: a text that comes in, an answer, the statuses of the answer. */
export const benchMessages = async (): Promise<Finding[]> => {
  const { table, units, close } = await openBenchTable();
  const { shop } = await openBenchShop(table);
  const connection = aConnection({ shopId: shop.shopId });
  await connectionStore(table).claim(connection, undefined);
  const stores = inboxStores(table, async () => 'bench-secret');
  const ports = {
    ...stores,
    outbound: outboundStore(table),
    findShop: async () => shop,
    respond: async () => undefined,
    stopConnection: stores.connections.stop,
    patience: patience(30_000),
  };
  const findings: Finding[] = [];
  const measure = async (work: string, budget: { write?: number; read?: number }, run: () => Promise<unknown>) => {
    const used = await measureUnits(units, run);
    const atMost = (most: number | undefined) => (most === undefined ? {} : { budget: { atMost: most } });
    findings.push({ name: `${work}: write units`, value: used.write, unit: 'WCU', ...atMost(budget.write) });
    findings.push({ name: `${work}: read units`, value: used.read, unit: 'RCU', ...atMost(budget.read) });
  };

  const text = (number: number) =>
    aMessageEvent(connection, {
      from: ana,
      at: new Date(Date.now() - (100 - number) * 1000).toISOString(),
      metaId: `wamid.HBgNNTQ5MTE2MTIzNDU2NxUCABIYFjNFQjBDMDlDMTU4RTQ3QjY3RjYyAA==${number}`,
      content: { type: 'text', text: { body: 'Hola, ¿tenés el jarrón azul en stock? Lo quisiera para el viernes' } },
    });
  const receive = (number: number) => receiveEvent(text(number), { lastTry: false }, ports);
  await measure('first text of a new contact', {}, () => receive(0));
  for (let number = 1; number < 20; number += 1) await receive(number);
  await measure('inbound text, open conversation', { write: 6 }, () => receive(20));
  await measure('the same text again', { write: 0 }, () => receive(20));

  const { shopId, businessId } = { shopId: shop.shopId, businessId: connection.businessId };
  const person = { phone: `+${ana.waId}`, waId: ana.waId, bsuid: ana.userId };
  const contact = await identifyContact({ shopId, businessId, person, at: new Date().toISOString() }, ports);
  const { items } = await stores.conversations.list({ shopId }, { limit: 1 });
  const [conversation] = items;
  if (conversation === undefined) throw new Error('there is no conversation');
  const content = { type: 'text', text: { body: 'Sí, quedan tres. ¿Te guardo uno?' } } as const;
  const answer = { shopId, connection, contact, conversation, content, by: 'user:bench', origin: 'seller' } as const;
  let message: Awaited<ReturnType<typeof queueMessage>> | undefined;
  await measure('answer committed', {}, async () => {
    message = await queueMessage(answer, ports);
  });
  const status = (state: string) =>
    anEventOf(connection, {
      kind: 'status',
      payload: {
        id: 'wamid.OUT',
        status: state,
        timestamp: secondsOf(new Date().toISOString()),
        recipient_id: ana.waId,
        ...(message && { biz_opaque_callback_data: callbackDataOf(message) }),
      },
    });
  for (const state of ['sent', 'delivered', 'read']) {
    const tell = () => receiveStatus(status(state), { lastTry: false }, ports);
    // the first one also takes the row out of the index of what is on its way
    await measure(`status ${state}`, state === 'sent' ? { read: 0 } : { write: 1, read: 0 }, tell);
  }
  await close();
  return findings;
};
