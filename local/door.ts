import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from './clock.ts';
import type { Access, AwsRequest, AwsResponse, DeliveryFault, Engine } from './engines/engine.ts';
import { AwsError } from './engines/engine.ts';
import { type FaultKind, faultError, isDeliveryFault, refusalError } from './engines/refusals.ts';
import { expiryOf, isSigned, readClaim, type SignatureClaim } from './engines/signature.ts';
import { compilePolicies, type PolicyDocument } from './iam.ts';

/** Above the largest file that WhatsApp takes, a document of 100 MB, with room for a form around it. */
const LARGEST_BODY = 128 * 1024 * 1024;

/** Somebody who may knock: a function with its role's policies, or a developer with all rights. */
export interface Principal {
  /** Function or role name. */
  name: string;
  accessKeyId: string;
  secretAccessKey: string;
  policies: PolicyDocument[] | 'all';
}

/** A failure to play on the next `times` matching calls. */
export interface Fault {
  service?: string;
  operation?: string;
  principal?: string;
  /** The faults of deliveries wait for a call that sends messages. */
  kind: FaultKind | DeliveryFault['kind'];
  times: number;
  /** By how much a late delivery is late. @default 30 */
  seconds?: number;
}

/** The one way in to every engine. */
export interface Door {
  /** Answers one call of an AWS client; never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** True for what an AWS client has signed, in the header or in the URL. */
  isAwsRequest(request: IncomingMessage): boolean;
  inject(fault: Fault): void;
  clearFaults(): void;
}

export interface DoorOptions {
  engines: Engine[];
  principals: Principal[];
  clock: Clock;
  region: string;
  accountId: string;
}

interface Guest {
  principal: Principal;
  decide: ReturnType<typeof compilePolicies>;
}

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new AwsError('EntityTooLarge', 'the body is larger than the local cloud takes', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const flatHeaders = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value ?? '')]));

const pathAndQuery = (url: string): [path: string, query: URLSearchParams] => {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, new URLSearchParams()] : [url.slice(0, mark), new URLSearchParams(url.slice(mark + 1))];
};

const toAwsRequest = async (request: IncomingMessage): Promise<AwsRequest> => {
  const [path, query] = pathAndQuery(request.url ?? '/');
  const headers = flatHeaders(request);
  const operation = headers['x-amz-target']?.split('.').at(-1);
  return { method: request.method ?? 'GET', path, query, headers, operation, body: await readBody(request) };
};

/** Asks every key and signature; throws the service's own error. */
const createGuestList = (options: DoorOptions) => {
  const guests = new Map<string, Guest>(
    options.principals.map((principal) => {
      const decide = principal.policies === 'all' ? () => 'allowed' as const : compilePolicies(principal.policies);
      return [principal.accessKeyId, { principal, decide }];
    }),
  );
  const assertFresh = (claim: SignatureClaim) => {
    if (claim.expiresSeconds === undefined) return;
    const expiry = expiryOf(claim);
    if (Number.isNaN(expiry)) throw refusalError(claim.service, 'expired', 'X-Amz-Expires must be 1 to 604800 seconds');
    if (options.clock.now() > expiry) throw refusalError(claim.service, 'expired');
  };
  return (request: AwsRequest, claim: SignatureClaim): Guest => {
    const guest = guests.get(claim.accessKeyId);
    if (!guest) throw refusalError(claim.service, 'unknown-key');
    if (claim.region !== options.region) {
      const text = `Credential should be scoped to a valid region: ${options.region}, not ${claim.region}`;
      throw refusalError(claim.service, 'bad-signature', text);
    }
    if (!isSigned(request, claim, guest.principal.secretAccessKey)) throw refusalError(claim.service, 'bad-signature');
    assertFresh(claim);
    return guest;
  };
};

const isSend = (service: string, operation = ''): boolean => service === 'sqs' && operation.startsWith('SendMessage');

const createFaults = () => {
  let faults: Fault[] = [];
  const isFor = (wanted: string | undefined, given: string | undefined) => wanted === undefined || wanted === given;
  return {
    inject: (fault: Fault) => {
      faults.push({ ...fault });
    },
    clearFaults: () => {
      faults = [];
    },
    /** The fault for this call, counted down. */
    take(service: string, operation: string | undefined, principal: string): Fault | undefined {
      const hit = faults.find(
        (fault) =>
          fault.times > 0 &&
          (!isDeliveryFault(fault.kind) || isSend(service, operation)) &&
          isFor(fault.service, service) &&
          isFor(fault.operation, operation) &&
          isFor(fault.principal, principal),
      );
      if (!hit) return undefined;
      hit.times -= 1;
      faults = faults.filter((fault) => fault.times > 0);
      return hit;
    },
  };
};

