import { messageIdOf } from '../functions/conversations/message.ts';
import { previousSalesExample } from './openapi-sale-examples.ts';

export const phoneNumberId = '106540352242922';
export const wabaId = '102290129340398';
const businessId = '506914307656634';
const contactId = '01JD3W0A1B2C3D4E5F6G7H8J9K';
export const conversationId = `${phoneNumberId}-${contactId}`;
export const customer = '+5491145678901';
export const displayNumber = '+5491123456789';
const code = 'K7QM2WTX9F3AZB6C';
const seller = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

export const asked = 'wamid.HBgNNTQ5MTE0NTY3ODkwMRUCABIYFDNBN0Y2RDQ4QTlCMA==';
export const answered = 'wamid.HBgNNTQ5MTE0NTY3ODkwMRUCABEYEjlDNEE3RTJCMUQwRjg2QTM1RQA=';
const askedAt = '2026-11-21T15:20:11.000Z';
export const answeredAt = '2026-11-21T15:21:40.512Z';
const windowEndsAt = '2026-11-22T15:20:11.000Z';
export const answerId = '01JD3W4M5N6P7Q8R9S0TVWXYZA';
const times = { createdAt: askedAt, updatedAt: answeredAt };

const app = {
  appId: '1146374821190023',
  appSecret: '9b2d7c4e6f801a35c7d9e2b4f6a80c13',
  verifyToken: 'choose-any-word-of-your-own',
};

const token = 'EAAQSn3ExampleOfAnAccessTokenOfASystemUser0123456789';

const number = { phoneNumberId, wabaId, name: 'Ventas' };

const connection = {
  ...{ phoneNumberId, wabaId, displayNumber },
  verifiedName: 'Rara y Mágica',
  name: 'Ventas',
  coexistence: false,
  state: 'active',
  quality: 'GREEN',
  limits: { messagesPerSecond: 80, messagingTier: 'TIER_2K' },
  check: {
    at: answeredAt,
    findings: [
      { check: 'token', verdict: 'ok', code: 'ok', say: 'El token de Meta es válido.', do: '' },
      {
        check: 'webhook',
        verdict: 'warning',
        code: 'fields-missing',
        say: 'La app no está suscripta a estos avisos: smb_message_echoes.',
        do: 'En el panel de la app, en WhatsApp → Configuración → Campos, suscribilos.',
      },
    ],
  },
  createdAt: '2026-11-01T12:00:00.000Z',
  updatedAt: answeredAt,
  setUp: {
    businessId,
    app: 'shared',
    callbackUrl: 'https://tienda.example/webhooks/whatsapp',
    graphVersion: 'v25.0',
    token: {
      last4: '6789',
      type: 'SYSTEM_USER',
      scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
    },
    tokenSetAt: '2026-11-01T12:00:00.000Z',
  },
};

/** A contact as sellers see it. */
export const contactExample = {
  contactId,
  name: 'Ana Pérez',
  phone: customer,
  profileName: 'Ana 🌿',
  language: 'es',
  marketing: { state: 'granted', at: askedAt, source: 'chat' },
  ...times,
};

const conversation = {
  ...{ conversationId, phoneNumberId, contact: contactExample },
  state: 'open',
  assignedTo: seller,
  bot: 'off',
  unread: 1,
  lastMessageAt: askedAt,
  lastMessage: { direction: 'inbound', type: 'text', preview: '¿Tienen la vela de soja?' },
  lastInboundAt: askedAt,
  windowEndsAt,
  windowOpen: true,
  ...times,
};

const words = 'Sí, quedan siete. ¿Te reservo una?';
const text = (body: string) => ({ type: 'text', text: { body } });

const outbound = {
  messageId: answerId,
  ...{ conversationId, contactId },
  direction: 'outbound',
  origin: 'seller',
  by: `user:${seller}`,
  ...{ from: displayNumber, to: customer },
  type: 'text',
  body: words,
  content: text(words),
  metadata: {},
  at: answeredAt,
  state: 'queued',
  processed: true,
  answered: false,
  repliesTo: asked,
  createdAt: answeredAt,
  updatedAt: answeredAt,
};

const inbound = {
  messageId: messageIdOf(asked),
  ...{ conversationId, contactId },
  direction: 'inbound',
  origin: 'customer',
  metaId: asked,
  ...{ from: customer, to: displayNumber },
  type: 'text',
  body: '¿Tienen la vela de soja?',
  content: { type: 'text', body: '¿Tienen la vela de soja?' },
  metadata: {},
  at: askedAt,
  state: 'received',
  processed: true,
  answered: true,
  answer: { messageId: answerId, body: words, metaId: answered },
  ...times,
};

const template = {
  type: 'template',
  template: {
    name: 'tu_reserva',
    language: { code: 'es_AR' },
    components: [
      {
        type: 'body',
        parameters: [
          { type: 'text', text: 'Ana' },
          { type: 'text', text: 'Rara y Mágica' },
        ],
      },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: code }] },
    ],
  },
};

/** Settings of a shop that writes about checkouts from its number, with a template for when the window is closed. */
export const whatsAppExample = {
  phoneNumberId,
  siteUrl: 'https://tienda.example',
  reminderMinutes: 120,
  notices: { cancelled: false },
  templates: {
    created: {
      name: 'tu_reserva',
      language: 'es_AR',
      body: [{ value: 'customerName' }, { value: 'shopName' }],
      urlButton: { index: 0, suffix: 'code' },
    },
  },
};

