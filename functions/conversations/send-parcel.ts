import type { Connection } from '../connections/connection.ts';
import type { Contact } from '../contacts/contact.ts';
import { type OwnFailure, ownCodes } from '../whatsapp/error-dictionary.ts';
import type { GraphError } from '../whatsapp/graph-error.ts';
import { OutboundContent, type Recipient } from '../whatsapp/outbound-content.ts';
import { isMarketing, type Message, type MessageError } from './message.ts';

/** A row with all that sending it needs. */
export interface Loaded {
  message: Message;
  /** Absent once the number was disconnected. */
  connection?: Connection | undefined;
  /** The one who is reached, after merges. */
  contact?: Contact | undefined;
}

/** A message that can go out. */
export interface Parcel {
  connection: Connection;
  contact: Contact;
  to: Recipient;
  content: OutboundContent;
}

/** Why a message fails before Meta is asked. */
export type Obstacle = OwnFailure;

const MOST_HOURS = 24;
const HOUR = 3_600_000;

/** The phone when it is known: an id of the portfolio works for fewer messages. */
const recipientOf = (contact: Contact, { businessId }: Connection): Recipient | undefined => {
  if (contact.phone !== undefined) return { phone: contact.phone };
  const userId = contact.userIds.find((one) => one.businessId === businessId)?.userId;
  return userId === undefined ? undefined : { userId };
};

/** What goes out, to whom, on which number; or why not. */
export const parcelOf = ({ message, connection, contact }: Loaded, now: Date): Parcel | Obstacle => {
  if (connection?.state !== 'active') return 'connection-stopped';
  if (now.getTime() - new Date(message.at).getTime() > MOST_HOURS * HOUR) return 'too-late';
  const to = contact && recipientOf(contact, connection);
  if (contact === undefined || to === undefined) return 'no-address';
  if (isMarketing(message) && contact.marketing.state === 'revoked') return 'no-consent';
  const { data: content } = OutboundContent().safeParse(message.content);
  return content ? { connection, contact, to, content } : 'broken';
};

/** An obstacle as the row keeps it. */
export const errorOfObstacle = (obstacle: Obstacle): MessageError => ({
  code: ownCodes[obstacle],
  title: obstacle,
});

/** A refusal as the row keeps it: Meta's code and words, or that she was not reached. */
export const errorOfRefusal = ({ code, title, details }: GraphError): MessageError => ({
  code: code ?? ownCodes.unreachable,
  title: title || 'unreachable',
  ...(details !== undefined && { details }),
});
