import { mediaContent } from '../customer-content.ts';
import { GraphRefusal } from '../graph-refusal.ts';
import type { LinkedFile } from '../linked-files.ts';
import { fitsKind, type MediaKind } from '../media-rules.ts';
import type { ChatMedia } from '../simulator-api.ts';
import type { MediaRow } from '../world-rows.ts';
import { addressOf, maybeTextOf, type Part, textOf } from './part.ts';

/** What a send is judged by. */
export interface Surroundings {
  now: number;
  findMedia: (mediaId: string) => MediaRow | undefined;
  /** Whether the sender's chat has that message. */
  knowsMessage: (messageId: string) => boolean;
  /** Hears of a file that is named by its address. */
  noteLink?: (file: LinkedFile) => void;
}

/** A finding that Meta tells only after it has accepted. */
export type Later = (code: number, details: string) => void;

const CAPTION = 1024;
const UPLOAD_LIVES_MS = 30 * 24 * 3_600_000;

const memberKeys: Readonly<Record<MediaKind, readonly string[]>> = {
  image: ['id', 'link', 'caption'],
  video: ['id', 'link', 'caption'],
  audio: ['id', 'link', 'voice'],
  document: ['id', 'link', 'caption', 'filename'],
  sticker: ['id', 'link'],
};

export const mediaKeys = (kind: MediaKind): readonly string[] => memberKeys[kind];

const fileOf = (part: Part, { findMedia, now }: Surroundings): MediaRow => {
  const mediaId = textOf(part, 'id', { most: 100 });
  const media = findMedia(mediaId);
  if (!media || media.createdAt + UPLOAD_LIVES_MS < now) {
    throw new GraphRefusal(
      100,
      `Param ${part.path}['id'] is not a valid whatsapp business account media attachment ID`,
    );
  }
  return media;
};

const guessType: Readonly<Record<MediaKind, string>> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg',
  document: 'application/pdf',
  sticker: 'image/webp',
};

/**
 * Media of a send: exactly one of `id` and `link`. That a file is of the wrong type Meta finds while it processes it,
 * after acceptance: 131053. So it is with files behind links; see `linked-files.ts`.
 */
export const judgeMedia = (part: Part, kind: MediaKind, around: Surroundings, later: Later): ChatMedia => {
  const { id, link } = part.members;
  if ((id === undefined) === (link === undefined)) {
    throw new GraphRefusal(id === undefined ? 131008 : 100, `${part.path} needs one of id and link, and not both.`);
  }
  const caption = maybeTextOf(part, 'caption', { most: CAPTION });
  const fileName = maybeTextOf(part, 'filename', { most: 240 });
  if (id === undefined) {
    const url = addressOf(part, 'link');
    around.noteLink?.({ kind, url });
    return { type: kind, url, mimeType: guessType[kind], caption, fileName };
  }
  const media = fileOf(part, around);
  if (!fitsKind(kind, media.mimeType)) later(131053, `${media.mimeType} is not supported for ${kind}.`);
  if (media.mismatched) later(131053, `The file is not of the type ${media.mimeType}.`);
  const content = mediaContent(kind, media, caption);
  return { ...content, fileName: fileName ?? content.fileName };
};
