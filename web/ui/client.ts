import type * as z from 'zod/mini';
import type { LazySchema, Route } from '#core/contract.ts';
import type { ErrorCode, FieldError } from '#core/errors.ts';

/** A problem document (RFC 9457) as the API answers it, with whatever members its code brings. */
export interface Problem {
  code?: ErrorCode;
  errors?: FieldError[];
  [member: string]: unknown;
}

/** A call that did not succeed: the API's code, or `offline` when no answer came. */
export class CallFailure extends Error {
  readonly code: ErrorCode | 'offline';
  readonly problem: Problem;

  constructor(code: ErrorCode | 'offline', problem: Problem = {}) {
    super(code);
    this.name = 'CallFailure';
    this.code = code;
    this.problem = problem;
  }
}

type Given<Schema> = Schema extends LazySchema ? z.input<ReturnType<Schema>> : undefined;
type Part<Name extends string, Schema> = Schema extends LazySchema
  ? { [Key in Name]: Given<Schema> }
  : { [Key in Name]?: undefined };

/** What a route must be given, checked against its own schemas. */
export type CallInput<R extends Route> = Part<'params', R['params']> &
  Part<'query', R['query']> &
  Part<'body', R['body']> &
  (R extends { idempotent: true } ? { idempotencyKey: string } : { idempotencyKey?: undefined });

/** What a route answers with. */
export type CallAnswer<R extends Route> = R['answer'] extends { schema: infer Schema extends LazySchema }
  ? z.output<ReturnType<Schema>>
  : undefined;

interface LooseInput {
  params?: unknown;
  query?: unknown;
  body?: unknown;
  idempotencyKey?: string | undefined;
}

const TIMEOUT_MS = 15_000;
const RETRY_DELAYS_MS = [500, 1500];

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const filled = (values: unknown): [string, string][] =>
  Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));

const addressOf = (path: string, { params, query }: LooseInput): string => {
  const withParams = filled(params).reduce(
    (address, [name, value]) => address.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  );
  const search = new URLSearchParams(filled(query)).toString();
  return search ? `${withParams}?${search}` : withParams;
};

const requestOf = (method: string, { body, idempotencyKey }: LooseInput): RequestInit => ({
  method,
  headers: {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
  },
  ...(body !== undefined && { body: JSON.stringify(body) }),
  signal: AbortSignal.timeout(TIMEOUT_MS),
});

const once = async (address: string, request: RequestInit): Promise<unknown> => {
  const response = await fetch(address, request).catch(() => undefined);
  if (response === undefined) throw new CallFailure('offline');
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && (answer !== undefined || response.status === 204)) return answer;
  const problem = (answer ?? {}) as Problem;
  throw new CallFailure(problem.code ?? 'internal', problem);
};

const mayPass = (error: unknown): boolean =>
  error instanceof CallFailure &&
  ['offline', 'internal', 'stock.busy', 'table.busy', 'change.conflict'].includes(error.code);

/**
 * Calls a route of the API. The type argument is the route as its contract declares it, so that method, path, input
 * and answer are checked: `call<typeof checkoutRoutes.viewCheckout>('GET', '/api/checkouts/{code}', { params: { code } })`.
 * What may pass by itself is tried again where that is safe: reads, and writes with an idempotency key.
 */
export const call = async <R extends Route>(
  method: R['method'],
  path: R['path'],
  input: CallInput<R>,
): Promise<CallAnswer<R>> => {
  const loose: LooseInput = input;
  const delays = method === 'GET' || loose.idempotencyKey !== undefined ? [...RETRY_DELAYS_MS] : [];
  for (;;) {
    try {
      return (await once(addressOf(path, loose), requestOf(method, loose))) as CallAnswer<R>;
    } catch (error) {
      const delay = delays.shift();
      if (delay === undefined || !mayPass(error)) throw error;
      await wait(delay);
    }
  }
};

/** The failure behind anything caught around {@link call}. */
export const asFailure = (error: unknown): CallFailure =>
  error instanceof CallFailure ? error : new CallFailure('internal');

const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Idempotency keys for a form: the same content gets the same key however often it is sent, other content another.
 * `forget` after success, so that the same purchase can be made twice on purpose.
 */
export const attempts = (makeKey: () => string = newKey) => {
  let last: { content: string; key: string } | undefined;
  return {
    keyFor: (content: unknown): string => {
      const text = JSON.stringify(content);
      if (last?.content !== text) last = { content: text, key: makeKey() };
      return last.key;
    },
    forget: (): void => {
      last = undefined;
    },
  };
};
