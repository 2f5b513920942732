import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Connection } from '../connections/connection.ts';
import type { Place } from './message.ts';
import { type Line, type SendOutcome, type SendPorts, sendMessage } from './send-message.ts';
import { type ReadPorts, sendRead } from './send-read.ts';

const id = () => z.string().check(z.minLength(1), z.maxLength(300));

/** What the queue of outgoing messages carries: keys only, for what is sent is in the table. */
export const SendTask = lazy(() =>
  z.discriminatedUnion('do', [
    z.object({ do: z.literal('send'), shopId: id(), conversationId: id(), at: id(), messageId: id() }),
    z.object({ do: z.literal('read'), shopId: id(), phoneNumberId: id(), metaId: id() }),
  ]),
);
export type SendTask = z.infer<Lazy<typeof SendTask>>;

/** What sending and reading need. */
export interface SendTaskPorts extends SendPorts {
  connections: SendPorts['connections'] & ReadPorts['connections'];
  openLine: (connection: Connection) => Promise<(Line & Awaited<ReturnType<ReadPorts['openLine']>>) | undefined>;
}

/** Does one task of the queue, as {@link sendMessage} and {@link sendRead} do. `tries` counts from 1. */
export const runSendTask = (task: SendTask, delivery: { tries: number }, ports: SendTaskPorts): Promise<SendOutcome> =>
  task.do === 'send' ? sendMessage(task, ports) : sendRead(task, delivery, ports);

/** A row as a message of the queue, in the order of its conversation. `turn` tells one sending on from another. */
export const taskOf = ({ shopId, conversationId, at, messageId }: Place & { shopId: string }, turn = '') => ({
  body: { do: 'send', shopId, conversationId, at, messageId } satisfies SendTask,
  group: conversationId,
  dedupId: `${messageId}${turn && `-${turn}`}`,
});
