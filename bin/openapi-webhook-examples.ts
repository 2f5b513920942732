import { callbackDataOf } from '../functions/conversations/message.ts';
import {
  answered,
  answeredAt,
  answerId,
  asked,
  conversationId,
  customer,
  displayNumber,
  phoneNumberId,
  wabaId,
} from './openapi-whatsapp-examples.ts';

const entryOf = (value: object) => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: wabaId,
      changes: [
        {
          field: 'messages',
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: displayNumber.slice(1), phone_number_id: phoneNumberId },
            ...value,
          },
        },
      ],
    },
  ],
});

const sender = customer.slice(1);

/** What Meta sends: what a customer wrote, and what became of a message. */
export const signedBodyExamples = {
  message: {
    summary: 'A customer writes',
    value: entryOf({
      contacts: [{ profile: { name: 'Ana 🌿' }, wa_id: sender, user_id: 'AR.1349082207731460' }],
      messages: [
        { from: sender, id: asked, timestamp: '1795274411', type: 'text', text: { body: '¿Tienen la vela de soja?' } },
      ],
    }),
  },
  status: {
    summary: 'A message was delivered',
    value: entryOf({
      statuses: [
        {
          ...{ id: answered, status: 'delivered', timestamp: '1795274503', recipient_id: sender },
          biz_opaque_callback_data: callbackDataOf({ conversationId, at: answeredAt, messageId: answerId }),
        },
      ],
    }),
  },
};
