import type { IncomingMessage } from 'node:http';
import type { User } from '../functions/shops/user.ts';
import type { Clock } from './clock.ts';
import type { Directory } from './directory.ts';
import type { Door, Fault } from './door.ts';
import { FunctionError } from './function-worker.ts';
import type { FunctionsHost } from './functions-host.ts';
import type { HttpAnswer } from './http-event.ts';

/** What the control of the local cloud reaches. */
export interface ControlOptions {
  clock: Clock;
  door: Pick<Door, 'inject' | 'clearFaults'>;
  host: Pick<FunctionsHost, 'invoke' | 'kill' | 'has' | 'names'>;
  directory: Pick<Directory, 'pick'>;
  issueToken: (user: User) => Promise<string>;
  /** What a recurring schedule gives a function when none is given. */
  usualEvent: (functionName: string) => unknown;
  /** Moves the clock and waits until what became due has run. */
  advance: (ms: number) => Promise<void>;
  /** How many messages are where, by the name of the queue. */
  queues: () => object;
  health: () => object;
}

type Input = Record<string, unknown>;
type Action = (input: Input, name: string) => Promise<object | undefined> | object | undefined;

/** A request that the control refuses. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const MAX_BODY_BYTES = 1_000_000;
const MAX_ADVANCE_SECONDS = 366 * 86_400;

const json = (status: number, value: unknown): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: Buffer.from(value === undefined ? '' : `${JSON.stringify(value, undefined, 2)}\n`),
});

const parse = (text: string): Input => {
  try {
    return JSON.parse(text || '{}') as Input;
  } catch {
    throw new Refused(400, 'the body is not valid JSON');
  }
};

/**
 * The body of a change. Asking for the JSON type keeps out other sites that are open in the same browser: they would
 * need our leave for it, which nobody gives.
 */
const readInput = async (request: IncomingMessage): Promise<Input> => {
  if (request.method === 'GET') return {};
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new Refused(415, 'send content-type: application/json');
  }
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) throw new Refused(413, 'the body is too large');
  }
  return parse(text);
};

const clockState = (clock: Clock) => {
  const now = clock.now();
  return { now: new Date(now).toISOString(), aheadSeconds: Math.round((now - Date.now()) / 1000) };
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const moveClock = async ({ clock, advance }: ControlOptions, { advanceSeconds }: Input) => {
  const seconds = Number(advanceSeconds);
  if (!(seconds >= 0 && seconds <= MAX_ADVANCE_SECONDS)) {
    throw new Refused(
      400,
      `advanceSeconds must be a number from 0 to ${MAX_ADVANCE_SECONDS}: the clock moves forward only`,
    );
  }
  await advance(seconds * 1000);
  return clockState(clock);
};

const assertFunction = ({ host }: ControlOptions, name: string): void => {
  if (!host.has(name)) throw new Refused(404, `there is no function ${name}; there are ${host.names().join(', ')}`);
};

const killFunction = async (options: ControlOptions, name: string) => {
  assertFunction(options, name);
  return { killed: await options.host.kill(name) };
};

const runFunction = async (options: ControlOptions, name: string, input: Input) => {
  assertFunction(options, name);
  const { host, usualEvent } = options;
  const event = Object.keys(input).length > 0 ? input : usualEvent(name);
  try {
    return { result: await host.invoke(name, event) };
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    return { error: { type: error.errorType, message: error.message } };
  }
};

const giveToken = async ({ directory, issueToken }: ControlOptions, { shop, role, user }: Input) => {
  const slug = text(shop) ?? 'demo';
  const found = await directory.pick(slug, text(role), text(user));
  if (!found) {
    const wanted = [text(role) ?? 'any role', ...(text(user) ? [String(user)] : [])].join(', ');
    throw new Refused(404, `the shop ${slug} has no such user (${wanted})`);
  }
  return { token: await issueToken(found), userId: found.userId, name: found.name, role: found.role, expiresIn: 3600 };
};

const actionsOf = (options: ControlOptions): Readonly<Record<string, Action>> => ({
  'GET health': () => options.health(),
  'GET queues': () => options.queues(),
  'GET clock': () => clockState(options.clock),
  'POST clock': (input) => moveClock(options, input),
  'POST faults': (input) => {
    options.door.inject({ times: 1, ...input } as Fault);
    return undefined;
  },
  'DELETE faults': () => {
    options.door.clearFaults();
    return undefined;
  },
  'POST invoke': (input, name) => runFunction(options, name, input),
  'POST kill': (_, name) => killFunction(options, name),
  'POST token': (input) => giveToken(options, input),
});

/** The local cloud's own knobs: clock, faults, jobs, tokens. There is nothing like it in AWS. */
export const createControl = (options: ControlOptions) => {
  const actions = actionsOf(options);
  const act = async (request: IncomingMessage): Promise<HttpAnswer> => {
    const [, , what = '', name = ''] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    const action = actions[`${request.method} ${what}`];
    if (!action) throw new Refused(404, `the local cloud has no ${request.method} ${request.url}`);
    const result = await action(await readInput(request), decodeURIComponent(name));
    return result === undefined ? json(204, undefined) : json(200, result);
  };
  return (request: IncomingMessage): Promise<HttpAnswer> =>
    act(request).catch((error: unknown) => {
      if (error instanceof Refused) return json(error.status, { message: error.message });
      throw error;
    });
};
