import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { lazy } from '#core/lazy.ts';

const KeyParams = lazy(() => z.object({ connectionKey: z.string() }));
const Handshake = lazy(() =>
  z.object({ 'hub.mode': z.string(), 'hub.verify_token': z.string(), 'hub.challenge': z.string() }),
);

export const webhookRoutes = {
  verifyWebhook: {
    method: 'GET',
    path: '/webhooks/whatsapp',
    access: 'public',
    summary: 'Meta’s handshake: gives the challenge back as plain text, or 403',
    query: Handshake,
    answer: { status: 200 },
    raw: true,
  },
  receiveWebhook: {
    method: 'POST',
    path: '/webhooks/whatsapp',
    access: 'public',
    summary: 'Webhooks of the Meta app that all shops share, signed with its secret',
    answer: { status: 200 },
    raw: true,
  },
  verifyOwnWebhook: {
    method: 'GET',
    path: '/webhooks/whatsapp/{connectionKey}',
    access: 'public',
    summary: 'The handshake of a shop’s own Meta app',
    params: KeyParams,
    query: Handshake,
    answer: { status: 200 },
    raw: true,
  },
  receiveOwnWebhook: {
    method: 'POST',
    path: '/webhooks/whatsapp/{connectionKey}',
    access: 'public',
    summary: 'Webhooks of a shop’s own Meta app, signed with the secret of that app',
    params: KeyParams,
    answer: { status: 200 },
    raw: true,
  },
} as const satisfies Routes;
