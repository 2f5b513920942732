import { addMessage, tellChat, tellMessage } from './chats.ts';
import { type Context, isoTime } from './context.ts';
import { type Accepted, deliver, failLater } from './delivery.ts';
import { comesLater, GraphRefusal, type MetaError, metaError } from './graph-refusal.ts';
import { drawError } from './knobs.ts';
import { isFreeEntry, laterFailure } from './later-failure.ts';
import { faultBehind, isOfThisMachine, type LinkedFile } from './linked-files.ts';
import { markRead } from './mark-read.ts';
import { priceOf } from './pricing.ts';
import { type Recipient, recipientOf } from './recipient.ts';
import type { SendLimits } from './send-limits.ts';
import { type Judged, judgeSend } from './sends/judge.ts';
import { maybePartOf, maybeTextOf, openPart, type Part, textOf, wordOf } from './sends/part.ts';
import { chatOf, findMessage, findTemplate } from './world.ts';
import type { ChatRow, MessageRow, NumberRow } from './world-rows.ts';

const topKeys = [
  'messaging_product',
  'recipient_type',
  'to',
  'recipient',
  'type',
  'context',
  'biz_opaque_callback_data',
  'status',
  'message_id',
  'typing_indicator',
];

const FREE_ENTRY_MS = 72 * 3_600_000;
const ANSWER_WITHIN_MS = 24 * 3_600_000;

/** What the other route of sending, for marketing only, asks for. */
export interface SendOptions {
  marketingOnly?: boolean;
}

const judge = (context: Context, number: NumberRow, message: Part, type: string): Judged & { links: LinkedFile[] } => {
  const { world } = context;
  const links: LinkedFile[] = [];
  const find = (name: string, language: string) => findTemplate(world, number.accountId, name, language);
  const judged = judgeSend(type, message, find, {
    now: context.clock.now(),
    findMedia: (mediaId) => {
      const media = world.media.get(mediaId);
      return media?.numberId === number.numberId ? media : undefined;
    },
    knowsMessage: (messageId) => findMessage(world, messageId)?.chat.numberId === number.numberId,
    noteLink: (file) => links.push(file),
  });
  return { ...judged, links };
};

const assertConnected = ({ registered, status }: NumberRow): void => {
  if (status === 'BANNED' || status === 'RESTRICTED')
    throw new GraphRefusal(131031, 'Business account has been locked.');
  if (!registered || status === 'DISCONNECTED' || status === 'PENDING') {
    throw new GraphRefusal(133010, 'Phone number is not registered on the WhatsApp Business Platform.');
  }
};

const assertAllowed = (
  recipient: Recipient,
  number: NumberRow,
  judged: Judged,
  { marketingOnly }: SendOptions,
): void => {
  if (number.blockedPhones.includes(recipient.phone?.phoneId ?? ''))
    throw new GraphRefusal(130403, 'You have blocked this user.');
  if (recipient.userId !== undefined && judged.template?.category === 'AUTHENTICATION') {
    throw new GraphRefusal(131062, 'Authentication templates need the phone number of the recipient.');
  }
  if (marketingOnly && judged.template?.category !== 'MARKETING') {
    throw new GraphRefusal(131055, 'Only marketing templates can be sent by this API.');
  }
};

/** An error that the knobs ask for: thrown at once, or given as what fails later. */
const knobError = (context: Context): MetaError | undefined => {
  const { error, knobs } = drawError(context.world.knobs);
  if (!error) return undefined;
  context.world.knobs = knobs;
  context.feed.publish({ kind: 'knobs', knobs });
  if (error.asStatus ?? comesLater(error.code)) return metaError(error.code, 'asked for by the knobs');
  throw new GraphRefusal(error.code, 'asked for by the knobs');
};

const react = (context: Context, number: NumberRow, { messageId, emoji }: NonNullable<Judged['reaction']>): void => {
  const target = findMessage(context.world, messageId);
  if (target?.chat.numberId !== number.numberId) return;
  const others = target.message.reactions.filter(({ by }) => by !== 'business');
  target.message.reactions = emoji === '' ? others : [...others, { by: 'business', emoji }];
  tellMessage(context, target.message);
};

/** An answer to somebody who came by an advertisement makes the next 72 hours free. */
const noteAnswer = (context: Context, chat: ChatRow): void => {
  const now = context.clock.now();
  if (chat.referredAt !== undefined && now - chat.referredAt < ANSWER_WITHIN_MS) chat.freeUntil = now + FREE_ENTRY_MS;
  chat.referredAt = undefined;
  chat.typingUntil = undefined;
  tellChat(context, chat);
};

const rowOf = (
  context: Context,
  accepted: Accepted,
  judged: Judged,
  quoted: string | undefined,
): MessageRow | undefined => {
  const { phone, number, chat, callbackData, messageId } = accepted;
  if (!phone || !chat || !judged.content) return undefined;
  return {
    messageId,
    phoneId: phone.phoneId,
    numberId: number.numberId,
    from: 'business',
    origin: 'cloud-api',
    at: isoTime(context.clock.now()),
    tick: 'accepted',
    content: judged.content,
    payloads: judged.payloads,
    repliesTo: quoted,
    reactions: [],
    callbackData,
    pricing: priceOf(number, judged.template?.category, isFreeEntry(chat, context.clock.now()), context.clock.now()),
  };
};

