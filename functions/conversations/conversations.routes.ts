import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import type { ErrorCode } from '#core/errors.ts';
import { idField, pageFields, pageOf, textField, timeField } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import { OutboundContent } from '../whatsapp/outbound-content.ts';
import { AccountEventView } from './account-event-view.ts';
import { conversationStates } from './conversation.ts';
import { ConversationView } from './conversation-view.ts';
import { MediaLink, MediaUpload, RequestMediaUpload } from './media-file.ts';
import { templateCategories } from './message.ts';
import { MessageView } from './message-view.ts';

const users = ['admin', 'seller'] as const;

const conversationParam = () => z.string().check(z.maxLength(80));
const ConversationParams = lazy(() => z.object({ conversationId: conversationParam() }));
const MessageParams = lazy(() => z.object({ conversationId: conversationParam(), messageId: idField() }));
/** A message is found by its moment, `at`, and its id. */
const MessageMoment = lazy(() => z.object({ at: timeField() }));

const metaIdField = () => z.string().check(z.minLength(1), z.maxLength(300));

/**
 * What a seller writes: Meta's JSON of a message without addressing. A template without a category counts as marketing.
 */
export const WriteMessage = lazy(() =>
  z.strictObject({
    content: OutboundContent(),
    repliesTo: z.optional(metaIdField()),
    category: z.optional(z.enum(templateCategories)),
  }),
);

/** A seller writes first: a template, from a number of the shop. */
export const StartConversation = lazy(() =>
  z.strictObject({
    phoneNumberId: z.string().check(z.maxLength(25)),
    phone: textField(30),
    content: OutboundContent(),
    category: z.optional(z.enum(templateCategories)),
  }),
);

const sendErrors = [
  'conversation.window-closed',
  'consent.revoked',
  'connection.stopped',
  'idempotency.key-reused',
  'change.conflict',
] as const satisfies readonly ErrorCode[];

const change = (path: `/${string}`, summary: string) =>
  ({
    method: 'POST',
    path,
    access: users,
    owned: 'conversation',
    summary,
    params: ConversationParams,
    answer: { status: 200, schema: ConversationView },
    errors: ['change.conflict'],
  }) as const;

export const conversationRoutes = {
  listConversations: {
    method: 'GET',
    path: '/admin/conversations',
    access: users,
    owned: 'conversation',
    summary: 'The inbox: all conversations, yours, or nobody’s, by state, latest message first',
    query: lazy(() =>
      z.object({
        view: z._default(z.enum(['all', 'mine', 'unassigned']), 'all'),
        state: z._default(z.enum([...conversationStates, 'all']), 'all'),
        ...pageFields(30, 100),
      }),
    ),
    answer: { status: 200, schema: lazy(() => pageOf(ConversationView())) },
  },
  startConversation: {
    method: 'POST',
    path: '/admin/conversations',
    access: users,
    owned: 'conversation',
    summary: 'Write first to somebody, by phone: only a template may do that',
    body: StartConversation,
    answer: {
      status: 201,
      schema: lazy(() => z.object({ conversation: ConversationView(), message: MessageView() })),
    },
    errors: sendErrors,
    idempotent: true,
  },
  requestMediaUpload: {
    method: 'POST',
    path: '/admin/conversations/uploads',
    access: users,
    summary: 'An address to upload a file to, to be sent by its mediaKey',
    body: RequestMediaUpload,
    answer: { status: 201, schema: MediaUpload },
  },
  getConversation: {
    method: 'GET',
    path: '/admin/conversations/{conversationId}',
    access: users,
    owned: 'conversation',
    summary: 'One conversation with its contact',
    params: ConversationParams,
    answer: { status: 200, schema: ConversationView },
  },
  listMessages: {
    method: 'GET',
    path: '/admin/conversations/{conversationId}/messages',
    access: users,
    owned: 'conversation',
    summary: 'The messages of a conversation, newest first',
    params: ConversationParams,
    query: lazy(() => z.object(pageFields(30, 100))),
    answer: { status: 200, schema: lazy(() => pageOf(MessageView())) },
  },
  writeMessage: {
    method: 'POST',
    path: '/admin/conversations/{conversationId}/messages',
    access: users,
    owned: 'conversation',
    summary: 'Send a message: inside of the 24 hours anything, outside of them a template',
    params: ConversationParams,
    body: WriteMessage,
    answer: { status: 201, schema: MessageView },
    errors: sendErrors,
    idempotent: true,
  },
  retryMessage: {
    method: 'POST',
    path: '/admin/conversations/{conversationId}/messages/{messageId}/retry',
    access: users,
    owned: 'conversation',
    summary: 'Send a message that failed once more, as a new one',
    params: MessageParams,
    query: MessageMoment,
    answer: { status: 201, schema: MessageView },
    errors: [
      'message.not-failed',
      'conversation.window-closed',
      'consent.revoked',
      'connection.stopped',
      'change.conflict',
    ],
  },
  linkToMedia: {
    method: 'GET',
    path: '/admin/conversations/{conversationId}/messages/{messageId}/media',
    access: users,
    owned: 'conversation',
    summary: 'A short-lived address of the file of a message, to save it',
    params: MessageParams,
    query: MessageMoment,
    answer: { status: 200, schema: MediaLink },
    errors: ['media.not-stored'],
  },
  markRead: {
    ...change('/admin/conversations/{conversationId}/read', 'Mark a conversation as read, for the customer too'),
    /** The `lastInboundMetaId` that was seen: when the customer has written since, it stays unread. */
    query: lazy(() => z.object({ upTo: z.optional(metaIdField()) })),
  },
  assignConversation: {
    ...change(
      '/admin/conversations/{conversationId}/assign',
      'Give a conversation to a user of the shop, or to nobody',
    ),
    body: lazy(() => z.strictObject({ userId: z.nullable(z.string().check(z.minLength(1), z.maxLength(128))) })),
  },
  closeConversation: change('/admin/conversations/{conversationId}/close', 'Done, until the customer writes again'),
  reopenConversation: change('/admin/conversations/{conversationId}/reopen', 'Open a closed conversation again'),
  takeOver: change('/admin/conversations/{conversationId}/take-over', 'Answer in person: the bot is silent'),
  giveBack: change('/admin/conversations/{conversationId}/give-back', 'Let the bot answer again'),
  listAccountEvents: {
    method: 'GET',
    path: '/admin/whatsapp/account-events',
    access: ['admin'],
    summary: 'What Meta told of accounts, numbers and templates, latest first',
    query: lazy(() => z.object(pageFields(20, 50))),
    answer: { status: 200, schema: lazy(() => pageOf(AccountEventView())) },
  },
} as const satisfies Routes;
