import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { Clock } from '#core/clock.ts';
import { idField, timeField } from '#core/fields.ts';
import { lazy } from '#core/lazy.ts';
import type { Connection } from '../connections/connection.ts';
import type { Download, MediaInfo } from '../whatsapp/graph-answer.ts';
import { partsOfConversationId } from './conversation.ts';
import type { Message, MessageMedia, Place } from './message.ts';
import { extensionOf, realType } from './sniff-type.ts';

/** Which message's file to fetch, as it stands on the queue. */
export const FetchMedia = lazy(() =>
  z.object({ shopId: idField(), conversationId: z.string(), at: timeField(), messageId: idField() }),
);

/** Soon when it was chance, then over the week that Meta keeps the file: seconds until the second try, the third… */
const waits = [30, 120, 600, 1800, 3600, 10_800, 21_600, ...Array.from({ length: 12 }, () => 43_000)];

/** How long to wait after the nth try has failed; undefined when that was the last. */
export const secondsUntilNextFetch = (tries: number): number | undefined => waits[tries - 1];

/** Meta, asked with the token of a connection. */
export interface MediaLine {
  /** Undefined when Meta has no such file any more. */
  mediaInfo: (mediaId: string) => Promise<MediaInfo | undefined>;
  download: (url: string) => Promise<Download>;
}

export interface FetchMediaPorts {
  messages: {
    find: (shopId: string, place: Place) => Promise<Message | undefined>;
    saveMedia: (shopId: string, place: Place, media: MessageMedia, now: Date) => Promise<boolean>;
  };
  findConnection: (phoneNumberId: string) => Promise<Connection | undefined>;
  /** Undefined when there is no token of this connection. */
  openLine: (connection: Connection) => Promise<MediaLine | undefined>;
  bucket: {
    put: (key: string, body: Buffer, options: { contentType: string }) => Promise<void>;
    remove: (key: string) => Promise<void>;
  };
  clock: Clock;
}

/** Meta keeps the file of an inbound message for a week. Source: Meta, "Media". */
const LIFE_DAYS = 7;
const DAY = 86_400_000;

/** An address lives five minutes; one that has expired is asked for anew. */
const ADDRESSES = 3;

/** `skipped`: nothing to fetch, or fetched before. */
export type FetchOutcome = 'stored' | 'failed' | 'skipped';

const isSameDigest = (told: string, body: Buffer): boolean => {
  const actual = createHash('sha256').update(body).digest();
  // Meta writes it in base 64 in webhooks and in hexadecimal elsewhere
  const wanted = Buffer.from(told, /^[0-9a-f]{64}$/i.test(told) ? 'hex' : 'base64');
  return wanted.length === actual.length && timingSafeEqual(wanted, actual);
};

const problemOf = (body: Buffer, info: MediaInfo): string | undefined => {
  if (body.length === 0) return 'empty';
  if (info.sha256) return isSameDigest(info.sha256, body) ? undefined : 'digest';
  return info.bytes === undefined || info.bytes === body.length ? undefined : 'size';
};

const downloadFresh = async (
  connection: Connection,
  mediaId: string,
  { openLine }: FetchMediaPorts,
): Promise<{ body: Buffer; info: MediaInfo } | 'gone' | 'too-large'> => {
  const line = await openLine(connection);
  if (line === undefined) throw new Error('the vault has no token of this connection');
  for (let address = 0; address < ADDRESSES; address += 1) {
    const info = await line.mediaInfo(mediaId);
    if (info === undefined) return 'gone';
    const download = await line.download(info.url);
    if (download === 'too-large') return download;
    if (download !== 'gone') return { body: download.body, info };
  }
  return 'gone';
};

/** Where the file of a message lives. The shop leads, so that one shop's files can be listed and removed. */
const mediaKey = (shopId: string, { conversationId, messageId }: Place, mimeType: string): string =>
  `media/${shopId}/${conversationId}/${messageId}.${extensionOf(mimeType)}`;

const fetched = async (
  { shopId, media, ...place }: Message,
  connection: Connection,
  ports: FetchMediaPorts,
): Promise<MessageMedia> => {
  const found = await downloadFresh(connection, media?.metaId ?? '', ports);
  if (typeof found === 'string') return { ...media, state: 'failed', problem: found };
  const declared = found.info.mimeType.split(';')[0]?.trim().toLowerCase() || 'application/octet-stream';
  const mimeType = realType(found.body, declared);
  const problem = problemOf(found.body, found.info) ?? (mimeType === undefined ? 'type' : undefined);
  if (problem !== undefined || mimeType === undefined) return { ...media, state: 'failed', problem };
  const key = mediaKey(shopId, place, mimeType);
  await ports.bucket.put(key, found.body, { contentType: mimeType });
  return { ...media, state: 'stored', key, mimeType, bytes: found.body.length };
};

/**
 * Brings the file of a message from Meta into our own storage, once its size, digest and real type are what Meta said.
 * What fails for now is thrown, to be tried again within the week that Meta keeps it; `lastTry` or a week later it is
 * noted as failed, with the reason, and nothing is thrown.
 */
export const fetchMedia = async (
  { shopId, lastTry, ...place }: Place & { shopId: string; lastTry: boolean },
  ports: FetchMediaPorts,
): Promise<FetchOutcome> => {
  const message = await ports.messages.find(shopId, place);
  if (message?.media?.state !== 'pending' || message.media.metaId === undefined) return 'skipped';
  const now = ports.clock();
  const save = async (media: MessageMedia): Promise<FetchOutcome> => {
    const isSaved = await ports.messages.saveMedia(shopId, place, media, now);
    // the message was erased with its person meanwhile
    if (!isSaved && media.key !== undefined) await ports.bucket.remove(media.key);
    return media.state === 'stored' ? 'stored' : 'failed';
  };
  if (now.getTime() - new Date(message.at).getTime() > LIFE_DAYS * DAY) {
    return save({ ...message.media, state: 'failed', problem: 'expired' });
  }
  const connection = await ports.findConnection(partsOfConversationId(place.conversationId)?.phoneNumberId ?? '');
  if (connection?.shopId !== shopId) return save({ ...message.media, state: 'failed', problem: 'no-connection' });
  try {
    return await save(await fetched(message, connection, ports));
  } catch (error) {
    if (!lastTry) throw error;
    return save({ ...message.media, state: 'failed', problem: 'unreachable' });
  }
};
