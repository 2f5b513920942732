import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { pageFields, pageOf } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import {
  CreateConnection,
  pinField,
  SetApp,
  SignUpConnection,
  tokenField,
  UpdateConnection,
} from './connection-draft.ts';
import { ConnectionView } from './connection-view.ts';

const NumberParams = lazy(() => z.object({ phoneNumberId: z.string().check(z.maxLength(64)) }));

const claims = [
  'connection.refused',
  'connection.number-taken',
  'connection.exists',
  'meta-app.missing',
  'meta.unavailable',
  'idempotency.key-reused',
  'change.conflict',
] as const;
const renewals = [
  'connection.refused',
  'connection.number-taken',
  'meta-app.missing',
  'meta.unavailable',
  'change.conflict',
] as const;
const GivenToken = lazy(() => z.strictObject({ token: tokenField() }));

/** The WhatsApp numbers of a shop. Tokens, app secrets and PINs go in and never come out. */
export const connectionRoutes = {
  listConnections: {
    method: 'GET',
    path: '/admin/whatsapp/connections',
    access: ['admin', 'seller'],
    summary: 'WhatsApp numbers of your shop, in pages, with what the last check of each found',
    query: lazy(() => z.object(pageFields(20, 50))),
    answer: { status: 200, schema: lazy(() => pageOf(ConnectionView())) },
  },
  createConnection: {
    method: 'POST',
    path: '/admin/whatsapp/connections',
    access: ['admin'],
    summary: 'Connect a number with an access token of your own',
    body: CreateConnection,
    answer: { status: 201, schema: ConnectionView },
    errors: claims,
    idempotent: true,
  },
  signUpConnection: {
    method: 'POST',
    path: '/admin/whatsapp/connections/embedded-signup',
    access: ['admin'],
    summary: 'Connect a number with the code that Embedded Signup gave, within thirty seconds',
    body: SignUpConnection,
    answer: { status: 201, schema: ConnectionView },
    errors: claims,
    idempotent: true,
  },
  getConnection: {
    method: 'GET',
    path: '/admin/whatsapp/connections/{phoneNumberId}',
    access: ['admin', 'seller'],
    summary: 'One number, with what its last check found',
    params: NumberParams,
    answer: { status: 200, schema: ConnectionView },
  },
  updateConnection: {
    method: 'PATCH',
    path: '/admin/whatsapp/connections/{phoneNumberId}',
    access: ['admin'],
    summary: 'Change name, seller, Graph version, messages per second, or whether the phone app is used too',
    params: NumberParams,
    body: UpdateConnection,
    answer: { status: 200, schema: ConnectionView },
    errors: ['change.conflict'],
  },
  deleteConnection: {
    method: 'DELETE',
    path: '/admin/whatsapp/connections/{phoneNumberId}',
    access: ['admin'],
    summary: 'Disconnect a number and give up its token, gone for good after 7 days; conversations stay',
    params: NumberParams,
    answer: { status: 204 },
    errors: ['change.conflict'],
  },
  checkConnection: {
    method: 'POST',
    path: '/admin/whatsapp/connections/{phoneNumberId}/check',
    access: ['admin'],
    summary: 'Have the connection doctor look at a number, and mend what it can when asked to',
    params: NumberParams,
    body: lazy(() => z.strictObject({ repair: z._default(z.boolean(), false), pin: z.optional(pinField()) })),
    answer: { status: 200, schema: ConnectionView },
    errors: ['connection.number-taken', 'meta-app.missing', 'change.conflict'],
  },
  pauseConnection: {
    method: 'POST',
    path: '/admin/whatsapp/connections/{phoneNumberId}/pause',
    access: ['admin'],
    summary: 'Send nothing from a number until it is resumed; messages still come in',
    params: NumberParams,
    answer: { status: 200, schema: ConnectionView },
    errors: ['connection.number-taken', 'change.conflict'],
  },
  resumeConnection: {
    method: 'POST',
    path: '/admin/whatsapp/connections/{phoneNumberId}/resume',
    access: ['admin'],
    summary: 'Check a stopped number and let it send again',
    params: NumberParams,
    answer: { status: 200, schema: ConnectionView },
    errors: ['connection.check-failed', 'connection.number-taken', 'meta-app.missing', 'change.conflict'],
  },
  rotateToken: {
    method: 'PUT',
    path: '/admin/whatsapp/connections/{phoneNumberId}/token',
    access: ['admin'],
    summary: 'Put another access token of the same Meta app in the place of the one in the vault',
    params: NumberParams,
    body: GivenToken,
    answer: { status: 200, schema: ConnectionView },
    errors: renewals,
  },
  setApp: {
    method: 'PUT',
    path: '/admin/whatsapp/connections/{phoneNumberId}/app',
    access: ['admin'],
    summary: 'Move to your own Meta app with a token of it, or rotate the secret of the app; gives the callback URL',
    params: NumberParams,
    body: SetApp,
    answer: { status: 200, schema: ConnectionView },
    errors: renewals,
  },
  setSharedApp: {
    method: 'PUT',
    path: '/admin/whatsapp/connections/{phoneNumberId}/app/shared',
    access: ['admin'],
    summary: 'Move back from your own Meta app to ours, with a token of ours',
    params: NumberParams,
    body: GivenToken,
    answer: { status: 200, schema: ConnectionView },
    errors: renewals,
  },
} as const satisfies Routes;
