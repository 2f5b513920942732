import { GraphRefusal } from './graph-refusal.ts';

/** Versions and the day until which each is answered. Source: Meta, "Graph API changelog". */
const versions: Readonly<Record<string, string>> = {
  'v21.0': '2027-01-21',
  'v22.0': '2027-05-20',
  'v23.0': '2027-10-08',
  'v24.0': '2028-02-18',
  'v25.0': '2028-07-29',
  'v26.0': '2028-12-31',
};

const newest = 'v26.0';

/** Refuses a version that is unknown or no longer answered. Real Meta serves an expired one as the oldest alive; a pin that is too old must show here. */
export const assertVersion = (version: string, path: string, now: number): void => {
  const until = versions[version];
  if (until !== undefined && now < Date.parse(until)) return;
  const isPast = until !== undefined || Number.parseFloat(version.slice(1)) < 21;
  if (isPast) {
    throw new GraphRefusal(2635, undefined, {
      message: `(#2635) You are calling a deprecated version of the API. Please update to the latest version: ${newest}.`,
    });
  }
  throw new GraphRefusal(2500, undefined, { message: `Unknown path components: ${path}` });
};
