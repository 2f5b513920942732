import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, isoTime } from './context.ts';
import { type Caller, callerOf, tokenTextOf } from './graph-access.ts';
import type { GraphCall, GraphResult } from './graph-call.ts';
import { exchangeCode } from './graph-oauth.ts';
import { GraphRefusal, refusalBody } from './graph-refusal.ts';
import { accountOf, answerCall, isSend } from './graph-routes.ts';
import { assertVersion } from './graph-versions.ts';
import { drawTrouble } from './knobs.ts';
import { BodyTooLarge, readBytes } from './read-bytes.ts';
import type { SendLimits } from './send-limits.ts';
import type { SendTrouble, TrafficRecord } from './simulator-api.ts';

/** What goes back; `silent`: nothing, the connection hangs; `dropped`: it breaks. */
type Answer = { status: number; headers: Record<string, string>; body: Buffer } | 'silent' | 'dropped';

const MOST_BYTES = 101 * 1024 * 1024;
const SILENCE_MS = 60_000;

interface Asked {
  method: string;
  /** Below `/graph`. */
  path: string;
  query: URLSearchParams;
  authorization?: string;
  contentType: string;
  raw: Buffer;
}

const json = (status: number, value: object, headers: Record<string, string> = {}): Exclude<Answer, string> => ({
  status,
  headers: {
    'content-type': 'application/json; charset=UTF-8',
    'cache-control': 'private, no-cache, no-store',
    ...headers,
  },
  body: Buffer.from(JSON.stringify(value)),
});

const refusalAnswer = ({ random }: Context, refusal: GraphRefusal): Exclude<Answer, string> => {
  const isAuth = refusal.code === 190;
  const why = {
    'www-authenticate': `OAuth "Facebook Platform" "invalid_token" "${refusal.message.replaceAll('"', '')}"`,
  };
  return json(refusal.status, refusalBody(refusal, `A${random.word(22)}`), isAuth ? why : {});
};

/** How much of its limits the account has used, in percent. */
const usageHeaders = (context: Context, limits: SendLimits, segments: readonly string[]): Record<string, string> => {
  const accountId = accountOf({ context, segments });
  const used = { call_count: 1, total_cputime: 1, total_time: 1 };
  const whole = { 'x-app-usage': JSON.stringify(used), 'facebook-api-version': 'v26.0' };
  if (accountId === undefined) return whole;
  const percent = Math.min(100, Math.ceil((limits.countOf(accountId, context.clock.now()) / 5000) * 100));
  const item = {
    ...used,
    type: 'whatsapp',
    call_count: percent,
    estimated_time_to_regain_access: percent < 100 ? 0 : 60,
  };
  return { ...whole, 'x-business-use-case-usage': JSON.stringify({ [accountId]: [item] }) };
};

const fileAnswer = ({ bytes, mimeType }: { bytes: Buffer; mimeType: string }): Answer => ({
  status: 200,
  headers: { 'content-type': mimeType },
  body: bytes,
});

const toAnswer = (result: GraphResult, headers: Record<string, string>): Answer =>
  'bytes' in result ? fileAnswer(result as { bytes: Buffer; mimeType: string }) : json(200, result, headers);

const troubleRefusals: Partial<Record<SendTrouble, () => GraphRefusal>> = {
  'rate-limited': () =>
    new GraphRefusal(
      130429,
      'Message failed to send because there were too many messages sent from this phone number in a short period of time',
    ),
  'pair-limited': () =>
    new GraphRefusal(
      131056,
      'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.',
    ),
  'app-limited': () => new GraphRefusal(4, undefined, { message: '(#4) Application request limit reached' }),
  'server-error': () => new GraphRefusal(131000, 'Something went wrong.'),
};

const unavailable: Answer = {
  status: 503,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<html><body>Service Unavailable</body></html>'),
};

/** What a trouble makes of a send before anything is accepted; undefined: it goes on. */
const meetTrouble = (trouble: SendTrouble | undefined): Answer | undefined => {
  if (trouble === 'drop') return 'dropped';
  if (trouble === 'unavailable') return unavailable;
  const refusal = trouble && troubleRefusals[trouble]?.();
  if (refusal) throw refusal;
  return undefined;
};

const draw = (context: Context): SendTrouble | undefined => {
  const { trouble, knobs } = drawTrouble(context.world.knobs, context.random.share);
  if (knobs !== context.world.knobs) {
    context.world.knobs = knobs;
    context.feed.publish({ kind: 'knobs', knobs });
  }
  return trouble;
};

