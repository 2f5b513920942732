import { createHash } from 'node:crypto';

/** What the archive knows of a body by its name. */
export interface ArchivedBody {
  /** Whose secret it was signed with: `shared`, or a webhook key. */
  app: string;
  /** ISO 8601, milliseconds. */
  receivedAt: string;
}

/** Where the archive keeps the bodies of a day (`2026-11-21`). */
export const dayPrefix = (day: string): string => `webhooks/${day.replaceAll('-', '/')}/`;

/** Under which name the archive keeps a body: in the order of their coming, each copy by itself. */
export const archiveKeyOf = (raw: Uint8Array, { app, receivedAt }: ArchivedBody): string => {
  const time = receivedAt.slice(11).replace(/\D/g, '');
  const digest = createHash('sha256').update(raw).digest('hex').slice(0, 16);
  const parts = app === 'shared' ? [time, digest] : [time, digest, app];
  return `${dayPrefix(receivedAt.slice(0, 10))}${parts.join('-')}.json.gz`;
};

const NAME =
  /^webhooks\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)(\d\d)(\d\d)(\d{3})-[0-9a-f]{16}(?:-([0-9a-f]{32}))?\.json\.gz$/;

/** What a name in the archive says; undefined when it is not one of ours. */
export const readArchiveKey = (key: string): ArchivedBody | undefined => {
  const [, year, month, day, hour, minute, second, millisecond, app = 'shared'] = NAME.exec(key) ?? [];
  if (year === undefined) return undefined;
  return { app, receivedAt: `${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z` };
};
