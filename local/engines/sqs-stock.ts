import type { Clock } from '../clock.ts';
import { createDueList } from './sqs-due.ts';
import type { Journal, QueueContent } from './sqs-journal.ts';
import { createFifoLane, createStandardLane } from './sqs-lanes.ts';
import type { Accepted, Draft, Message } from './sqs-message.ts';
import type { QueueSettings } from './sqs-settings.ts';

/** What a queue is made of. */
export interface StockOptions {
  settings: QueueSettings;
  clock: Clock;
  content: QueueContent;
  journal: Journal;
  /** Takes what this queue gives up; resolves when it is on disk there. */
  giveUp(message: Message): Promise<void>;
}

const DEDUP_MS = 5 * 60_000;

/** Where the messages are: in their order, and on the list of what shows by itself. */
const createPlaces = ({ settings, content: { messages } }: StockOptions) => {
  const lane = settings.isFifo ? createFifoLane() : createStandardLane();
  const due = createDueList<Message>();
  const enter = (message: Message, isFirst = false): void => {
    messages.set(message.key, message);
    lane.add(message, isFirst);
    if (message.state !== 'ready') due.add(message.visibleAt, message);
  };
  const isStill = (message: Message, at: number) =>
    messages.get(message.key) === message && message.state !== 'ready' && message.visibleAt === at;
  for (const message of messages.values()) enter(message);
  return {
    lane,
    enter,
    nextDue: due.next,
    delay: (message: Message): void => due.add(message.visibleAt, message),
    forget(message: Message): void {
      messages.delete(message.key);
      lane.remove(message);
    },
    takeDue: (now: number): Message[] =>
      due
        .takeUntil(now)
        .filter(({ thing, at }) => isStill(thing, at))
        .map(({ thing }) => thing),
  };
};

/** Messages are in the order of their age. */
const expiredBy = (messages: ReadonlyMap<string, Message>, sentAt: number): Message[] => {
  const expired: Message[] = [];
  for (const message of messages.values()) {
    if (message.sentAt > sentAt) break;
    expired.push(message);
  }
  return expired;
};

/** What is on its way to another queue: gone from here only once it is on disk there. A crash loses nothing of it. */
const createHandover = (journal: Journal) => {
  let handedOn: Promise<unknown> = Promise.resolve();
  return {
    add(message: Message, kept: Promise<void>): void {
      const noted = kept.then(() => {
        journal.note({ drop: message.key });
        return journal.kept();
      });
      handedOn = Promise.all([handedOn, noted]);
    },
    done: () => handedOn,
  };
};

/** The messages of a queue, and what becomes of them by themselves. */
export const createStock = (options: StockOptions) => {
  const { settings, clock, content, journal, giveUp } = options;
  const { messages } = content;
  const { lane, enter, forget, ...places } = createPlaces(options);
  const drop = (message: Message): void => {
    forget(message);
    journal.note({ drop: message.key });
  };
  const handover = createHandover(journal);
  const handOn = (message: Message, kept: Promise<void>): void => {
    forget(message);
    handover.add(message, kept);
  };
  const reveal = (message: Message): void => {
    const { redrive } = settings;
    const isGivenUp = message.state === 'taken' && redrive !== undefined && message.receives >= redrive.maxReceives;
    message.state = 'ready';
    if (isGivenUp) handOn(message, giveUp(message));
    else lane.offer(message);
  };
  return {
    lane,
    messages,
    drop,
    handOn,
    nextDue: places.nextDue,
    put(message: Message, isFirst?: boolean) {
      enter(message, isFirst);
      journal.note({ put: { ...message } });
    },
    change(message: Message, change: Partial<Message>) {
      Object.assign(message, change);
      places.delay(message);
      journal.note({ set: { key: message.key, ...change } });
    },
    /** Brings everything to where it is by now. */
    refresh() {
      const now = clock.now();
      places.takeDue(now).forEach(reveal);
      expiredBy(messages, now - settings.retentionSeconds * 1000).forEach(drop);
    },
    purge() {
      for (const message of [...messages.values()]) forget(message);
      journal.note({ purge: true });
    },
    async kept() {
      await handover.done();
      await journal.kept();
    },
  };
};

export type Stock = ReturnType<typeof createStock>;

/** Knows what a FIFO queue has accepted already, and numbers the rest. A standard queue does neither. */
export const createSequence = ({ settings, clock, content, journal }: StockOptions) => {
  const { seen } = content;
  const nameOf = ({ dedupId, group }: Draft) => (settings.dedupsPerGroup ? `${group} ${dedupId}` : `${dedupId}`);
  const forgetOld = (now: number) => {
    for (const [name, { at }] of seen) {
      if (at + DEDUP_MS > now) return;
      seen.delete(name);
    }
  };
  return {
    next(): string | undefined {
      if (!settings.isFifo) return undefined;
      content.sequence += 1n;
      return String(content.sequence).padStart(20, '0');
    },
    find(draft: Draft): Accepted | undefined {
      forgetOld(clock.now());
      // of a standard queue nothing was ever remembered
      return seen.get(nameOf(draft));
    },
    remember(draft: Draft, accepted: Accepted): void {
      if (!settings.isFifo) return;
      const entry = { ...accepted, at: clock.now() };
      seen.set(nameOf(draft), entry);
      journal.note({ seen: [nameOf(draft), entry] });
    },
  };
};
