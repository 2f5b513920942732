import { isAppError } from '#core/errors.ts';
import { consentAnswer } from '#core/messages/consent.ts';
import { messageIdOf } from '../conversations/message.ts';
import { type QueuePorts, queueMessage } from '../conversations/queue-message.ts';
import type { Respond, RespondContext } from '../conversations/receive-message.ts';
import { bodyOf, type InboundMessage } from '../whatsapp/inbound-message.ts';
import { type ConsentPorts, changeConsent } from './change-consent.ts';
import { consentKeyword } from './consent-keyword.ts';

export interface AnswerConsentPorts extends ConsentPorts, QueuePorts {}

type Context = RespondContext<InboundMessage>;

/** Only what the customer wrote or tapped themselves: captions, orders and edits are about something else. */
const spoken: ReadonlySet<InboundMessage['type']> = new Set(['text', 'button', 'interactive']);

const wordIn = ({ message }: Context) => {
  const text = spoken.has(message.type) ? bodyOf(message) : undefined;
  const state = text === undefined ? undefined : consentKeyword(text);
  return state && text !== undefined ? { state, text } : undefined;
};

const note = async (context: Context, ports: ConsentPorts): Promise<'granted' | 'revoked' | undefined> => {
  const word = wordIn(context);
  if (word === undefined) return undefined;
  const { contactId } = context.contact;
  const how = { source: 'keyword', channel: 'whatsapp', by: 'customer' } as const;
  await changeConsent({ shopId: context.shop.shopId, contactId, at: context.at, ...word, ...how }, ports);
  return word.state;
};

/** Notes a keyword said to another agent, and answers nothing. */
export const overhearConsent =
  (ports: ConsentPorts): Respond<InboundMessage> =>
  async (context) => {
    await note(context, ports);
    return undefined;
  };

/**
 * Takes a message that is nothing but a keyword as the customer's word about marketing, and says so in one short answer,
 * whoever else has the chat; anything else goes on to `next`. Safe to repeat. Throws `change.conflict`.
 */
export const answerConsent =
  (ports: AnswerConsentPorts, next: Respond<InboundMessage>): Respond<InboundMessage> =>
  async (context) => {
    const state = await note(context, ports);
    if (state === undefined) return next(context);
    const { shop, connection, contact, conversation, messageId } = context;
    const body = consentAnswer(contact.language ?? shop.language, state, shop.name);
    try {
      const answer = await queueMessage(
        {
          ...{ shopId: shop.shopId, connection, contact, conversation, by: 'consent', origin: 'bot' },
          content: { type: 'text', text: { body, preview_url: false } },
          messageId: messageIdOf(`consent:${messageId}`),
        },
        ports,
      );
      return { answeredBy: answer.messageId };
    } catch (error) {
      if (isAppError(error, 'conversation.window-closed') || isAppError(error, 'connection.stopped')) return undefined;
      throw error;
    }
  };
