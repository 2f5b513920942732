import { addMessage, openWindow, tellChat, tellMessage } from './chats.ts';
import { type Context, isoTime, secondsText } from './context.ts';
import { ControlRefused, found } from './control-refused.ts';
import { contentOf } from './customer-content.ts';
import { type ActFacts, allButtonsOf, payloadOf, surroundingsOf } from './customer-payload.ts';
import { contactOf, numberValue, personIds } from './identity-parts.ts';
import { downloadUrl } from './media-links.ts';
import type { CustomerMessage, Phone } from './simulator-api.ts';
import { chatOf, digitsOf, findMessage } from './world.ts';
import type { ChatRow, MessageRow, NumberRow } from './world-rows.ts';

/** A customer, a number of a business, and their chat. */
export interface Pair {
  phone: Phone;
  number: NumberRow;
  chat: ChatRow;
}

const EDIT_WITHIN_MS = 15 * 60_000;
const REVOKE_WITHIN_MS = 2 * 24 * 3_600_000;

/** Who is meant by two ids. Throws `ControlRefused`. */
export const pairOf = ({ world }: Context, phoneId: string, numberId: string): Pair => {
  const phone = found(world.phones.get(phoneId), `phone ${phoneId}`);
  const number = found(world.numbers.get(numberId), `number ${numberId}`);
  return { phone, number, chat: chatOf(world, phoneId, numberId) };
};

/** The message that the act is about. */
const targetOf = (context: Context, { chat }: Pair, act: CustomerMessage): MessageRow | undefined => {
  if (!('messageId' in act)) return undefined;
  const place = findMessage(context.world, act.messageId);
  return found(place?.chat === chat ? place.message : undefined, `message ${act.messageId} in this chat`);
};

const assertInTime = (act: CustomerMessage, target: MessageRow | undefined, now: number): void => {
  if (act.type !== 'edit' && act.type !== 'revoke') return;
  if (target?.from !== 'customer') throw new ControlRefused(409, 'a customer changes only what they wrote');
  if (act.type === 'edit' && target.content.type !== 'text') throw new ControlRefused(409, 'only a text can be edited');
  const within = act.type === 'edit' ? EDIT_WITHIN_MS : REVOKE_WITHIN_MS;
  if (now - Date.parse(target.at) > within) throw new ControlRefused(409, `it is too late to ${act.type} this message`);
};

const assertOnCard = (act: CustomerMessage, target: MessageRow | undefined): void => {
  if (act.type === 'tap' && !allButtonsOf(target).some(({ index }) => index === act.index)) {
    throw new ControlRefused(409, `the message has no button ${act.index}`);
  }
  const content = target?.content;
  const rows = content?.type === 'card' ? (content.list?.sections ?? []).flatMap((section) => section.rows) : [];
  if (act.type === 'choose' && !rows.some(({ id }) => id === act.rowId)) {
    throw new ControlRefused(409, `the list has no row ${act.rowId}`);
  }
};

const factsOf = (context: Context, pair: Pair, act: CustomerMessage): ActFacts => {
  const target = targetOf(context, pair, act);
  const mediaId = 'mediaId' in act ? act.mediaId : undefined;
  const media = mediaId === undefined ? undefined : found(context.world.media.get(mediaId), `media ${mediaId}`);
  if (media) Object.assign(media, { from: 'customer', numberId: pair.number.numberId });
  const { waId = '' } = personIds(pair.phone, pair.number);
  return {
    target,
    media,
    mediaUrl: media && downloadUrl(context, media),
    ownPhone: { name: pair.phone.name, waId },
  };
};

/** What a tap, a choice or a reply quotes. */
const quotedBy = (act: CustomerMessage): string | undefined =>
  act.repliesTo ?? (act.type === 'tap' || act.type === 'choose' ? act.messageId : undefined);

