import * as z from 'zod/mini';
import { idField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

export const MAX_PICTURES = 8;
export const MAX_PICTURE_BYTES = 5_000_000;

/** What a picture may be, with its file ending. No SVG: it can carry scripts. */
export const pictureTypes = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
} as const;
export type PictureType = keyof typeof pictureTypes;
const pictureTypeNames = Object.keys(pictureTypes) as [PictureType, ...PictureType[]];

/** One picture of a product: an object in the picture bucket. */
export const Picture = lazy(() =>
  z.object({ pictureId: idField(), key: z.string(), alt: z.string().check(z.maxLength(200)) }),
);
export type Picture = z.infer<Lazy<typeof Picture>>;

/** A seller wants to upload a file of this type and size. */
export const RequestUpload = lazy(() =>
  z.strictObject({
    contentType: z.enum(pictureTypeNames),
    bytes: z.int().check(z.minimum(1), z.maximum(MAX_PICTURE_BYTES)),
  }),
);
export type RequestUpload = z.infer<Lazy<typeof RequestUpload>>;

/** Where to PUT the file, with exactly these headers, before `expiresAt`; then attach it by its id. */
export const Upload = lazy(() =>
  z.object({
    pictureId: idField(),
    url: z.string(),
    method: z.literal('PUT'),
    headers: z.record(z.string(), z.string()),
    expiresAt: z.string(),
  }),
);
export type Upload = z.infer<Lazy<typeof Upload>>;

export const AttachPicture = lazy(() =>
  z.strictObject({
    pictureId: idField(),
    contentType: z.enum(pictureTypeNames),
    alt: z._default(z.string().check(z.maxLength(200)), ''),
  }),
);
export type AttachPicture = z.infer<Lazy<typeof AttachPicture>>;

/** Where a picture lives in the bucket. The shop leads, so that one shop's pictures can be listed and removed. */
export const pictureKey = (shopId: string, productId: string, pictureId: string, type: PictureType): string =>
  `shops/${shopId}/products/${productId}/${pictureId}.${pictureTypes[type]}`;

/** The address of a picture as pages see it. */
export const pictureUrl = (key: string): string => `/media/${key}`;
