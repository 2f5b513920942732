import type { Clock } from '#core/clock.ts';
import { answerChallenge, isSignature, isSigned } from '../whatsapp/signature.ts';
import { type AcceptPorts, acceptWebhook } from './accept-webhook.ts';
import type { FindSecrets } from './app-secrets.ts';

/** A request to a webhook address, with its own bytes. */
export interface WebhookRequest {
  routeKey: string;
  params: Readonly<Record<string, string | undefined>>;
  query: Readonly<Record<string, string | undefined>>;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

interface Answer {
  status: 200 | 401 | 403 | 404;
  text?: string;
}

export interface WebhookPorts extends AcceptPorts {
  findSecrets: FindSecrets;
  clock: Clock;
}

const verify = async ({ params, query }: WebhookRequest, { findSecrets }: WebhookPorts): Promise<Answer> => {
  // what can't be good whatever the token is does not make us look one up
  if (query['hub.mode'] !== 'subscribe' || !query['hub.verify_token'] || !query['hub.challenge'])
    return { status: 403 };
  const challengeFrom = async (fresh: boolean) => {
    const secrets = await findSecrets(params['connectionKey'], { fresh });
    return answerChallenge(query, secrets?.verifyTokens ?? []);
  };
  // the token has often been set a moment ago
  const challenge = (await challengeFrom(false)) ?? (await challengeFrom(true));
  return challenge === undefined ? { status: 403 } : { status: 200, text: challenge };
};

const receive = async ({ params, headers, body }: WebhookRequest, ports: WebhookPorts): Promise<Answer> => {
  const { findSecrets, report, clock } = ports;
  const { connectionKey } = params;
  const signature = headers['x-hub-signature-256'];
  // whoever sends no signature at all is not Meta: nobody need know, and no secret is looked up
  if (!isSignature(signature)) return { status: 401 };
  const secrets = await findSecrets(connectionKey);
  if (secrets === undefined && connectionKey !== undefined) {
    report('unaddressed');
    return { status: 404 };
  }
  const isGood = (candidate: typeof secrets) => isSigned(body, signature, candidate?.appSecrets ?? []);
  // kept secrets are minutes old: they may have been rotated meanwhile
  if (!isGood(secrets) && !isGood(await findSecrets(connectionKey, { fresh: true }))) {
    report(connectionKey === undefined ? 'refused' : 'own-refused');
    return { status: 401 };
  }
  await acceptWebhook({ raw: body, app: connectionKey ?? 'shared', now: clock() }, ports);
  if (connectionKey === undefined) report('accepted');
  return { status: 200 };
};

/**
 * Answers Meta: its handshake with the challenge, or 403; its webhooks with 200 once they can't be lost any more, 401
 * when they are not signed with the app's secret, and 404 under an address that is nobody's, or that nobody has time to
 * look up. Throws when Meta must send
 * again. Source: Meta, "Webhooks: validate payloads", "Webhooks: verification requests".
 */
export const webhookHandler =
  (ports: WebhookPorts) =>
  (request: WebhookRequest): Promise<Answer> =>
    request.routeKey.startsWith('GET ') ? verify(request, ports) : receive(request, ports);
