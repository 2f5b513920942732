/** The kinds of media that a message may carry. */
export const mediaKinds = ['image', 'video', 'audio', 'document', 'sticker'] as const;
export type MediaKind = (typeof mediaKinds)[number];

const MB = 1024 * 1024;

const office = 'application/vnd.openxmlformats-officedocument';

/** Source: Meta, "Media": supported types and sizes. */
const rules: Readonly<Record<MediaKind, { mimeTypes: readonly string[]; maxBytes: number }>> = {
  image: { mimeTypes: ['image/jpeg', 'image/png'], maxBytes: 5 * MB },
  audio: { mimeTypes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg'], maxBytes: 16 * MB },
  video: { mimeTypes: ['video/mp4', 'video/3gpp'], maxBytes: 16 * MB },
  document: {
    mimeTypes: [
      'text/plain',
      'application/pdf',
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
      `${office}.wordprocessingml.document`,
      `${office}.spreadsheetml.sheet`,
      `${office}.presentationml.presentation`,
    ],
    maxBytes: 100 * MB,
  },
  sticker: { mimeTypes: ['image/webp'], maxBytes: 500 * 1024 },
};

const STILL_STICKER_BYTES = 100 * 1024;

/** A type without its parameters: `audio/ogg` of `audio/ogg; codecs=opus`. */
export const bareType = (mimeType: string): string => (mimeType.split(';')[0] ?? '').trim().toLowerCase();

export const allMimeTypes: readonly string[] = mediaKinds.flatMap((kind) => rules[kind].mimeTypes);

/** The kind as which Meta takes a type; undefined where it takes it not at all. */
export const kindOf = (mimeType: string): MediaKind | undefined =>
  mediaKinds.find((kind) => rules[kind].mimeTypes.includes(bareType(mimeType)));

/** Whether a file of that type may be sent as that kind: a document takes any of them. */
export const fitsKind = (kind: MediaKind, mimeType: string): boolean =>
  kind === 'document' ? allMimeTypes.includes(bareType(mimeType)) : rules[kind].mimeTypes.includes(bareType(mimeType));

const startsWith = (bytes: Buffer, signature: string, at = 0): boolean =>
  bytes.subarray(at, at + signature.length).equals(Buffer.from(signature, 'latin1'));

const signatures: Readonly<Record<string, (bytes: Buffer) => boolean>> = {
  'image/jpeg': (bytes) => startsWith(bytes, '\xff\xd8\xff'),
  'image/png': (bytes) => startsWith(bytes, '\x89PNG'),
  'image/webp': (bytes) => startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8),
  'application/pdf': (bytes) => startsWith(bytes, '%PDF'),
  'audio/ogg': (bytes) => startsWith(bytes, 'OggS'),
  'audio/amr': (bytes) => startsWith(bytes, '#!AMR'),
  'video/mp4': (bytes) => startsWith(bytes, 'ftyp', 4),
  'audio/mp4': (bytes) => startsWith(bytes, 'ftyp', 4),
};

/** Whether the bytes begin as that type begins; true where that is not known. */
export const looksLike = (mimeType: string, bytes: Buffer): boolean => signatures[bareType(mimeType)]?.(bytes) ?? true;

/** Whether a WebP moves: its extended header says so in a flag. Source: WebP Container Specification, "Extended File Format". */
const isAnimated = (webp: Buffer): boolean => startsWith(webp, 'VP8X', 12) && ((webp[20] ?? 0) & 0x02) !== 0;

/** The largest file of a kind, by its first bytes: a sticker that moves may be larger than one that does not. */
export const maxBytesOf = (kind: MediaKind, bytes: Buffer): number =>
  kind === 'sticker' && !isAnimated(bytes) ? STILL_STICKER_BYTES : rules[kind].maxBytes;
