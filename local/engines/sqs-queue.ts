import { randomUUID } from 'node:crypto';
import { AwsError } from './engine.ts';
import type { Alarm, Job } from './scheduler-alarm.ts';
import { invalidParameter } from './sqs-errors.ts';
import { type Accepted, type Draft, keyOfReceipt, type Message, receiptFor } from './sqs-message.ts';
import type { QueueSettings } from './sqs-settings.ts';
import { createSequence, createStock, type Stock, type StockOptions } from './sqs-stock.ts';

/** How a fault bends the way of a message that is sent. */
export interface Twist {
  kind: 'duplicate-delivery' | 'late-delivery' | 'reordered-delivery';
  /** How late. */
  seconds: number;
}

/** How many messages are where. */
interface Counts {
  ready: number;
  hidden: number;
  taken: number;
}

/** One queue. Every change holds at once, in memory; once `kept` has resolved it is on disk. */
export interface Queue {
  readonly settings: QueueSettings;
  put(drafts: readonly Draft[], twist?: Twist): Accepted[];
  /** Takes in a message of another queue, which `sourceArn` names where it gave the message up. */
  accept(message: Message, sourceArn?: string): Promise<void>;
  /** Up to so many messages, hidden from others for a while. */
  take(limit: number, visibilitySeconds?: number): Message[];
  /** Throws ReceiptHandleIsInvalid; InvalidParameterValue where a FIFO queue has taken the message back. */
  remove(receipt: string): void;
  /** Sets when a taken message shows again. Throws ReceiptHandleIsInvalid, InvalidParameterValue. */
  hide(receipt: string, seconds: number): void;
  /** Hands on all that is ready; `to` resolves when the message is on disk there. The number of messages. */
  handOn(to: (message: Message) => Promise<void>): number;
  peek(): Message[];
  purge(): void;
  counts(): Counts;
  /** Calls `listener` whenever there is something to take; the answer ends that. */
  onReady(listener: () => void): () => void;
  kept(): Promise<void>;
}

export interface QueueOptions extends StockOptions {
  alarm: Alarm;
}

