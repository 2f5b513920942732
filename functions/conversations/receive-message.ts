import { AppError } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import type { Connection } from '../connections/connection.ts';
import type { Contact } from '../contacts/contact.ts';
import type { Shop } from '../shops/shop.ts';
import { type AbsorbPorts, absorbFormer, notAbsorbed } from './absorb-former.ts';
import { type Conversation, conversationIdOf } from './conversation.ts';
import type { Mark } from './mark.ts';
import { type MarkPorts, markOriginal } from './mark-original.ts';
import { type Message, type Place, ranks, type TooLarge } from './message.ts';
import { type Arrival, newConversation, takeIn } from './take-in.ts';

/** A message as it arrived, read: what its conversation needs to know, and what its row keeps. */
export interface Arrived extends Arrival {
  /** Meta's JSON of it, whole; unless it is too large for a row. */
  raw: string;
  tooLarge?: TooLarge | undefined;
  /** Meta doesn't say when it was written: each delivery has another moment. */
  undated?: boolean | undefined;
  repliesTo?: string | undefined;
  media?: Message['media'];
  /** What it says about another message, which Meta knows by this id. */
  mark?: { metaId: string; mark: Mark } | undefined;
}

/** What an answer to a message is made from. */
export interface RespondContext<Read = unknown> {
  shop: Shop;
  connection: Connection;
  contact: Contact;
  conversation: Conversation;
  message: Read;
  messageId: string;
  at: string;
}

/**
 * Answers a message, or leaves it to people. Called after the conversation is saved and before the message's row is
 * put: a crash in between repeats it, so it must be safe to repeat.
 */
export type Respond<Read = unknown> = (context: RespondContext<Read>) => Promise<{ answeredBy?: string } | undefined>;

/**
 * Notes what a message says that must never be lost, whatever becomes of an answer: called before that, at each try, and
 * a message whose note fails is not taken in. Safe to repeat.
 */
export type Hear<Read = unknown> = (context: RespondContext<Read>) => Promise<void>;

export interface ReceivePorts {
  conversations: {
    findAt: (shopId: string, place: Place) => Promise<{ conversation: Conversation | undefined; isStored: boolean }>;
    save: (conversation: Conversation) => Promise<boolean>;
  } & AbsorbPorts['conversations'];
  messages: {
    /** Where a message has its row, of the places where it may. */
    storedIn: (shopId: string, places: readonly Place[]) => Promise<Place | undefined>;
    put: (message: Message) => Promise<boolean>;
    putFindable: (message: Message, now: Date) => Promise<boolean>;
    /** Gives a row the file that it came without, with what Meta says of it; false when it has one. */
    addFile: (shopId: string, place: Place, file: LateFile, now: Date) => Promise<boolean>;
  } & MarkPorts['messages'];
  patience: Patience;
}

export interface Receiving {
  connection: Connection;
  /** Asked anew with each try: the contact may be merged into another meanwhile. */
  identify: () => Promise<Contact>;
  arrived: Arrived;
  /** See {@link Hear}. */
  hear?: ((found: { contact: Contact; conversation: Conversation }) => Promise<void>) | undefined;
  /** Answers it; what fails here is kept on the row when `lastTry`, and thrown before. */
  respond?:
    | ((found: { contact: Contact; conversation: Conversation }) => Promise<{ answeredBy?: string } | undefined>)
    | undefined;
  lastTry?: boolean | undefined;
}

/** What became of a message: `repeated`, it was stored before and nothing changed. */
export type Received = 'received' | 'repeated';

/** A file of an old message, which Meta tells apart from the message itself. */
export type LateFile = Required<Pick<Message, 'type' | 'raw' | 'media'>>;

/** A conversation that has taken the message in, or the news that it is stored already, and where. */
type Taken = { conversation: Conversation; contact: Contact } | { storedAt: Place };

const tryToTakeIn = async (
  { connection, identify, arrived }: Receiving,
  ports: ReceivePorts,
): Promise<Taken | undefined> => {
  const { conversations, messages, patience } = ports;
  const { shopId, phoneNumberId, sellerId } = connection;
  const contact = await identify();
  const conversationId = conversationIdOf(phoneNumberId, contact.contactId);
  const place = { conversationId, at: arrived.at, messageId: arrived.messageId };
  const { conversation, isStored } = await conversations.findAt(shopId, place);
  const former = (conversation?.formerIds ?? []).map((id) => ({ ...place, conversationId: id }));
  const storedAt = isStored ? place : await messages.storedIn(shopId, former);
  if (storedAt) return { storedAt };
  if (conversation?.mergedInto) return undefined;
  const mayInherit = notAbsorbed(contact, phoneNumberId, conversation).length > 0;
  if (mayInherit && (await absorbFormer(contact, phoneNumberId, { conversations, clock: patience.clock }))) {
    return undefined;
  }
  const now = patience.clock();
  const start =
    conversation ?? newConversation({ shopId, phoneNumberId, contactId: contact.contactId, sellerId }, arrived.at, now);
  const taken = takeIn(start, arrived, now);
  return taken === conversation || (await conversations.save(taken)) ? { conversation: taken, contact } : undefined;
};