/** Meta fetches what links lead to before it sends, and fails what it cannot use. */
const deliverLinks = (context: Context, accepted: Accepted, links: readonly LinkedFile[]): void => {
  const run = async (): Promise<void> => {
    const fault = await faultBehind(links);
    if (fault === undefined) deliver(context, accepted);
    else failLater(context, accepted, metaError(131053, fault));
  };
  context.later.add({ dueAt: context.clock.now(), run });
};

type JudgedLinks = Judged & { links: LinkedFile[] };

const launch = (context: Context, accepted: Accepted, { reaction, links }: JudgedLinks): void => {
  if (reaction) react(context, accepted.number, reaction);
  const known = context.looksBehindLinks ? links.filter(isOfThisMachine) : [];
  if (known.length > 0) deliverLinks(context, accepted, known);
  else deliver(context, accepted);
};

/** It is in Meta's hands: shows it and lets its course begin. */
const accept = (
  context: Context,
  accepted: Accepted,
  judged: JudgedLinks,
  failure: MetaError | undefined,
  isHeld: boolean,
): void => {
  const { chat, message } = accepted;
  if (message) addMessage(context, message);
  if (chat && !failure) noteAnswer(context, chat);
  if (failure) failLater(context, accepted, failure);
  else if (!isHeld) launch(context, accepted, judged);
};

const quotedOf = (message: Part): string | undefined => {
  const part = maybePartOf(message, 'context', ['message_id']);
  const quoted = part && textOf(part, 'message_id', { most: 1000 });
  if (quoted !== undefined && !quoted.startsWith('wamid.'))
    throw new GraphRefusal(131009, 'context.message_id is not a message ID.');
  return quoted;
};

const answerOf = ({ messageId }: Accepted, recipient: Recipient, status: string | undefined) => {
  const { input, waId, userId } = recipient;
  return {
    messaging_product: 'whatsapp',
    contacts: [{ input, ...(waId !== undefined && { wa_id: waId }), ...(userId !== undefined && { user_id: userId }) }],
    messages: [{ id: messageId, ...(status !== undefined && { message_status: status }) }],
  };
};

const assertPace = (context: Context, limits: SendLimits, number: NumberRow, { input, phone }: Recipient): void => {
  if (!limits.takePair(number.numberId, phone?.phoneId ?? input, context.clock.now())) {
    throw new GraphRefusal(
      131056,
      'Too many messages sent from this phone number to the same phone number in a short period of time.',
    );
  }
};

const sendOne = (context: Context, limits: SendLimits, number: NumberRow, message: Part, options: SendOptions) => {
  if (message.members['recipient_type'] !== undefined) wordOf(message, 'recipient_type', ['individual']);
  const type = message.members['type'] === undefined ? 'text' : textOf(message, 'type', { most: 50 }).toLowerCase();
  const recipient = recipientOf(context.world, number, message);
  const quoted = quotedOf(message);
  const callbackData = maybeTextOf(message, 'biz_opaque_callback_data', { most: 512, least: 0 });
  const judged = judge(context, number, message, type);
  assertAllowed(recipient, number, judged, options);
  assertPace(context, limits, number, recipient);
  const asked = knobError(context);
  const { phone } = recipient;
  const chat = phone && chatOf(context.world, phone.phoneId, number.numberId);
  const accepted: Accepted = {
    messageId: context.random.messageId(),
    number,
    phone,
    chat,
    callbackData,
    recipientId: recipient.waId,
    recipientUserId: recipient.userId,
    isReaction: judged.reaction !== undefined,
  };
  const isHeld = judged.template !== undefined && context.world.knobs.holdTemplates;
  const status = isHeld ? 'held_for_quality_assessment' : 'accepted';
  if (!recipient.isSwallowed) {
    accepted.message = rowOf(context, accepted, judged, quoted);
    accept(
      context,
      accepted,
      judged,
      asked ?? laterFailure(context, limits, { number, recipient, chat, judged }),
      isHeld,
    );
  }
  return answerOf(accepted, recipient, judged.template && status);
};

/** `POST /{number}/messages`: judges, counts against the limits, accepts. Throws `GraphRefusal`. */
export const sendMessage = (
  context: Context,
  limits: SendLimits,
  number: NumberRow,
  body: unknown,
  options: SendOptions = {},
): object => {
  const type = (body as Record<string, unknown> | undefined)?.['type'];
  const message = openPart(
    body,
    'body',
    typeof type === 'string' ? [...topKeys, type.toLowerCase()] : [...topKeys, 'text'],
  );
  const top: Part = { ...message, path: '' };
  if (top.members['messaging_product'] !== 'whatsapp') {
    throw new GraphRefusal(100, undefined, { message: '(#100) The parameter messaging_product is required.' });
  }
  assertConnected(number);
  if (!limits.takeThroughput(number.numberId, number.messagesPerSecond, context.clock.now())) {
    throw new GraphRefusal(130429, 'Cloud API message throughput has been reached.');
  }
  if (top.members['status'] !== undefined) {
    wordOf(top, 'status', ['read']);
    return markRead(context, number, top);
  }
  return sendOne(context, limits, number, top, options);
};
