import { type ErrorCode, isAppError } from '#core/errors.ts';
import { type ChatFacts, checkoutChatWords } from '#core/messages/whatsapp-checkout.ts';
import { phoneKey } from '#core/phone-key.ts';
import type { Contact } from '../contacts/contact.ts';
import { findContact } from '../contacts/find-contact.ts';
import { messageIdOf } from '../conversations/message.ts';
import { type MessageToQueue, type QueuePorts, queueMessage } from '../conversations/queue-message.ts';
import type { Respond, RespondContext } from '../conversations/receive-message.ts';
import type { Shop } from '../shops/shop.ts';
import type { InboundMessage } from '../whatsapp/inbound-message.ts';
import type { OutboundContent } from '../whatsapp/outbound-content.ts';
import { actId, type ChatAct, chatActs, type Request, requestIn } from './chat-act.ts';
import { chatText } from './chat-facts.ts';
import { type Checkout, type CheckoutTie, stateAt } from './checkout.ts';
import { cancelCheckout, confirmCheckout, type EndPorts } from './end-checkout.ts';
import { extendCheckout } from './extend-checkout.ts';
import { type RecordPorts, recordEvent } from './record-event.ts';

export interface AnswerPorts extends EndPorts, RecordPorts, QueuePorts {
  checkouts: EndPorts['checkouts'] & {
    findAll: (codes: readonly string[]) => Promise<Checkout[]>;
    tie: (code: string, tie: CheckoutTie) => Promise<boolean>;
    extend: (checkout: Checkout, expiresAt: string, now: Date) => Promise<boolean>;
  };
  contacts: { find: (shopId: string, contactId: string) => Promise<Contact | undefined> };
}

type Context = RespondContext<InboundMessage>;

/** A checkout of the shop, and whether whoever writes may act on it. */
interface Found {
  checkout: Checkout;
  isTheirs: boolean;
}

const isSamePerson = async ({ tie }: Checkout, { shop, contact }: Context, ports: AnswerPorts): Promise<boolean> => {
  if (tie === undefined) return false;
  if (tie.contactId === contact.contactId) return true;
  if (tie.phone && contact.phone && phoneKey(tie.phone) === phoneKey(contact.phone)) return true;
  const { shopId } = shop;
  const goesOnAs = await findContact({ shopId, contactId: tie.contactId }, ports);
  return goesOnAs.contactId === contact.contactId;
};

const MOST_TRIES = 3;

/** Ties an active checkout to the first who writes with its code. */
const tied = async (checkout: Checkout, context: Context, ports: AnswerPorts, tries = MOST_TRIES): Promise<Found> => {
  const isOpen = stateAt(checkout, ports.patience.clock()) === 'active' && checkout.tie === undefined;
  if (!isOpen || tries === 0) return { checkout, isTheirs: await isSamePerson(checkout, context, ports) };
  const { contact, connection } = context;
  const { phoneNumberId } = connection;
  const tie = { contactId: contact.contactId, phoneNumberId, ...(contact.phone && { phone: contact.phone }) };
  if (await ports.checkouts.tie(checkout.code, tie)) return { checkout: { ...checkout, tie }, isTheirs: true };
  return tied((await ports.checkouts.find(checkout.code)) ?? checkout, context, ports, tries - 1);
};

const skippable: readonly ErrorCode[] = ['checkout.ended', 'checkout.not-extendable', 'not-found'];

/** The customer has shown up: a short first hold gets its full length. */
const lengthened = async (found: Found, ports: AnswerPorts): Promise<Found> => {
  const { checkout, isTheirs } = found;
  if (!isTheirs || checkout.fullHoldUntil === undefined) return found;
  try {
    const extended = await extendCheckout(checkout, { ...ports, clock: ports.patience.clock });
    return { ...found, checkout: extended };
  } catch (error) {
    if (!isAppError(error) || !skippable.includes(error.code)) throw error;
    return { ...found, checkout: (await ports.checkouts.find(checkout.code)) ?? checkout };
  }
};

/** Does what the tapped button says; what has ended meanwhile stays as it is. */
const acted = async (act: ChatAct, found: Found, context: Context, ports: AnswerPorts): Promise<Found> => {
  const { code, shopId } = found.checkout;
  try {
    const end =
      act === 'confirm'
        ? confirmCheckout({ code, shopId, by: 'customer', idempotencyKey: context.messageId }, ports)
        : cancelCheckout({ code, shopId, by: 'customer' }, ports);
    return { ...found, checkout: await end };
  } catch (error) {
    if (!isAppError(error, 'checkout.ended')) throw error;
    return { ...found, checkout: (await ports.checkouts.find(code)) ?? found.checkout };
  }
};

