import type { Message } from './sqs-message.ts';

/** The order in which a queue hands out what it holds. It reads the state of messages and changes none. */
export interface Lane {
  /** Takes in a message that is ready, or hidden by a delay. */
  add(message: Message, isFirst?: boolean): void;
  /** A message has become ready (again). */
  offer(message: Message): void;
  /** The next messages, at most so many; none of them is given again before it is offered. */
  take(limit: number): Message[];
  /** Forgets a message, in whatever state. */
  remove(message: Message): void;
  isEmpty(): boolean;
}

const first = <Value>(values: Iterable<Value>): Value | undefined => {
  for (const value of values) return value;
  return undefined;
};

/** Standard: about the order of arrival, and where senders name groups, each group has its turn. */
export const createStandardLane = (): Lane => {
  const groups = new Map<string, Map<string, Message>>();
  const nameOf = (message: Message) => message.group ?? '';
  const put = (message: Message, isFirst = false) => {
    const there = groups.get(nameOf(message)) ?? [];
    const own: [string, Message] = [message.key, message];
    if (there instanceof Map && !isFirst) there.set(...own);
    else groups.set(nameOf(message), new Map([own, ...there]));
  };
  const remove = (message: Message) => {
    const group = groups.get(nameOf(message));
    group?.delete(message.key);
    if (group?.size === 0) groups.delete(nameOf(message));
  };
  /** One message of the group whose turn it is; the others' turn comes before its next. */
  const takeOne = (): Message | undefined => {
    const [name = '', group] = first(groups) ?? [];
    const message = group && first(group.values());
    if (!message) return undefined;
    groups.delete(name);
    group.delete(message.key);
    if (group.size > 0) groups.set(name, group);
    return message;
  };
  return {
    add: (message, isFirst) => {
      if (message.state === 'ready') put(message, isFirst);
    },
    offer: (message) => put(message),
    take(limit) {
      const taken: Message[] = [];
      while (taken.length < limit) {
        const one = takeOne();
        if (!one) break;
        taken.push(one);
      }
      return taken;
    },
    remove,
    isEmpty: () => groups.size === 0,
  };
};

interface FifoGroup {
  all: Map<string, Message>;
  taken: Set<string>;
}

/** FIFO: within a group strictly the order of arrival, and none while one of the group is with a receiver. */
export const createFifoLane = (): Lane => {
  const groups = new Map<string, FifoGroup>();
  const open = new Set<string>();
  const refresh = (name: string, group: FifoGroup) => {
    const isOpen = group.taken.size === 0 && first(group.all.values())?.state === 'ready';
    if (!isOpen) open.delete(name);
    else open.add(name);
    if (group.all.size === 0) groups.delete(name);
  };
  const change = (message: Message, act: (group: FifoGroup) => void) => {
    const name = message.group ?? '';
    const group = groups.get(name) ?? { all: new Map(), taken: new Set() };
    groups.set(name, group);
    act(group);
    refresh(name, group);
  };
  const takeFrom = (group: FifoGroup, limit: number): Message[] => {
    const taken: Message[] = [];
    for (const message of group.all.values()) {
      if (taken.length === limit || message.state !== 'ready') break;
      taken.push(message);
    }
    for (const { key } of taken) group.taken.add(key);
    return taken;
  };
  return {
    add: (message) =>
      change(message, ({ all, taken }) => {
        all.set(message.key, message);
        if (message.state === 'taken') taken.add(message.key);
      }),
    offer: (message) => change(message, ({ taken }) => taken.delete(message.key)),
    take(limit) {
      const given: Message[] = [];
      for (const name of open) {
        const group = groups.get(name);
        if (!group || given.length === limit) break;
        given.push(...takeFrom(group, limit - given.length));
        refresh(name, group);
      }
      return given;
    },
    remove: (message) =>
      change(message, ({ all, taken }) => {
        all.delete(message.key);
        taken.delete(message.key);
      }),
    isEmpty: () => open.size === 0,
  };
};
