/** The states of a message we send, from the lowest; `played` is of voice messages only. */
export const messageStatuses = ['queued', 'sent', 'failed', 'delivered', 'read', 'played'] as const;
export type MessageStatus = (typeof messageStatuses)[number];

/** The place of a status on the ladder. */
export const statusRank = (status: MessageStatus): number => messageStatuses.indexOf(status);

/**
 * The status after a report, which may come late, twice or out of order: the higher of the two. A failure follows
 * `sent`, and is final but for proof that the message did arrive. Being a maximum, any order of the same reports ends
 * at the same status.
 */
export const advance = (current: MessageStatus, incoming: MessageStatus): MessageStatus =>
  statusRank(incoming) > statusRank(current) ? incoming : current;
