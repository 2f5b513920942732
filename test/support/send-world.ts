import type { Connection } from '../../functions/connections/connection.ts';
import type { Contact } from '../../functions/contacts/contact.ts';
import type { Conversation } from '../../functions/conversations/conversation.ts';
import {
  type Message,
  type OutboundState,
  type Place,
  placeOfCallbackData,
  ranks,
} from '../../functions/conversations/message.ts';
import { type MessageToQueue, type QueuePorts, queueMessage } from '../../functions/conversations/queue-message.ts';
import { type SendOutcome, type SendPorts, sendMessage } from '../../functions/conversations/send-message.ts';
import type { Settlement } from '../../functions/conversations/settle-message.ts';
import { type MessageSweep, sweepMessages } from '../../functions/conversations/sweep-messages.ts';
import { newConversation } from '../../functions/conversations/take-in.ts';
import type { Accepted } from '../../functions/whatsapp/graph-answer.ts';
import { GraphError } from '../../functions/whatsapp/graph-error.ts';
import { readContent } from '../../functions/whatsapp/outbound-content.ts';
import { openPace } from '../../functions/whatsapp/outbound-pace.ts';
import { HOUR, type MovedClock, movedClock, NOON, SECOND } from './clock.ts';
import { Crash } from './faults.ts';
import { aConnection, aContact } from './whatsapp-events.ts';

/** What Meta, or the way to her, does with one call. */
export type Mood =
  | 'accepts'
  | 'holds'
  | { refuses: number }
  /** The connection is never made. */
  | 'unreachable'
  /** Nothing arrives, and nothing comes back. */
  | 'lost'
  /** Meta takes it, and her answer is lost. */
  | 'taken-in-silence'
  /** A gateway answers 502; Meta may have taken it. */
  | { gateway: 'taken' | 'lost' };

/** Where our process dies, counted in calls of ports that write. */
export type Death = { write: number; when: 'before' | 'after' };

interface Row {
  message: Message;
  dueAt: string | undefined;
}

const accepts = (mood: Mood): boolean =>
  mood === 'accepts' ||
  mood === 'holds' ||
  mood === 'taken-in-silence' ||
  (typeof mood === 'object' && 'gateway' in mood && mood.gateway === 'taken');

const answerOf = (mood: Mood, metaId: string): Accepted => {
  if (mood === 'accepts') return { metaId, held: false };
  if (mood === 'holds') return { metaId, held: true };
  if (mood === 'unreachable') throw new GraphError({ mayHaveArrived: false });
  if (typeof mood === 'object' && 'refuses' in mood) {
    throw new GraphError({ code: mood.refuses, title: 'no', httpStatus: 400, mayHaveArrived: false });
  }
  if (typeof mood === 'object') throw new GraphError({ httpStatus: 502, mayHaveArrived: true });
  throw new GraphError({ mayHaveArrived: true });
};

