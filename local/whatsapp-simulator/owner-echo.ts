import { addMessage, tellChat } from './chats.ts';
import { type Context, isoTime, secondsText } from './context.ts';
import { ControlRefused, found } from './control-refused.ts';
import type { Pair } from './customer-acts.ts';
import { mediaContent } from './customer-content.ts';
import { contactOf, numberValue, personIds } from './identity-parts.ts';
import { downloadUrl } from './media-links.ts';
import type { ChatContent, EchoMessage } from './simulator-api.ts';
import { digitsOf } from './world.ts';
import type { MessageRow } from './world-rows.ts';

const saidBy = (context: Context, { number }: Pair, echo: EchoMessage): { content: ChatContent; members: object } => {
  if (echo.type === 'text')
    return { content: { type: 'text', body: echo.body }, members: { text: { body: echo.body } } };
  const media = found(context.world.media.get(echo.mediaId), `media ${echo.mediaId}`);
  Object.assign(media, { from: 'customer', numberId: number.numberId });
  const file = {
    id: media.mediaId,
    mime_type: media.mimeType,
    sha256: Buffer.from(media.sha256, 'hex').toString('base64'),
    url: downloadUrl(context, media),
    ...(echo.caption && { caption: echo.caption }),
  };
  return { content: mediaContent(echo.type, media, echo.caption), members: { [echo.type]: file } };
};

/**
 * The owner answers from the phone app, and Meta echoes it: for numbers in coexistence only. Throws `ControlRefused`.
 */
export const echoFromPhoneApp = (context: Context, pair: Pair, echo: EchoMessage): MessageRow => {
  const { phone, number, chat } = pair;
  if (!number.coexistence) {
    throw new ControlRefused(409, 'this number is not used in the phone app: coexistence is off');
  }
  const { content, members } = saidBy(context, pair, echo);
  const now = context.clock.now();
  const message: MessageRow = {
    messageId: context.random.messageId(),
    phoneId: phone.phoneId,
    numberId: number.numberId,
    from: 'business',
    origin: 'phone-app',
    at: isoTime(now),
    tick: 'delivered',
    content,
    reactions: [],
  };
  addMessage(context, message);
  chat.unread += chat.open ? 0 : 1;
  tellChat(context, chat);
  const { waId, userId } = personIds(phone, number);
  const item = {
    from: digitsOf(number.displayNumber),
    ...(waId !== undefined && { to: waId }),
    to_user_id: userId,
    id: message.messageId,
    timestamp: secondsText(now),
    type: echo.type,
    ...members,
  };
  const value = { ...numberValue(number), contacts: [contactOf(phone, number)], message_echoes: [item] };
  const { accountId, numberId } = number;
  context.webhooks.send({ accountId, numberId, phoneId: phone.phoneId, field: 'smb_message_echoes', value });
  return message;
};
