/**
 * How often a message of each queue is received before it is put aside: known to who makes the queues, and to their
 * consumers, for whom the last time is another one. What waits behind another in its group is received with it.
 */
export const maxReceives = {
  inbound: 20,
  statuses: 20,
  outbound: 30,
  media: 20,
  notices: 20,
  leads: 20,
  jobs: 20,
  personJobs: 20,
} as const;
