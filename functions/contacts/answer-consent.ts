import { isAppError } from '#core/errors.ts';
import { consentAnswer } from '#core/messages/consent.ts';
import { messageIdOf } from '../conversations/message.ts';
import { type QueuePorts, queueMessage } from '../conversations/queue-message.ts';
import type { Hear, Respond, RespondContext } from '../conversations/receive-message.ts';
import { bodyOf, type InboundMessage } from '../whatsapp/inbound-message.ts';
import { type ConsentPorts, changeConsent } from './change-consent.ts';
import { consentKeyword } from './consent-keyword.ts';
import { findContact } from './find-contact.ts';

export interface AnswerConsentPorts extends ConsentPorts, QueuePorts {}

type Context = RespondContext<InboundMessage>;

/**
 * Only what the customer wrote, or tapped under a template of ours: captions, orders and edits are about something else,
 * and so are the titles of what they chose from («Talle alto»).
 */
const spoken: ReadonlySet<InboundMessage['type']> = new Set(['text', 'button']);

const wordIn = ({ message }: Context) => {
  const text = spoken.has(message.type) ? bodyOf(message) : undefined;
  const state = text === undefined ? undefined : consentKeyword(text);
  return state && text !== undefined ? { state, text } : undefined;
};

const marketingOf = async ({ shop, contact }: Context, ports: ConsentPorts) =>
  (await findContact({ shopId: shop.shopId, contactId: contact.contactId }, ports)).marketing;

/**
 * Notes what the customer says about marketing in a message that says nothing else, whoever has the chat. A yes counts
 * only while they have said no: «Alta» and «Start» are answers to much else. Safe to repeat. Throws `change.conflict`.
 */
export const hearConsent =
  (ports: ConsentPorts): Hear<InboundMessage> =>
  async (context) => {
    const word = wordIn(context);
    if (word === undefined) return;
    if (word.state === 'granted' && (await marketingOf(context, ports)).state !== 'revoked') return;
    const { contactId } = context.contact;
    const how = { source: 'keyword', channel: 'whatsapp', by: 'customer' } as const;
    await changeConsent({ shopId: context.shop.shopId, contactId, at: context.at, ...word, ...how }, ports);
  };

/** What this very message changed. */
const heardIn = async (context: Context, ports: ConsentPorts): Promise<'granted' | 'revoked' | undefined> => {
  const word = wordIn(context);
  if (word?.state !== 'granted') return word?.state;
  const { state, source, at } = await marketingOf(context, ports);
  return state === 'granted' && source === 'keyword' && at === context.at ? 'granted' : undefined;
};

/**
 * Answers what {@link hearConsent} noted, in one short message, whoever else of the shop has the chat; anything else goes
 * on to `next`. Safe to repeat.
 */
export const answerConsent =
  (ports: AnswerConsentPorts, next: Respond<InboundMessage>): Respond<InboundMessage> =>
  async (context) => {
    const state = await heardIn(context, ports);
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
