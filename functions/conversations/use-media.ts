import type { Clock } from '#core/clock.ts';
import { AppError, invalidField, notFound } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { mediaKeysOf } from '../whatsapp/outbound-media.ts';
import {
  isOutgoingKey,
  type MediaLink,
  type MediaUpload,
  maySend,
  outgoingKey,
  type RequestMediaUpload,
} from './media-file.ts';
import type { Message } from './message.ts';
import { extensionOf } from './sniff-type.ts';

export interface MediaPorts {
  bucket: {
    presignPut: (key: string, headers: Record<string, string>, now: Date, seconds: number) => Promise<string>;
    presignGet: (key: string, options: { seconds: number; now: Date; disposition?: string }) => Promise<string>;
    head: (key: string) => Promise<{ bytes: number; contentType: string } | undefined>;
  };
  clock: Clock;
}

const UPLOAD_SECONDS = 600;
const LINK_SECONDS = 300;

const after = (now: Date, seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();

/** Gives an address that takes one file of exactly this type and size for ten minutes. */
export const requestMediaUpload = async (
  { shopId, input }: { shopId: string; input: RequestMediaUpload },
  { bucket, clock }: MediaPorts,
): Promise<MediaUpload> => {
  const now = clock();
  const mediaKey = outgoingKey(shopId, newId(now), input.contentType);
  const headers = { 'content-type': input.contentType, 'content-length': String(input.bytes) };
  const url = await bucket.presignPut(mediaKey, headers, now, UPLOAD_SECONDS);
  return { mediaKey, url, method: 'PUT', headers, expiresAt: after(now, UPLOAD_SECONDS) };
};

/** A name that a file system takes, or the message's id. */
const fileNameOf = ({ media, messageId }: Message): string => {
  const given = media?.fileName?.replace(/[^\p{L}\p{N}._ -]/gu, '_').slice(-100);
  return given || `${messageId}.${extensionOf(media?.mimeType ?? '')}`;
};

/**
 * An address that gives a message's file for five minutes, only to be saved: what a customer sends is never shown as a
 * page of ours. Throws `not-found` when the message has no file, `media.not-stored` while it is not here.
 */
export const linkToMedia = async (message: Message, { bucket, clock }: MediaPorts): Promise<MediaLink> => {
  const { media } = message;
  if (media === undefined) throw notFound();
  if (media.state !== 'stored' || media.key === undefined) {
    throw new AppError('media.not-stored', `the file is ${media.state}`, { details: { state: media.state } });
  }
  const now = clock();
  const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(fileNameOf(message))}`;
  const url = await bucket.presignGet(media.key, { seconds: LINK_SECONDS, now, disposition });
  return { url, expiresAt: after(now, LINK_SECONDS) };
};

/**
 * Lets content pass whose files, if it names any of ours, are this shop's, uploaded, and of a type and size that may be
 * sent.
 * Throws `request.invalid` otherwise.
 */
export const assertUploaded = async (
  { shopId, content }: { shopId: string; content: unknown },
  { bucket }: Pick<MediaPorts, 'bucket'>,
): Promise<void> => {
  for (const key of mediaKeysOf(content)) {
    const file = isOutgoingKey(shopId, key) ? await bucket.head(key) : undefined;
    if (file === undefined || !maySend(file.contentType, file.bytes)) {
      throw invalidField('content', 'media-not-uploaded', 'names a file that was not uploaded, or may not be sent');
    }
  }
};