/** Changes a message instead of making one. */
const changeTarget = (context: Context, act: CustomerMessage, target: MessageRow): void => {
  if (act.type === 'reaction') {
    const others = target.reactions.filter(({ by }) => by !== 'customer');
    target.reactions = act.emoji === '' ? others : [...others, { by: 'customer', emoji: act.emoji }];
  } else if (act.type === 'edit') {
    target.content = { type: 'text', body: act.body };
    target.edited = true;
  } else target.revoked = true;
  tellMessage(context, target);
};

const isChange = (act: CustomerMessage): boolean => ['reaction', 'edit', 'revoke'].includes(act.type);

const newMessage = (context: Context, pair: Pair, act: CustomerMessage, facts: ActFacts): MessageRow => ({
  messageId: context.random.messageId(),
  phoneId: pair.phone.phoneId,
  numberId: pair.number.numberId,
  from: 'customer',
  at: isoTime(context.clock.now() - (act.secondsAgo ?? 0) * 1000),
  tick: 'sent',
  content: contentOf(act, facts),
  reactions: [],
  repliesTo: quotedBy(act),
  forwarded: act.forwarded,
  referral: act.referral,
  referredProduct: act.referredProduct,
});

/** Edits, revokes and notices of the system do not open the 24 hours. */
const opensWindow = (act: CustomerMessage): boolean => act.type !== 'edit' && act.type !== 'revoke';

const senderOf = ({ phone, number }: Pair) => {
  const { waId, userId } = personIds(phone, number);
  return { ...(waId !== undefined && { from: waId }), from_user_id: userId };
};

const tellCall = (context: Context, pair: Pair, message: MessageRow): void => {
  const { phone, number } = pair;
  const { waId, userId } = personIds(phone, number);
  const call = {
    id: message.messageId.replace('wamid', 'wacid'),
    ...(waId !== undefined && { from: waId }),
    from_user_id: userId,
    to: digitsOf(number.displayNumber),
    event: 'connect',
    direction: 'USER_INITIATED',
    timestamp: secondsText(Date.parse(message.at)),
  };
  const value = { ...numberValue(number), contacts: [contactOf(phone, number)], calls: [call] };
  context.webhooks.send({ ...whereOf(pair), field: 'calls', value });
};

const whereOf = ({ phone: { phoneId }, number: { accountId, numberId } }: Pair) => ({ phoneId, numberId, accountId });

/** Tells the business, unless it has blocked the customer; the second tick comes with its 200. */
const tellMessageOf = (context: Context, pair: Pair, message: MessageRow, members: object): void => {
  const { phone, number } = pair;
  const item = {
    ...senderOf(pair),
    id: message.messageId,
    timestamp: secondsText(Date.parse(message.at)),
    ...members,
  };
  const value = { ...numberValue(number), contacts: [contactOf(phone, number)], messages: [item] };
  context.webhooks.send({ ...whereOf(pair), field: 'messages', value, messageId: message.messageId });
};

/**
 * A customer does something in a chat: it shows in the chat and the business is told. Answers the message made, or the
 * one changed. Throws `ControlRefused` where a telephone could not do it.
 */
export const actAsCustomer = (context: Context, pair: Pair, act: CustomerMessage): MessageRow => {
  const { chat, number } = pair;
  const facts = factsOf(context, pair, act);
  assertInTime(act, facts.target, context.clock.now());
  assertOnCard(act, facts.target);
  const message = newMessage(context, pair, act, facts);
  if (isChange(act) && facts.target) changeTarget(context, act, facts.target);
  else addMessage(context, message);
  if (opensWindow(act)) openWindow(chat, Date.parse(message.at));
  if (act.referral) chat.referredAt = Date.parse(message.at);
  tellChat(context, chat);
  if (chat.blockedByBusiness) return message;
  context.limits.countInbound(number.numberId, context.clock.now());
  if (act.type === 'call') tellCall(context, pair, message);
  else {
    const around = surroundingsOf(act, quotedBy(act), digitsOf(number.displayNumber));
    tellMessageOf(context, pair, message, { ...around, ...payloadOf(act, facts) });
  }
  return isChange(act) && facts.target ? facts.target : message;
};
