import { parseLossless } from '../whatsapp/lossless.ts';
import { type Delivery, type SplitEvent, splitWebhook } from '../whatsapp/split-webhook.ts';

interface Queue {
  send: (messages: readonly { body: object; group: string; dedupId: string }[]) => Promise<void>;
}

/** Where events go: statuses may overtake each other, all else keeps its order per person. */
export interface EventQueues {
  inbound: Queue;
  statuses: Queue;
}

/** The events of a body; undefined when its bytes are no JSON. */
export const eventsOf = (raw: Buffer, delivery: Delivery): SplitEvent[] | undefined => {
  let body: unknown;
  try {
    body = parseLossless(raw.toString('utf8'));
  } catch {
    return undefined;
  }
  return splitWebhook(body, delivery);
};

/**
 * Puts events on their queues; `again` makes those of a replay new to the queue. Throws unless all were accepted.
 */
export const queueEvents = async (events: readonly SplitEvent[], queues: EventQueues, again = ''): Promise<void> => {
  const messages = events.map(({ event, group, dedupId }) => ({ body: event, group, dedupId: dedupId + again }));
  const [statuses, inbound] = [true, false].map((wanted) =>
    messages.filter(({ body }) => (body.kind === 'status') === wanted),
  );
  await Promise.all([
    inbound?.length && queues.inbound.send(inbound),
    statuses?.length && queues.statuses.send(statuses),
  ]);
};