/** A shop with one number and one customer, a Meta with moods, a queue and a table in memory. */
export const sendWorld = (change: { connection?: Partial<Connection>; contact?: Partial<Contact> } = {}) => {
  const clock: MovedClock = movedClock();
  const state = {
    connection: aConnection({ ...change.connection }),
    contact: aContact({ ...change.contact }),
    token: true,
    /** What Meta knows the customer by. */
    waId: undefined as string | undefined,
    files: new Set<string>(),
    moods: [] as Mood[],
    uploads: [] as Mood[],
    death: undefined as Death | undefined,
    writes: 0,
    dead: false,
    /** Runs while Meta has the message and we have no answer yet. */
    meanwhile: undefined as ((callbackData: string, metaId: string) => void) | undefined,
  };
  state.contact = { ...state.contact, shopId: state.connection.shopId };
  const { shopId, phoneNumberId } = state.connection;
  const fileKey = `uploads/${shopId}/a.jpg`;
  state.files.add(fileKey);
  const now = clock();
  const conversations = new Map<string, Conversation>();
  const first: Conversation = {
    ...newConversation({ shopId, phoneNumberId, contactId: state.contact.contactId }, NOON, now),
    lastMessageAt: new Date(now.getTime() - HOUR).toISOString(),
    windowEndsAt: new Date(now.getTime() + 24 * HOUR).toISOString(),
    version: 1,
  };
  conversations.set(first.conversationId, first);
  const rows = new Map<string, Row>();
  const lookups = new Map<string, Place>();
  const taken = new Map<string, string[]>();
  const calls: { body: Record<string, unknown> }[] = [];
  const queue: Place[] = [];
  const pauses: number[] = [];
  const reports: string[] = [];
  let metaIds = 0;

  const alive = () => {
    if (state.dead) throw new Crash('dead');
  };
  const write = async <Result>(run: () => Result): Promise<Result> => {
    alive();
    const dies = state.death?.write === state.writes ? state.death.when : undefined;
    state.writes += 1;
    if (dies) state.dead = true;
    if (dies === 'before') throw new Crash('before the write');
    const result = run();
    if (dies === 'after') throw new Crash('after the write');
    return result;
  };

  const keyOf = ({ at, messageId }: Place) => `${at}#${messageId}`;
  const rowOf = (place: Place): Row | undefined => rows.get(keyOf(place));
  const isUnchanged = (message: Message): boolean => {
    const row = rowOf(message)?.message;
    return (
      row !== undefined &&
      row.rank === message.rank &&
      row.attempt === message.attempt &&
      (message.claimedUntil === undefined || row.claimedUntil === message.claimedUntil)
    );
  };
  const put = (message: Message, dueAt: string | undefined) => rows.set(keyOf(message), { message, dueAt });
  const withoutClaim = ({ claimedUntil: _, ...message }: Message): Message => message;

  const settled = (message: Message, settlement: Settlement): Message => ({
    ...withoutClaim(message),
    rank: ranks[settlement.state],
    ...settlement,
  });

  const outbound: SendPorts['outbound'] & QueuePorts['outbound'] & Parameters<typeof sweepMessages>[1]['outbound'] = {
    findByMessageId: async (_, messageId) => {
      alive();
      const place = lookups.get(messageId);
      return place && rowOf(place)?.message;
    },
    commit: (message, conversation, { givenId }) =>
      write(() => {
        if (givenId && lookups.has(message.messageId)) return 'exists' as const;
        const version = conversations.get(conversation.conversationId)?.version ?? 0;
        if (version !== conversation.version - 1) return 'conflict' as const;
        conversations.set(conversation.conversationId, conversation);
        put(message, new Date(new Date(message.at).getTime() + 60 * SECOND).toISOString());
        if (givenId) lookups.set(message.messageId, message);
        queue.push(message);
        return 'committed' as const;
      }),
    load: async (_, place) => {
      alive();
      const row = rowOf(place);
      return row && { message: row.message, connection: state.connection, contact: state.contact };
    },
    claim: (message, { claimedUntil, media, asked }) =>
      write(() => {
        if (!isUnchanged(message)) return undefined;
        if (asked && asked.version !== state.contact.version) return undefined;
        const attempt = (message.attempt ?? 0) + 1;
        const set = { state: 'sending' as const, rank: ranks.sending, attempt, claimedUntil };
        const claimed = { ...message, ...set, ...(media && { media }) };
        put(claimed, claimedUntil);
        return claimed;
      }),
    putBack: (message, dueAt) =>
      write(() => {
        if (!isUnchanged(message)) return;
        const attempt = message.state === 'queued' ? (message.attempt ?? 0) + 1 : (message.attempt ?? 0);
        put({ ...withoutClaim(message), state: 'queued', rank: ranks.queued, attempt }, dueAt);
      }),
    settle: (message, settlement) =>
      write(() => {
        const row = rowOf(message)?.message;
        if (row === undefined) return;
        const may = settlement.state === 'sent' ? (row.rank ?? 0) < ranks.sent : isUnchanged(message);
        if (may) put(settled(row, settlement), undefined);
        if (settlement.state === 'sent') lookups.set(settlement.metaId, message);
      }),
    postpone: (message, dueAt) =>
      write(() => {
        if (isUnchanged(message)) put(message, dueAt);
      }),
    unlist: (message) =>
      write(() => {
        const row = rowOf(message);
        if (row && (row.message.rank ?? 0) > ranks.sending) put(row.message, undefined);
      }),
    failUnreadable: async () => 0,
    due: async (at) => {
      alive();
      const late = [...rows.values()].filter(({ dueAt }) => dueAt !== undefined && dueAt <= at.toISOString());
      return late.map(({ message }) => message);
    },
  };

  /** Meta tells by webhook what became of a message. */
  const tell = (callbackData: string, metaId: string, told: OutboundState) => {
    const place = placeOfCallbackData(callbackData);
    const row = place && rowOf(place)?.message;
    if (row && (row.rank ?? 0) < ranks[told])
      put({ ...withoutClaim(row), state: told, rank: ranks[told], metaId }, undefined);
  };

  const callMeta = async (body: object): Promise<Accepted> => {
    alive();
    calls.push({ body: body as Record<string, unknown> });
    const mood = state.moods.shift() ?? 'accepts';
    const callbackData = String((body as Record<string, unknown>)['biz_opaque_callback_data']);
    metaIds += 1;
    const metaId = `wamid.${metaIds}`;
    if (accepts(mood)) {
      taken.set(callbackData, [...(taken.get(callbackData) ?? []), metaId]);
      state.meanwhile?.(callbackData, metaId);
    }
    return { ...answerOf(mood, metaId), waId: state.waId };
  };

  const patience = {
    clock,
    pause: async (milliseconds: number) => {
      pauses.push(milliseconds);
      clock.advance(milliseconds);
    },
    random: () => 0,
    budgetMs: 2000,
  };

  const ports: SendPorts = {
    outbound,
    connections: {
      stop: (_, to, stateReason) =>
        write(() => {
          if (state.connection.state !== 'active') return 'left';
          state.connection = { ...state.connection, state: to, stateReason };
          return 'stopped';
        }),
    },
    contacts: {
      find: async () => state.contact,
      save: (contact) =>
        write(() => {
          state.contact = contact;
          return true;
        }),
      saveConsent: (contact) =>
        write(() => {
          state.contact = contact;
          return 'saved' as const;
        }),
    },
    openLine: async () => {
      alive();
      if (!state.token) return undefined;
      return {
        send: callMeta,
        upload: async (key) => {
          alive();
          if (!state.files.has(key)) return undefined;
          return answerOf(state.uploads.shift() ?? 'accepts', 'id-of-the-file').metaId;
        },
      };
    },
    pace: openPace(() => 0),
    patience,
    report: (what) => reports.push(what),
  };

  const conversation = () => conversations.get(first.conversationId) ?? first;

  const queueText = (body: string, more: Partial<MessageToQueue> = {}): Promise<Message> =>
    queueMessage(
      {
        shopId,
        connection: state.connection,
        contact: state.contact,
        conversation: conversation(),
        content: more.content ?? readContent({ type: 'text', text: { body } }),
        by: 'user:ana',
        origin: 'seller',
        ...more,
      },
      { outbound, conversations: { find: async (_, id) => conversations.get(id) }, patience },
    );

  const send = (place: Place): Promise<SendOutcome> => sendMessage({ shopId, ...place }, ports);

  const sweep = (): Promise<MessageSweep> =>
    sweepMessages(new Date(clock().getTime() + 40 * SECOND), {
      outbound,
      enqueue: (message) => write(() => void queue.push(message)),
      clock,
      report: (error) => {
        if (error instanceof Crash) throw error;
        reports.push(String(error));
      },
    });

  return {
    ...{ state, clock, ports, conversations, rows, taken, calls, queue, pauses, reports, outbound, conversation },
    ...{ queueText, send, sweep, tell, fileKey },
    /** A picture of the shop's, with words under it. */
    queuePicture: (media_key = fileKey): Promise<Message> =>
      queueText('', { content: readContent({ type: 'image', image: { media_key, caption: 'Esta' } }) }),
    row: (place: Place): Message => {
      const row = rowOf(place)?.message;
      if (row === undefined) throw new Error('no such row');
      return row;
    },
    messages: (): Message[] => [...rows.values()].map(({ message }) => message),
    dueAt: (place: Place) => rowOf(place)?.dueAt,
    /** A new process takes over from the one that died. */
    restart: () => {
      state.dead = false;
      state.death = undefined;
      ports.pace = openPace(() => 0);
    },
    /** The next process dies at this write. */
    dieAt: (writes: number, when: Death['when']) => {
      state.death = { write: state.writes + writes, when };
    },
  };
};

export type SendWorld = ReturnType<typeof sendWorld>;
