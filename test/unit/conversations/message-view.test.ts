import { expect, it } from 'vitest';
import { type Message, ranks } from '../../../functions/conversations/message.ts';
import { messageView } from '../../../functions/conversations/message-view.ts';
import { anId } from '../../support/builders.ts';
import { NOON } from '../../support/clock.ts';
import { aConnection, aContact } from '../../support/whatsapp-events.ts';

const contact = aContact();
const connection = aConnection();

const sent = (change: Partial<Message>): Message => ({
  ...{ shopId: contact.shopId, conversationId: `1-${contact.contactId}`, messageId: anId(), at: NOON },
  ...{ direction: 'outbound', origin: 'seller', type: 'template', state: 'sent', rank: ranks.sent },
  content: { type: 'template', template: { name: 'ofertas', language: { code: 'es' } } },
  ...{ createdAt: NOON, updatedAt: NOON, ...change },
});

it('warns of a template that Meta charges as marketing, whatever its sender called it', () => {
  const warningOf = (change: Partial<Message>) =>
    messageView(sent(change), { contact, connection, language: 'es' }).warning?.explanation;
  expect(warningOf({ category: 'utility', pricing: { category: 'marketing' } })).toContain('cobró');
  expect(warningOf({ category: 'authentication', pricing: { category: 'marketing_lite' } })).toContain('cobró');
  expect(warningOf({ category: 'utility', pricing: { category: 'utility' } })).toBeUndefined();
  expect(warningOf({ category: 'marketing', pricing: { category: 'marketing' } })).toBeUndefined();
  expect(warningOf({ category: 'utility' })).toBeUndefined();
});
