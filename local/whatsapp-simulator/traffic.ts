import type { Feed } from './feed.ts';
import type { TrafficRecord } from './simulator-api.ts';

/** The last calls and webhooks. */
export interface Traffic {
  begin(record: Omit<TrafficRecord, 'trafficId' | 'sequence'>): TrafficRecord;
  /** Adds to what was begun. */
  end(record: TrafficRecord, outcome: Partial<TrafficRecord>): void;
  find(trafficId: string): TrafficRecord | undefined;
  list(after: number, limit: number): TrafficRecord[];
  clear(): void;
}

const REMEMBERED = 500;
const MOST_TEXT = 64 * 1024;

const secretMembers =
  /("(?:access_token|client_secret|verify_token|pin|code|appsecret_proof)"\s*:\s*")(?:[^"\\]|\\.)*"/g;
const secretParameters = /((?:access_token|client_secret|input_token|code|appsecret_proof)=)[^&#]+/g;

/** A text for showing: without secrets, and not too long. */
const toShow = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const plain = text.replace(secretMembers, '$1…"').replace(secretParameters, '$1…');
  return plain.length > MOST_TEXT ? `${plain.slice(0, MOST_TEXT)}…` : plain;
};

const shown = (record: Partial<TrafficRecord>): Partial<TrafficRecord> => ({
  ...record,
  ...(record.url !== undefined && { url: toShow(record.url) ?? '' }),
  ...(record.requestBody !== undefined && { requestBody: toShow(record.requestBody) }),
  ...(record.responseBody !== undefined && { responseBody: toShow(record.responseBody) }),
});

/** Keeps the last records and tells each as it changes. */
export const createTraffic = (feed: Feed): Traffic => {
  const records: TrafficRecord[] = [];
  let sequence = 0;
  return {
    begin: (given) => {
      sequence += 1;
      const record = { ...given, ...shown(given), trafficId: `t${sequence}`, sequence } as TrafficRecord;
      records.push(record);
      if (records.length > REMEMBERED) records.shift();
      feed.publish({ kind: 'traffic', record });
      return record;
    },
    end: (record, outcome) => {
      Object.assign(record, shown(outcome));
      feed.publish({ kind: 'traffic', record });
    },
    find: (trafficId) => records.find((record) => record.trafficId === trafficId),
    list: (after, limit) => records.filter((record) => record.sequence > after).slice(-limit),
    clear: () => {
      records.length = 0;
    },
  };
};
