import { type DynamoDBClient, ThrottlingException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { seededRandom } from './random.ts';

/**
 * What can go wrong with one call, as the SDK sees it:
 * - `conflict`: a transaction met another on the same item; nothing was written
 * - `throttle`: the table has had enough for now; nothing was written
 * - `timeout-before`, `timeout-after`: no answer came, before or after the work was done; the SDK asks again
 * - `crash-before`, `crash-after`: as the time-outs, but nobody lives to ask again
 */
export type Fault = 'conflict' | 'throttle' | 'timeout-before' | 'timeout-after' | 'crash-before' | 'crash-after';

/** One attempt of one call. */
export interface Attempt {
  /** `TransactWriteItems`, `BatchGetItem`… */
  operation: string;
  /** Its place among all attempts since the plan was made, from 0. */
  number: number;
}

/** Which fault an attempt meets, if any. */
export type FaultPlan = (attempt: Attempt) => Fault | undefined;

/** Our own process died: nothing of ours may catch this and go on. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

export const noFaults: FaultPlan = () => undefined;

/** The same fault for the first `times` attempts of an operation. */
export const firstAttempts = (operation: string, fault: Fault, times = 1): FaultPlan => {
  let left = times;
  return (attempt) => {
    if (attempt.operation !== operation || left === 0) return undefined;
    left -= 1;
    return fault;
  };
};

const isWrite = (operation: string): boolean => /^(TransactWrite|Put|Update|Delete)/.test(operation);

/** Faults by chance, the same for the same seed. A conflict can only meet a transaction, a time-out after only a write. */
export const randomFaults = (seed: number, chances: Partial<Record<Fault, number>>): FaultPlan => {
  const random = seededRandom(seed);
  return ({ operation }) => {
    let left = random();
    for (const [fault, chance] of Object.entries(chances) as [Fault, number][]) {
      left -= chance;
      if (left >= 0) continue;
      if (fault === 'conflict') return operation === 'TransactWriteItems' ? fault : undefined;
      return !fault.endsWith('-after') || isWrite(operation) ? fault : undefined;
    }
    return undefined;
  };
};

const timeout = () => Object.assign(new Error('the connection timed out'), { name: 'TimeoutError' });

const cancelled = (reasons: readonly string[]) =>
  new TransactionCanceledException({
    message: `Transaction cancelled [${reasons.join(', ')}]`,
    CancellationReasons: reasons.map((Code) => ({ Code })),
    $metadata: {},
  });

const throttled = () => new ThrottlingException({ message: 'Rate exceeded', $metadata: {} });

interface TransactInput {
  TransactItems?: Record<string, { Key?: Record<string, unknown>; Item?: Record<string, unknown> }>[];
}

/** The items that a transaction writes or checks. */
const itemsOf = (input: unknown): string[] =>
  ((input as TransactInput).TransactItems ?? []).map((action) => {
    const [target] = Object.values(action);
    const { pk, sk } = target?.Key ?? target?.Item ?? {};
    return JSON.stringify([pk, sk]);
  });

const failBefore = (fault: Fault | undefined, input: unknown): void => {
  if (fault === 'conflict') throw cancelled(itemsOf(input).map(() => 'TransactionConflict'));
  if (fault === 'throttle') throw throttled();
  if (fault === 'timeout-before') throw timeout();
  if (fault === 'crash-before') throw new Crash('before the work was done');
};

const failAfter = (fault: Fault | undefined): void => {
  if (fault === 'timeout-after') throw timeout();
  if (fault === 'crash-after') throw new Crash('after the work was done');
};

/** Does work as it comes. */
const asItComes = <Result>(work: () => Promise<Result>): Promise<Result> => work();

/**
 * Does one piece of work at a time, each time any one of those that wait: once all actors stand still, chance says whose
 * call goes next. So every order of calls may come about, not only the usual one, and a seed brings it about again.
 */
const oneByOne = (random: () => number): typeof asItComes => {
  const waiting: (() => void)[] = [];
  let busy = false;
  const goOn = () => {
    if (busy || waiting.length === 0) return;
    busy = true;
    setImmediate(() => {
      const [go] = waiting.splice(Math.floor(random() * waiting.length), 1);
      go?.();
    });
  };
  return async (work) => {
    await new Promise<void>((go) => {
      waiting.push(go);
      goOn();
    });
    try {
      return await work();
    } finally {
      busy = false;
      goOn();
    }
  };
};

/** The faults of one client. */
export interface Faults {
  /** From now on attempts meet what the plan says. */
  plan: (plan: FaultPlan) => void;
  /** No more faults. */
  stop: () => void;
  /** From now on transactions that are under way at the same time on the same item conflict, as they do in AWS. */
  conflictInFlight: () => void;
  /** From now on calls that come at once are done one by one, in an order of chance. */
  shuffle: (random: () => number) => void;
  /** How often each fault was met. */
  met: Map<Fault, number>;
}

/** Puts faults between a client and its table. */
export const injectFaults = (client: DynamoDBClient): Faults => {
  const met = new Map<Fault, number>();
  const inFlight = new Set<string>();
  let plan: FaultPlan = noFaults;
  let attempts = 0;
  let crowded = false;
  let inOrder = asItComes;

  const count = (fault: Fault) => met.set(fault, (met.get(fault) ?? 0) + 1);
  const whileInFlight = async <Result>(input: unknown, work: () => Promise<Result>): Promise<Result> => {
    const items = crowded ? itemsOf(input) : [];
    const busy = items.map((item) => inFlight.has(item));
    if (busy.includes(true)) {
      count('conflict');
      throw cancelled(busy.map((one) => (one ? 'TransactionConflict' : 'None')));
    }
    for (const item of items) inFlight.add(item);
    try {
      return await work();
    } finally {
      for (const item of items) inFlight.delete(item);
    }
  };

  client.middlewareStack.add(
    (next, context) => async (args) => {
      const operation = String(context['commandName']).replace(/Command$/, '');
      const fault = plan({ operation, number: attempts });
      attempts += 1;
      if (fault) count(fault);
      failBefore(fault, args.input);
      const result = await inOrder(() => whileInFlight(args.input, () => next(args)));
      failAfter(fault);
      return result;
    },
    // inside of the SDK's own retries, so that it sees every fault as if it came from the table
    { step: 'deserialize', priority: 'high', name: 'faults' },
  );

  return {
    plan: (next) => {
      plan = next;
      attempts = 0;
    },
    stop: () => {
      plan = noFaults;
      crowded = false;
      inOrder = asItComes;
    },
    conflictInFlight: () => {
      crowded = true;
    },
    shuffle: (random) => {
      inOrder = oneByOne(random);
    },
    met,
  };
};