const firstDenied = (guest: Guest, accesses: Access[]): Access | undefined =>
  accesses.find((access) => guest.decide(access) !== 'allowed');

const toFailure = (error: unknown, engine: Engine): AwsResponse => {
  if (error instanceof AwsError) return engine.failure(error);
  console.error(`the local ${engine.service} failed`, error);
  return engine.failure(new AwsError('InternalServerError', String(error), 500));
};

const createWriter =
  (clock: Clock) => (response: ServerResponse, answer: AwsResponse, more: Record<string, string>) => {
    const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
    const bodiless = answer.status === 204 || answer.status === 304;
    response.writeHead(answer.status, {
      ...(bodiless ? {} : { 'content-length': String(body.length) }),
      'x-amzn-requestid': randomUUID(),
      // the SDK corrects the skew of its own clock by this header
      date: new Date(clock.now()).toUTCString(),
      ...answer.headers,
      ...more,
    });
    response.end(bodiless || response.req.method === 'HEAD' ? undefined : body);
  };

const strangerAnswer = (error: unknown): AwsResponse => {
  const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
  const body = JSON.stringify({ __type: known.code, message: known.message });
  return { status: known.status, headers: { 'content-type': 'application/json' }, body };
};

/** Answers a call as the fault wants it; undefined: the caller shall find the line dead. */
const play = async ({ kind, seconds = 30 }: Fault, engine: Engine, request: AwsRequest) => {
  if (isDeliveryFault(kind)) return engine.handle({ ...request, deliveryFault: { kind, seconds } });
  if (kind === 'timeout-after-commit') await engine.handle(request);
  if (kind.startsWith('timeout')) return undefined;
  throw faultError(kind, engine.service, request);
};

/** Everything between a call that is read and its answer. */
const createService = (options: DoorOptions, takeFault: ReturnType<typeof createFaults>['take']) => {
  const recognize = createGuestList(options);
  /** Undefined: the caller shall find the line dead. */
  return async (engine: Engine, request: AwsRequest, claim: SignatureClaim): Promise<AwsResponse | undefined> => {
    // a browser asks before it sends, and cannot sign that question
    if (request.method === 'OPTIONS') return engine.handle(request);
    request.operation ??= engine.operationOf?.(request);
    const guest = recognize(request, claim);
    const { name } = guest.principal;
    const denied = firstDenied(guest, engine.access(request));
    if (denied) return engine.denied(denied, `arn:aws:sts::${options.accountId}:assumed-role/${name}/local`);
    const fault = takeFault(engine.service, request.operation, name);
    return fault ? play(fault, engine, request) : engine.handle(request);
  };
};

/**
 * Makes the door to the engines: finds the service and the caller in the signature, verifies it, asks the caller's
 * policies about every permission that the call needs, plays injected faults, and lets the engine answer. Throws where
 * a principal's policy has a statement form that the evaluator does not know.
 */
export function createDoor(options: DoorOptions): Door {
  const engines = new Map(options.engines.map((engine) => [engine.service, engine]));
  const faults = createFaults();
  const serve = createService(options, faults.take);
  const write = createWriter(options.clock);

  const answer = async (raw: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await toAwsRequest(raw);
    const claim = readClaim(request);
    const engine = engines.get(claim?.service ?? '');
    if (!claim || !engine) {
      const text = `the local cloud has no service ${claim?.service ?? 'for a call that is not signed'}`;
      throw new AwsError('UnknownServiceException', text, 404);
    }
    const result = await serve(engine, request, claim).catch((error: unknown) => toFailure(error, engine));
    if (result) write(response, result, engine.corsHeaders?.(request) ?? {});
    else raw.socket.destroy();
  };

  return {
    handle: (request, response) =>
      answer(request, response).catch((error: unknown) => {
        if (response.headersSent || request.socket.destroyed) request.socket.destroy();
        else write(response, strangerAnswer(error), { connection: 'close' });
      }),
    isAwsRequest: (request) =>
      (request.headers.authorization ?? '').startsWith('AWS4-HMAC-SHA256') ||
      pathAndQuery(request.url ?? '')[1].has('X-Amz-Algorithm'),
    inject: faults.inject,
    clearFaults: faults.clearFaults,
  };
}
