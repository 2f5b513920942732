/**
 * Until when each version of the Graph API works. Later ones are not known to end.
 * Source: Meta for Developers, "Graph API: Changelog", table of versions, as of 2026-11.
 */
const lastDays: Readonly<Record<string, string>> = {
  'v20.0': '2026-09-24',
  'v21.0': '2027-01-21',
  'v22.0': '2027-05-20',
  'v23.0': '2027-10-08',
  'v24.0': '2028-02-18',
  'v25.0': '2028-07-29',
};

const OLDEST_KNOWN = 20;

/** The oldest that has everything we ask for: the messaging limit of a portfolio came with it. */
const OLDEST_SPOKEN = 24;

/** What a new connection speaks unless told otherwise: it gives the limits of a portfolio, and lasts long enough. */
export const defaultGraphVersion = 'v25.0';

/** The day on which a version of the Graph API stops working, as `2027-01-21`; undefined while none is known. */
export const lastDayOf = (graphVersion: string): string | undefined => {
  const known = lastDays[graphVersion];
  if (known !== undefined) return known;
  return Number(graphVersion.slice(1)) < OLDEST_KNOWN ? lastDays[`v${OLDEST_KNOWN}.0`] : undefined;
};

/** True for a version that we can speak. */
export const isSpoken = (graphVersion: string): boolean => Number(graphVersion.slice(1)) >= OLDEST_SPOKEN;
