/** The queues that changes go on to. */
export const relayQueues = ['outbound', 'media', 'notices', 'leads', 'jobs', 'personJobs'] as const;
export type RelayQueue = (typeof relayQueues)[number];

/** A message for a queue. `group`: order within it, or fairness among groups; `dedupId`: a repeat within minutes is dropped. */
export interface Posting {
  body: object;
  group: string;
  dedupId?: string;
}

export type Post = (queue: RelayQueue, posting: Posting) => void;

/** The variable that tells where each queue is. */
export const relayVariables = {
  outbound: 'OUTBOUND_QUEUE_URL',
  media: 'MEDIA_QUEUE_URL',
  notices: 'NOTICES_QUEUE_URL',
  leads: 'LEADS_QUEUE_URL',
  jobs: 'JOBS_QUEUE_URL',
  personJobs: 'PERSON_JOBS_QUEUE_URL',
} as const satisfies Record<RelayQueue, string>;

type OpenQueue = (queue: RelayQueue) => { send: (messages: readonly Posting[]) => Promise<void> };

/** Gathers what the changes of one batch go on to, so that ten messages cost one call. */
export const openOutbox = (open: OpenQueue) => {
  const queues = new Map(relayQueues.map((name) => [name, open(name)]));
  let waiting: { queue: RelayQueue; posting: Posting }[] = [];
  return {
    post: ((queue, posting) => {
      waiting.push({ queue, posting });
    }) satisfies Post,

    /**
     * Sends what has gathered, each queue's in order. When it throws, the changes behind all of it must come again; by then
     * nothing is on its way any more.
     */
    flush: async (): Promise<void> => {
      const batch = waiting;
      waiting = [];
      const byQueue = Map.groupBy(batch, ({ queue }) => queue);
      const sends = [...byQueue].map(([queue, some]) => queues.get(queue)?.send(some.map(({ posting }) => posting)));
      const failed = (await Promise.allSettled(sends)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    },
  };
};
