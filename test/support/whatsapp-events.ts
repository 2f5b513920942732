import type { Connection } from '../../functions/connections/connection.ts';
import type { Contact } from '../../functions/contacts/contact.ts';
import type { WebhookEvent } from '../../functions/whatsapp/webhook-event.ts';
import { anId, aPhone } from './builders.ts';
import { NOON } from './clock.ts';

let numbers = 0;

/** An id of Meta's nobody has had before. */
export const aMetaId = (): string => {
  numbers += 1;
  return String(900_000_000_000_000 + numbers);
};

/** An active connection of a number nobody has had before. */
export const aConnection = (change: Partial<Connection> = {}): Connection => ({
  shopId: anId(),
  phoneNumberId: aMetaId(),
  wabaId: '800000000000001',
  businessId: '700000000000001',
  displayNumber: '+5491130000001',
  name: 'Ventas',
  app: 'shared',
  graphVersion: 'v24.0',
  coexistence: false,
  state: 'active',
  token: { last4: 'abcd', type: 'SYSTEM_USER', scopes: [] },
  limits: { messagesPerSecond: 80 },
  version: 1,
  createdAt: NOON,
  updatedAt: NOON,
  ...change,
});

export const aContact = (change: Partial<Contact> = {}): Contact => ({
  shopId: anId(),
  contactId: anId(),
  phone: aPhone(),
  userIds: [],
  marketing: { state: 'unknown' },
  version: 1,
  createdAt: NOON,
  updatedAt: NOON,
  ...change,
});

/** A customer as Meta shows them. */
export interface Sender {
  waId?: string;
  userId?: string;
  name?: string;
  username?: string;
}

/** One thing that Meta told about this connection. */
export const anEventOf = (connection: Connection, change: Partial<WebhookEvent>): WebhookEvent => ({
  kind: 'message',
  field: 'messages',
  accountId: connection.wabaId,
  phoneNumberId: connection.phoneNumberId,
  displayPhoneNumber: connection.displayNumber.replace('+', ''),
  app: 'shared',
  receivedAt: NOON,
  archiveKey: 'webhooks/2026/11/21/body.json',
  payload: {},
  ...change,
});

const contactOf = ({ waId, userId, name, username }: Sender) => ({
  ...((name || username) && { profile: { ...(name && { name }), ...(username && { username }) } }),
  ...(waId && { wa_id: waId }),
  ...(userId && { user_id: userId }),
});

export const secondsOf = (iso: string): string => String(Math.floor(new Date(iso).getTime() / 1000));

/** A message of a customer: a text, unless its content says otherwise. */
export const aMessageEvent = (
  connection: Connection,
  {
    from,
    metaId = `wamid.${anId()}`,
    at = NOON,
    content = { type: 'text', text: { body: 'Hola, ¿precio?' } },
    ...change
  }: { from: Sender; metaId?: string; at?: string; content?: object } & Partial<WebhookEvent>,
): WebhookEvent =>
  anEventOf(connection, {
    contact: contactOf(from),
    payload: {
      ...(from.waId && { from: from.waId }),
      ...(from.userId && { from_user_id: from.userId }),
      id: metaId,
      timestamp: secondsOf(at),
      ...content,
    },
    ...change,
  });