const mayAct = (act: ChatAct, { checkout, isTheirs }: Found, shop: Shop, now: Date): boolean =>
  isTheirs && stateAt(checkout, now) === 'active' && (act === 'cancel' || shop.shopperConfirms);

const text = (body: string): OutboundContent => ({ type: 'text', text: { body, preview_url: false } });

const withButtons = (checkout: Checkout, shop: Shop, body: string): OutboundContent => {
  const words = checkoutChatWords[checkout.language];
  const buttons = chatActs
    .filter((act) => act === 'cancel' || shop.shopperConfirms)
    .map((act) => ({ type: 'reply' as const, reply: { id: actId(act, checkout.code), title: words[act] } }));
  return { type: 'interactive', interactive: { type: 'button', body: { text: body }, action: { buttons } } };
};

/** How things stand, after whatever was asked for has been done or not. */
const answerOf = (act: ChatAct | undefined, found: Found, shop: Shop, now: Date): OutboundContent => {
  const { checkout, isTheirs } = found;
  const words = checkoutChatWords[checkout.language];
  const write = (one: (facts: ChatFacts) => string) => chatText(checkout, shop, one);
  const state = stateAt(checkout, now);
  if (state !== 'active') return text(write(words[state]));
  if (!isTheirs) return text(write(words.notYours));
  return act === 'confirm' ? text(write(words.shopConfirms)) : withButtons(checkout, shop, write(words.found));
};

/** An active one first: who writes with several codes means that one. */
const findOwn = async ({ codes }: Request, { shop }: Context, ports: AnswerPorts): Promise<Checkout | undefined> => {
  const now = ports.patience.clock();
  const found = await ports.checkouts.findAll(codes);
  const own = codes.flatMap((code) => found.filter((one) => one.code === code && one.shopId === shop.shopId));
  return own.find((checkout) => stateAt(checkout, now) === 'active') ?? own[0];
};

const send = async (found: Found, content: OutboundContent, context: Context, ports: AnswerPorts) => {
  const { shop, connection, contact, conversation, messageId } = context;
  try {
    const message: MessageToQueue = {
      ...{ shopId: shop.shopId, connection, contact, conversation, content },
      by: 'checkouts',
      origin: 'checkout',
      messageId: messageIdOf(`answer:${messageId}`),
      checkoutCode: found.checkout.code,
    };
    const answer = await queueMessage(message, ports);
    return { answeredBy: answer.messageId };
  } catch (error) {
    // it came late, or the number may not send: a seller sees it in the inbox
    if (isAppError(error, 'conversation.window-closed') || isAppError(error, 'connection.stopped')) return undefined;
    throw error;
  }
};

/**
 * Answers a message that carries the code of a checkout of this shop, or the tap of a button about one:
 * 1. finds the checkout; a code of another shop, or of nothing, is no code;
 * 2. ties it to the first who writes with it, and gives a short first hold its full length;
 * 3. confirms or cancels for a tap, if the checkout is theirs and the shop lets customers do so;
 * 4. notes the reply on the timeline, and answers with how things stand, in one message.
 * Undefined when the message has nothing to do with checkouts, and when a seller has taken the conversation over: then
 * only taps are answered. Safe to repeat. Throws `stock.busy` and whatever else may
 * work another time.
 */
export const answerCheckoutMessage = async (
  context: Context,
  ports: AnswerPorts,
): Promise<{ answeredBy?: string } | undefined> => {
  const request = requestIn(context.message);
  const checkout = request && (await findOwn(request, context, ports));
  if (request === undefined || checkout === undefined) return undefined;
  const { shop, messageId, at, conversation } = context;
  const known = await lengthened(await tied(checkout, context, ports), ports);
  const { act } = request;
  const now = ports.patience.clock();
  const found = act && mayAct(act, known, shop, now) ? await acted(act, known, context, ports) : known;
  const { conversationId } = conversation;
  const event = { kind: 'replied', cause: messageId, messageId, at, conversationId } as const;
  if (found.isTheirs || checkout.tie === undefined) await recordEvent(shop, checkout.code, event, ports);
  if (conversation.bot === 'off' && act === undefined) return undefined;
  return send(found, answerOf(act, found, shop, ports.patience.clock()), context, ports);
};

/** Answers about checkouts, as the line that takes messages in calls it. */
export const answerAboutCheckouts =
  (ports: AnswerPorts): Respond<InboundMessage> =>
  (context) =>
    answerCheckoutMessage(context, ports);