/** Bodies of the routes for WhatsApp. */
export const whatsAppBodies: Readonly<Record<string, unknown>> = {
  createConnection: { ...number, token, app },
  signUpConnection: { ...number, code: 'AQBxExampleOfTheCodeThatEmbeddedSignupGives', pin: '204816' },
  updateConnection: { name: 'Ventas y consultas', messagesPerSecond: 40, sellerId: null },
  checkConnection: { repair: true },
  rotateToken: { token },
  setApp: { ...app, token },
  setSharedApp: { token },
  startConversation: { phoneNumberId, phone: customer, content: template },
  requestMediaUpload: { contentType: 'application/pdf', bytes: 482_113 },
  writeMessage: { content: text(words), repliesTo: asked },
  assignConversation: { userId: seller },
};

const counts = (reached: readonly number[], revenue: number) => ({
  ...Object.fromEntries(
    ['created', 'sent', 'delivered', 'read', 'opened', 'replied', 'confirmed', 'cancelled', 'expired'].map(
      (stage, index) => [stage, reached[index] ?? 0],
    ),
  ),
  revenue: [{ currency: 'ARS', amount: revenue }],
});

const event = { by: null, conversationId: null, messageId: null, reason: null };
const sentEvent = { ...event, conversationId, messageId: answerId };

/** Answers of the routes for WhatsApp. */
export const whatsAppAnswers: Readonly<Record<string, unknown>> = {
  listConnections: { items: [connection] },
  createConnection: connection,
  signUpConnection: connection,
  getConnection: connection,
  setSharedApp: connection,
  updateConnection: { ...connection, name: 'Ventas y consultas', limits: { messagesPerSecond: 40 } },
  checkConnection: connection,
  pauseConnection: { ...connection, state: 'paused' },
  resumeConnection: connection,
  rotateToken: connection,
  setApp: {
    ...connection,
    setUp: {
      ...connection.setUp,
      app: 'own',
      appId: app.appId,
      callbackUrl: 'https://tienda.example/webhooks/whatsapp/5d41402abc4b2a76b9719d911017c592',
    },
  },
  listConversations: { items: [conversation], nextCursor: 'eyJnc2kxcGsiOiJT…' },
  startConversation: {
    conversation: { ...conversation, unread: 0, windowOpen: false },
    message: { ...outbound, type: 'template', body: 'tu_reserva', content: template, repliesTo: undefined },
  },
  requestMediaUpload: {
    mediaKey: 'uploads/01JD3V7K0PQRSTVWXYZ0123456/01JD3W6Y7Z8A9B0C1D2E3F4G5H.pdf',
    url: 'https://bucket.s3.sa-east-1.amazonaws.com/media/…?X-Amz-Signature=…',
    method: 'PUT',
    headers: { 'content-type': 'application/pdf', 'content-length': '482113' },
    expiresAt: '2026-11-21T15:31:40.512Z',
  },
  getConversation: { ...conversation, sales: previousSalesExample },
  listMessages: {
    items: [{ ...outbound, metaId: answered, state: 'read', sentAt: answeredAt, readAt: answeredAt }, inbound],
  },
  writeMessage: outbound,
  retryMessage: outbound,
  linkToMedia: {
    url: 'https://bucket.s3.sa-east-1.amazonaws.com/media/…?X-Amz-Signature=…',
    expiresAt: '2026-11-21T15:26:40.512Z',
  },
  markRead: { ...conversation, unread: 0 },
  assignConversation: conversation,
  closeConversation: { ...conversation, state: 'closed', unread: 0 },
  reopenConversation: conversation,
  takeOver: conversation,
  giveBack: { ...conversation, bot: 'on' },
  listAccountEvents: {
    items: [
      {
        at: askedAt,
        receivedAt: askedAt,
        kind: 'account',
        field: 'phone_number_quality_update',
        accountId: wabaId,
        phoneNumberId,
        news: { type: 'number-quality', event: 'ONBOARDING', tier: 'TIER_2K' },
        payload: { display_phone_number: displayNumber.slice(1), event: 'ONBOARDING' },
      },
    ],
  },
  viewTimeline: {
    items: [
      { ...event, kind: 'created', at: '2026-11-21T15:04:05.000Z', by: 'shopper' },
      { ...sentEvent, kind: 'sent', at: '2026-11-21T15:04:06.000Z' },
      { ...sentEvent, kind: 'read', at: '2026-11-21T15:05:48.000Z' },
      { ...event, kind: 'opened', at: '2026-11-21T15:05:52.000Z' },
      { ...event, kind: 'confirmed', at: '2026-11-21T18:00:00.000Z', by: 'customer' },
    ],
  },
  viewFunnel: {
    timeZone: 'America/Argentina/Buenos_Aires',
    from: '2026-11-20',
    to: '2026-11-21',
    total: counts([21, 19, 19, 16, 14, 11, 9, 3, 6], 22_140_000),
    days: [
      { day: '2026-11-20', ...counts([12, 11, 11, 9, 8, 7, 6, 1, 4], 14_760_000) },
      { day: '2026-11-21', ...counts([9, 8, 8, 7, 6, 4, 3, 2, 2], 7_380_000) },
    ],
  },
};

/** Who a checkout's customer turned out to be in the chat. */
export const tieExample = { contactId, conversationId, verifiedPhone: customer };
