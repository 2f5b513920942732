import { appOf, type Connection } from '../connections/connection.ts';
import { type ConsentPorts, changeConsent } from '../contacts/change-consent.ts';
import { type ChangeContactPorts, nameFromAddressBook } from '../contacts/change-contact.ts';
import { changeIdentity } from '../contacts/change-identity.ts';
import type { Contact } from '../contacts/contact.ts';
import { type IdentityPorts, identifyContact } from '../contacts/identify-contact.ts';
import { aliasesOf } from '../contacts/identity.ts';
import type { Shop } from '../shops/shop.ts';
import { readContactSync, readPreference } from '../whatsapp/account-event.ts';
import type { InboundMessage } from '../whatsapp/inbound-message.ts';
import { identityChangeOf, personOf } from '../whatsapp/person.ts';
import type { WebhookEvent } from '../whatsapp/webhook-event.ts';
import { fieldsOf, idOf } from '../whatsapp/wire.ts';
import type { Conversation } from './conversation.ts';
import { readArrival } from './read-arrival.ts';
import { type AccountEventPorts, connectionOf, receiveAccountEvent } from './receive-account-event.ts';
import { type Hear, type ReceivePorts, type Respond, receiveMessage } from './receive-message.ts';

export interface ReceiveEventPorts extends ReceivePorts, AccountEventPorts {
  contacts: IdentityPorts['contacts'] & ChangeContactPorts['contacts'] & ConsentPorts['contacts'];
  findShop: (shopId: string) => Promise<Shop | undefined>;
  respond: Respond<InboundMessage>;
  hear?: Hear<InboundMessage>;
  /** Takes in that somebody filled in a form of an advertisement. */
  takeLeadgen?: (event: WebhookEvent) => Promise<EventOutcome>;
}

/**
 * What became of an event: `repeated`, all of it was done before; `nobody`, no shop of ours has that number or account;
 * `foreign`, it was signed by another Meta app than the one that the number is connected through.
 */
export type EventOutcome = 'received' | 'repeated' | 'nobody' | 'foreign';

interface Context {
  event: WebhookEvent;
  connection: Connection;
  lastTry: boolean;
  ports: ReceiveEventPorts;
}

const identityOf = ({ event, connection, ports }: Context, at: string): Promise<Contact> => {
  const { shopId, businessId } = connection;
  const change = identityChangeOf(event);
  return change
    ? changeIdentity({ shopId, businessId, at, ...change }, ports)
    : identifyContact({ shopId, businessId, at, person: personOf(event) }, ports);
};

const takeMessage = async (context: Context): Promise<EventOutcome> => {
  const { event, connection, lastTry, ports } = context;
  const { arrived, message } = readArrival(event);
  const { messageId, at, as } = arrived;
  const shop = await ports.findShop(connection.shopId);
  if (shop === undefined) return 'nobody';
  const found = ({ contact, conversation }: { contact: Contact; conversation: Conversation }) => ({
    ...{ shop, connection, contact, conversation, message, messageId, at },
  });
  // another agent has the chat while we stand by: nothing may be answered
  const mayAnswer = as === 'message' && event.field !== 'standby';
  return receiveMessage(
    {
      connection,
      arrived,
      lastTry,
      identify: () => identityOf(context, at),
      ...(as === 'message' && { hear: async (met) => ports.hear?.(found(met)) }),
      ...(mayAnswer && { respond: (met) => ports.respond(found(met)) }),
    },
    ports,
  );
};

const takePreference = async (context: Context): Promise<EventOutcome> => {
  const { event, connection, ports } = context;
  const { category, wants, at = event.receivedAt } = readPreference(event.payload);
  // who wants no messages of another kind has said nothing about marketing
  if (wants === undefined || category !== 'marketing_messages') return keepRaw(context);
  const { contactId } = await identityOf(context, at);
  const state = wants ? 'granted' : 'revoked';
  const how = { source: 'preference', channel: 'whatsapp', by: 'customer' } as const;
  await changeConsent({ shopId: connection.shopId, contactId, at, state, ...how }, ports);
  return 'received';
};

/** Names those whom we know already: the rest of the owner's address book is none of the shop's business. */
const takeAddress = async ({ event, connection, ports }: Context): Promise<EventOutcome> => {
  const { shopId, businessId } = connection;
  const { action, at = event.receivedAt, ...synced } = readContactSync(event.payload);
  const name = synced.name?.trim().slice(0, 120);
  const aliases = aliasesOf({ businessId, person: personOf(event) });
  const { byPhone, byUserId } = await ports.contacts.known(shopId, aliases, { consistent: false, at });
  const contact = byUserId ?? byPhone;
  if (!contact || !name || action === 'remove') return 'repeated';
  await nameFromAddressBook({ shopId, contactId: contact.contactId, at, name }, ports);
  return 'received';
};

const keepRaw = ({ event, ports }: Pick<Context, 'event' | 'ports'>): Promise<EventOutcome> =>
  receiveAccountEvent(event, (connection) => appOf(connection) === event.app, ports);

const isNamed = ({ event, connection }: Context): boolean =>
  aliasesOf({ businessId: connection.businessId, person: personOf(event) }).length > 0;

const ofGroup = ({ payload }: WebhookEvent): boolean => idOf(fieldsOf(payload)['group_id']) !== undefined;

const takers: Readonly<Partial<Record<WebhookEvent['kind'], (context: Context) => Promise<EventOutcome>>>> = {
  message: takeMessage,
  echo: takeMessage,
  history: takeMessage,
  preference: takePreference,
  'contact-sync': takeAddress,
};

/**
 * Takes in one thing that Meta told. What concerns a person changes their contact and conversation; all else, what is
 * said to groups, and what we can't read, is kept raw for the shop. Safe to repeat, in any order.
 * `lastTry`: an answer that fails no longer keeps the message from its row. Throws what may work another time.
 */
export const receiveEvent = async (
  event: WebhookEvent,
  { lastTry }: { lastTry: boolean },
  ports: ReceiveEventPorts,
): Promise<EventOutcome> => {
  if (event.kind === 'leadgen' && ports.takeLeadgen) return ports.takeLeadgen(event);
  const take = takers[event.kind];
  if (take === undefined) return keepRaw({ event, ports });
  const connection = await connectionOf(event, ports);
  if (!connection) return 'nobody';
  if (appOf(connection) !== event.app) return 'foreign';
  const context = { event, connection, lastTry, ports };
  return isNamed(context) && !ofGroup(event) ? take(context) : keepRaw(context);
};