/** What the shop wrote may have a row of ours, and what has no moment may have one at another: Meta's id leads to it. */
const isFoundByMetaId = ({ direction, undated }: Arrived): boolean => direction === 'outbound' || undated === true;

const originOf = ({ as, direction }: Arrival): Message['origin'] => {
  if (as === 'history') return 'history';
  return direction === 'outbound' ? 'phone-app' : 'customer';
};

const rowOf = ({ shopId, conversationId }: Conversation, arrived: Arrived, now: Date): Message => {
  const { messageId, metaId, at, direction, type, raw, tooLarge, repliesTo, media } = arrived;
  return {
    shopId,
    conversationId,
    messageId,
    at,
    direction,
    origin: originOf(arrived),
    type,
    ...(direction === 'inbound' ? { state: 'received' } : { state: 'sent', rank: ranks.sent }),
    metaId,
    raw,
    ...(tooLarge && { tooLarge }),
    ...(repliesTo && { repliesTo }),
    ...(media && { media }),
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
};

/** Apart from Meta's codes, and from those of a message that was not sent. */
export const answerFailed = { code: -100, title: 'answer-failed' } as const;

/** What waited behind others may have used up its tries without having had one. */
const TRIES_AT_LAST = 3;
const PAUSE_MS = 300;

/** The row of an answer that failed for good says so; the message itself is never lost for it. */
const answered = async (
  { respond, lastTry }: Receiving,
  taken: Extract<Taken, { contact: Contact }>,
  { pause }: Patience,
): Promise<Pick<Message, 'answeredBy' | 'error'>> => {
  if (respond === undefined) return {};
  for (let number = 1; number <= TRIES_AT_LAST; number += 1) {
    try {
      const answer = await respond(taken);
      return answer?.answeredBy ? { answeredBy: answer.answeredBy } : {};
    } catch (cause) {
      if (!lastTry) throw cause;
      await pause(PAUSE_MS * number);
    }
  }
  return { error: answerFailed };
};

const store = async (
  receiving: Receiving,
  taken: Extract<Taken, { contact: Contact }>,
  { messages, patience }: ReceivePorts,
): Promise<boolean> => {
  const { arrived } = receiving;
  const outcome = await answered(receiving, taken, patience);
  const now = patience.clock();
  const row = { ...rowOf(taken.conversation, arrived, now), ...outcome, processedAt: now.toISOString() };
  return isFoundByMetaId(arrived) ? messages.putFindable(row, now) : messages.put(row);
};

/** What comes again changes nothing, but for the files of a history: Meta tells them after their messages. */
const addLateFile = async (
  { connection: { shopId }, arrived: { messageId, as, type, raw, media } }: Receiving,
  storedAt: Place,
  { messages, patience }: ReceivePorts,
): Promise<Received> => {
  // what we sent ourselves has a row with another id, and its own content
  if (as !== 'history' || media === undefined || storedAt.messageId !== messageId) return 'repeated';
  const isAdded = await messages.addFile(shopId, storedAt, { type, raw, media }, patience.clock());
  return isAdded ? 'received' : 'repeated';
};

/**
 * Takes a message in, once, whatever is delivered twice, late or after a crash:
 * 1. its contact and conversation are found or made; a row that is there means that all of this was done before;
 * 2. the conversation takes it in: unread, preview, window, state (a conversation remembers its latest, so that a
 *    repeat before step 4 changes nothing);
 * 3. what it says about another message is put on that one, what must not be lost is noted, and it is answered;
 * 4. its row is put.
 * Throws `change.conflict` when the conversation stays contended, what `hear` throws, and what `respond` throws unless
 * this is the last try.
 */
export const receiveMessage = async (receiving: Receiving, ports: ReceivePorts): Promise<Received> => {
  const { connection, arrived } = receiving;
  const { shopId } = connection;
  const known = isFoundByMetaId(arrived) ? await ports.messages.placeByMetaId(shopId, arrived.metaId) : undefined;
  if (known) return addLateFile(receiving, known, ports);
  const taken = await withPatience(ports.patience, () => tryToTakeIn(receiving, ports));
  if (taken === undefined) throw new AppError('change.conflict', 'this conversation keeps changing; try again');
  if ('storedAt' in taken) return addLateFile(receiving, taken.storedAt, ports);
  await markOriginal(taken.conversation, receiving.arrived, ports);
  await receiving.hear?.(taken);
  return (await store(receiving, taken, ports)) ? 'received' : 'repeated';
};
