/** What to do after an error of Meta's, with the codes that call for it (Meta, "Cloud API error codes"). */
export const reactionCodes = {
  'stop-connection': [0, 3, 10, 33, 190, 368, 131005, 131031, 131037, 131042, 131045, 133010, 134011],
  'retry-later': [1, 2, 131000, 131016, 131057, 134101, 134102],
  'slow-down': [4, 80007, 130429, 132069],
  'wait-for-pair': [131056],
  'wait-a-day': [131049],
  'pause-campaigns': [131048, 131064],
  'fix-template': [132000, 132001, 132007, 132012, 132015, 132016, 132068],
  'use-template': [131047],
} as const;
export type Reaction = keyof typeof reactionCodes | 'give-up';

/** The reaction to a code; to an unknown one, by the class of its HTTP status. */
export const reactionTo = (code: number, httpStatus?: number): Reaction => {
  if (code >= 200 && code <= 299) return 'stop-connection';
  const known = Object.entries(reactionCodes).find(([, codes]) => codes.some((one) => one === code));
  if (known) return known[0] as Reaction;
  if (httpStatus === 429) return 'slow-down';
  return httpStatus !== undefined && httpStatus >= 500 ? 'retry-later' : 'give-up';
};