/** Tells listeners that there is something to take, and wakes up for what shows by itself. */
const createBell = (stock: Stock, alarm: Alarm) => {
  const listeners = new Set<() => void>();
  let job: Job | undefined;
  const ring = (): void => {
    stock.refresh();
    arm();
    for (const listener of [...listeners]) {
      if (stock.lane.isEmpty()) return;
      listener();
    }
  };
  const arm = (): void => {
    const dueAt = stock.nextDue();
    if (job?.dueAt === dueAt) return;
    if (job) alarm.remove(job);
    job = dueAt === Number.POSITIVE_INFINITY ? undefined : { dueAt, run: async () => ring() };
    if (job) alarm.add(job);
  };
  arm();
  return {
    ring,
    /** For what was found out on the way: the one who found it may leave some of it to others. */
    ringSoon() {
      arm();
      if (!stock.lane.isEmpty() && listeners.size > 0) queueMicrotask(ring);
    },
    onReady(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

type Bell = ReturnType<typeof createBell>;

const createIntake = (stock: Stock, bell: Bell, options: QueueOptions) => {
  const { settings, clock } = options;
  const sequence = createSequence(options);

  const secondsHidden = ({ delaySeconds = settings.delaySeconds }: Draft, twist: Twist | undefined): number =>
    delaySeconds + (twist?.kind === 'late-delivery' ? twist.seconds : 0);
  const accept = (draft: Draft, twist: Twist | undefined): Accepted => {
    const repeated = sequence.find(draft);
    if (repeated) return repeated;
    const { delaySeconds: _, ...given } = draft;
    const now = clock.now();
    const messageId = randomUUID();
    const accepted = { messageId, sequence: sequence.next() };
    const visibleAt = now + secondsHidden(draft, twist) * 1000;
    const state = visibleAt > now ? 'hidden' : 'ready';
    const message: Message = { ...given, ...accepted, key: messageId, sentAt: now, state, visibleAt, receives: 0 };
    sequence.remember(draft, accepted);
    stock.put(message, twist?.kind === 'reordered-delivery');
    if (twist?.kind === 'duplicate-delivery') stock.put({ ...message, key: `${messageId}#2` });
    return accepted;
  };
  return {
    put(drafts: readonly Draft[], twist?: Twist): Accepted[] {
      stock.refresh();
      const accepted = drafts.map((draft) => accept(draft, twist));
      bell.ring();
      return accepted;
    },
    async accept(message: Message, sourceArn?: string): Promise<void> {
      const { receipt: _, ...given } = message;
      const now = clock.now();
      const own = { sourceArn, sequence: sequence.next(), sentAt: settings.isFifo ? now : message.sentAt };
      // a crash may have kept the giver from noting that it gave it already
      if (!stock.messages.has(message.key)) {
        stock.put({ ...given, ...own, state: 'ready', visibleAt: now });
      }
      bell.ring();
      await stock.kept();
    },
  };
};

const createOutlet = (stock: Stock, bell: Bell, { settings, clock }: QueueOptions) => {
  /** The message of this delivery; undefined where it is gone, or was delivered again since. */
  const find = (receipt: string): Message | undefined => {
    const key = keyOfReceipt(settings.name, receipt);
    if (key === undefined) {
      const text = `The input receipt handle "${receipt}" is not a valid receipt handle.`;
      throw new AwsError('ReceiptHandleIsInvalid', text, 404);
    }
    stock.refresh();
    const message = stock.messages.get(key);
    return message?.receipt === receipt ? message : undefined;
  };
  return {
    take(limit: number, visibilitySeconds = settings.visibilitySeconds): Message[] {
      stock.refresh();
      const now = clock.now();
      const taken = stock.lane.take(limit);
      for (const message of taken) {
        stock.change(message, {
          state: 'taken',
          visibleAt: now + visibilitySeconds * 1000,
          receives: message.receives + 1,
          firstReceivedAt: message.firstReceivedAt ?? now,
          receipt: receiptFor(settings.name, message.key, randomUUID()),
        });
      }
      bell.ringSoon();
      return taken.map((message) => ({ ...message }));
    },
    remove(receipt: string): void {
      const message = find(receipt);
      if (settings.isFifo && message && message.state !== 'taken') {
        throw invalidParameter('ReceiptHandle', receipt, 'The receipt handle has expired.');
      }
      if (message) stock.drop(message);
      bell.ring();
    },
    hide(receipt: string, seconds: number): void {
      const message = find(receipt);
      if (message?.state !== 'taken') {
        const reason = 'Message does not exist or is not available for visibility timeout change.';
        throw invalidParameter('ReceiptHandle', receipt, reason);
      }
      stock.change(message, { visibleAt: clock.now() + seconds * 1000 });
      bell.ring();
    },
  };
};

/** Opens a queue on what its journal held. */
export function createQueue(options: QueueOptions): Queue {
  const stock = createStock(options);
  const bell = createBell(stock, options.alarm);
  return {
    settings: options.settings,
    ...createIntake(stock, bell, options),
    ...createOutlet(stock, bell, options),
    handOn(to) {
      stock.refresh();
      const ready = stock.lane.take(Number.POSITIVE_INFINITY);
      for (const message of ready) stock.handOn(message, to(message));
      return ready.length;
    },
    peek: () => {
      stock.refresh();
      return [...stock.messages.values()].map((message) => ({ ...message }));
    },
    purge: stock.purge,
    counts() {
      stock.refresh();
      const counts: Counts = { ready: 0, hidden: 0, taken: 0 };
      for (const { state } of stock.messages.values()) counts[state] += 1;
      return counts;
    },
    onReady: bell.onReady,
    kept: stock.kept,
  };
}