/** The path of a call without its version, which only downloads have not. */
const segmentsOf = (path: string, now: number): string[] => {
  const [first = '', ...rest] = path.split('/').filter(Boolean);
  if (/^v\d+\.\d+$/.test(first)) {
    assertVersion(first, path, now);
    return rest;
  }
  if (first === 'whatsapp_business') return [first, ...rest];
  throw new GraphRefusal(2500, undefined, { message: `Unknown path components: ${path}` });
};

const answer = async (context: Context, limits: SendLimits, asked: Asked): Promise<Answer> => {
  const now = context.clock.now();
  const segments = segmentsOf(asked.path, now);
  if (segments.join('/') === 'oauth/access_token') return json(200, exchangeCode(context, asked.query, now));
  const text = tokenTextOf(asked.authorization, asked.query);
  const caller: Caller = callerOf(context.world, text, asked.query, now);
  const trouble = isSend(asked.method, segments) ? draw(context) : undefined;
  const met = meetTrouble(trouble);
  if (met) return met;
  const call: GraphCall = { ...asked, context, limits, caller, segments, now };
  const result = await answerCall(call);
  if (trouble === 'time-out-after-acceptance') return 'silent';
  return toAnswer(result, usageHeaders(context, limits, segments));
};

const answerOrRefuse = async (context: Context, limits: SendLimits, asked: Asked): Promise<Answer> => {
  try {
    return await answer(context, limits, asked);
  } catch (error) {
    if (error instanceof GraphRefusal) return refusalAnswer(context, error);
    console.error(`the simulator failed at ${asked.method} ${asked.path}`, error);
    return refusalAnswer(context, new GraphRefusal(131000, 'Something went wrong.'));
  }
};

const give = (response: ServerResponse, given: Answer): void => {
  if (given === 'dropped') {
    response.socket?.destroy();
  } else if (given === 'silent') {
    const timer = setTimeout(() => response.socket?.destroy(), SILENCE_MS).unref();
    response.once('close', () => clearTimeout(timer));
  } else {
    response.writeHead(given.status, { ...given.headers, 'content-length': given.body.length });
    response.end(given.body);
  }
};

const isText = (contentType: string): boolean => /json|text|urlencoded/.test(contentType);

const shownBody = ({ raw, contentType }: Asked): string | undefined => {
  if (raw.length === 0) return undefined;
  return isText(contentType) || contentType === ''
    ? raw.toString('utf8')
    : `${raw.length} bytes of ${contentType.split(';')[0]}`;
};

const outcomeOf = (given: Answer, begun: number): Partial<TrafficRecord> => {
  const durationMs = Math.round(performance.now() - begun);
  if (given === 'silent') return { durationMs, note: 'accepted, but the answer never left' };
  if (given === 'dropped') return { durationMs, note: 'the connection was broken before anything was accepted' };
  const shown = isText(given.headers['content-type'] ?? '')
    ? given.body.toString('utf8')
    : `${given.body.length} bytes`;
  return { durationMs, status: given.status, responseBody: shown };
};

const read = async (request: IncomingMessage): Promise<Asked> => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://graph');
  const { authorization, 'content-type': contentType = '' } = request.headers;
  const path = pathname.replace(/^\/graph/, '');
  const method = request.method ?? 'GET';
  return { method, path, query: searchParams, authorization, contentType, raw: await readBytes(request, MOST_BYTES) };
};

/** Answers `/graph/**` as the Graph API does. */
export const createGraph =
  (context: Context, limits: SendLimits) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let asked: Asked;
    try {
      asked = await read(request);
    } catch (error) {
      if (!(error instanceof BodyTooLarge)) throw error;
      return give(response, refusalAnswer(context, new GraphRefusal(100, 'The body is too large.', { status: 413 })));
    }
    const begun = performance.now();
    const segments = asked.path.split('/').filter(Boolean);
    const numberId = segments.find((segment) => context.world.numbers.has(segment));
    const record = context.traffic.begin({
      direction: 'graph',
      at: isoTime(context.clock.now()),
      method: asked.method,
      url: `/graph${asked.path}${asked.query.size > 0 ? `?${asked.query}` : ''}`,
      requestBody: shownBody(asked),
      numberId,
    });
    const { latencyMs } = context.world.knobs;
    if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false });
    const given = await answerOrRefuse(context, limits, asked);
    context.traffic.end(record, outcomeOf(given, begun));
    give(response, given);
  };
