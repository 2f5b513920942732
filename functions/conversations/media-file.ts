import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';
import { extensionOf } from './sniff-type.ts';

const MB = 1024 * 1024;
const openXml = 'application/vnd.openxmlformats-officedocument.';

/**
 * What may be sent, and how large it may be. Source: Meta, "Media", supported types. A sticker that does not move may
 * have 100 KB only: whether it moves is in its bytes, which nobody here has read, so Meta refuses it when it is sent.
 */
const largest = {
  'image/jpeg': 5 * MB,
  'image/png': 5 * MB,
  'audio/aac': 16 * MB,
  'audio/amr': 16 * MB,
  'audio/mpeg': 16 * MB,
  'audio/mp4': 16 * MB,
  'audio/ogg': 16 * MB,
  'video/mp4': 16 * MB,
  'video/3gpp': 16 * MB,
  'image/webp': 500 * 1024,
  'text/plain': 100 * MB,
  'application/pdf': 100 * MB,
  'application/msword': 100 * MB,
  'application/vnd.ms-excel': 100 * MB,
  'application/vnd.ms-powerpoint': 100 * MB,
  [`${openXml}wordprocessingml.document`]: 100 * MB,
  [`${openXml}spreadsheetml.sheet`]: 100 * MB,
  [`${openXml}presentationml.presentation`]: 100 * MB,
} as const satisfies Record<string, number>;
export type SentType = keyof typeof largest;
const sentTypes = Object.keys(largest) as [SentType, ...SentType[]];

/** True when a file of this type may have this size. */
export const maySend = (contentType: string, bytes: number): boolean =>
  bytes > 0 && bytes <= ((largest as Readonly<Record<string, number>>)[contentType] ?? 0);

/** A seller wants to upload a file of this type and size, to send it. */
export const RequestMediaUpload = lazy(() =>
  z
    .strictObject({ contentType: z.enum(sentTypes), bytes: z.int().check(z.minimum(1)) })
    .check(z.refine(({ contentType, bytes }) => maySend(contentType, bytes), 'is larger than WhatsApp takes')),
);
export type RequestMediaUpload = z.infer<Lazy<typeof RequestMediaUpload>>;

/** Where to PUT the file, with exactly these headers, before `expiresAt`; then send it by its `mediaKey`. */
export const MediaUpload = lazy(() =>
  z.object({
    mediaKey: z.string(),
    url: z.string(),
    method: z.literal('PUT'),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.string(),
  }),
);
export type MediaUpload = z.infer<Lazy<typeof MediaUpload>>;

/** A short-lived address that gives a message's file, to be saved. */
export const MediaLink = lazy(() => z.object({ url: z.string(), expiresAt: z.string() }));
export type MediaLink = z.infer<Lazy<typeof MediaLink>>;

/** Apart from files of customers, for these expire. */
const outgoing = (shopId: string): string => `uploads/${shopId}/`;

/** Where a file to send is uploaded to. */
export const outgoingKey = (shopId: string, uploadId: string, contentType: string): string =>
  `${outgoing(shopId)}${uploadId}.${extensionOf(contentType)}`;

/** True for a key that this shop was given to upload to; another shop's file is never sent. */
export const isOutgoingKey = (shopId: string, key: string): boolean =>
  key.startsWith(outgoing(shopId)) &&
  /^[0-9A-HJKMNP-TV-Z]{26}\.[a-z0-9]{2,5}$/.test(key.slice(outgoing(shopId).length));
