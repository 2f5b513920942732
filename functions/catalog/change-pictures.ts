import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { AppError, invalidField, notFound } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { changeStoredProduct, type Products } from './change-stored-product.ts';
import { findProduct } from './find-product.ts';
import {
  type AttachPicture,
  MAX_PICTURE_BYTES,
  MAX_PICTURES,
  type Picture,
  pictureKey,
  type RequestUpload,
  type Upload,
} from './picture.ts';
import type { Product } from './product.ts';

/** The bucket of pictures: gives addresses to upload to, tells what arrived, deletes. */
export interface PictureBucket {
  presignPut: (key: string, headers: Record<string, string>, now: Date, seconds: number) => Promise<string>;
  head: (key: string) => Promise<{ bytes: number; contentType: string } | undefined>;
  remove: (key: string) => Promise<void>;
}

interface Which {
  shopId: string;
  productId: string;
}

/** A product, and who changes it. */
interface Changing extends Which {
  by: Actor;
}

interface Ports {
  products: Products;
  bucket: PictureBucket;
  clock: Clock;
}

const UPLOAD_SECONDS = 600;

const assertRoom = (product: Product): void => {
  if (product.pictures.length < MAX_PICTURES) return;
  throw new AppError('product.too-many-pictures', `a product has at most ${MAX_PICTURES} pictures`);
};

/** Gives an address that takes one file of exactly this type and size for ten minutes. Throws `product.too-many-pictures`. */
export const requestUpload = async (
  { shopId, productId, input }: Which & { input: RequestUpload },
  { products, bucket, clock }: Ports,
): Promise<Upload> => {
  assertRoom(await findProduct(products, { shopId, productId }));
  const now = clock();
  const pictureId = newId(now);
  const headers = { 'content-type': input.contentType, 'content-length': String(input.bytes) };
  const key = pictureKey(shopId, productId, pictureId, input.contentType);
  const url = await bucket.presignPut(key, headers, now, UPLOAD_SECONDS);
  const expiresAt = new Date(now.getTime() + UPLOAD_SECONDS * 1000).toISOString();
  return { pictureId, url, method: 'PUT', headers, expiresAt };
};

/**
 * Shows an uploaded picture with its product, last in order; attaching it again changes nothing.
 * Throws `not-found`, and `picture.not-uploaded` unless the file is there, of the said type and not too large.
 */
export const attachPicture = async (
  { input, ...which }: Changing & { input: AttachPicture },
  ports: Ports,
): Promise<Product> => {
  const { pictureId, contentType, alt } = input;
  await findProduct(ports.products, which);
  const key = pictureKey(which.shopId, which.productId, pictureId, contentType);
  const file = await ports.bucket.head(key);
  if (file?.contentType !== contentType || file.bytes > MAX_PICTURE_BYTES) {
    throw new AppError('picture.not-uploaded', `there is no ${contentType} under the id ${pictureId}`);
  }
  return changeStoredProduct(
    which,
    (product) => {
      const others = product.pictures.filter((picture) => picture.pictureId !== pictureId);
      assertRoom({ ...product, pictures: others });
      return { pictures: [...others, { pictureId, key, alt }] };
    },
    ports,
  );
};

/** Puts the pictures in the given order, which must name each of them once. Throws `request.invalid` otherwise. */
export const orderPictures = (
  { pictureIds, ...which }: Changing & { pictureIds: string[] },
  ports: Ports,
): Promise<Product> =>
  changeStoredProduct(
    which,
    ({ pictures }) => {
      const byId = new Map(pictures.map((picture) => [picture.pictureId, picture]));
      const ordered = [...new Set(pictureIds)]
        .map((pictureId) => byId.get(pictureId))
        .filter((one) => one !== undefined);
      if (ordered.length !== pictures.length || pictureIds.length !== pictures.length) {
        throw invalidField('pictureIds', 'incomplete', 'must name each picture of the product once');
      }
      return { pictures: ordered };
    },
    ports,
  );

/** Takes a picture off its product, then deletes the file. Throws `not-found`. */
export const removePicture = async (
  { pictureId, ...which }: Changing & { pictureId: string },
  ports: Ports,
): Promise<Product> => {
  let removed: Picture | undefined;
  const changed = await changeStoredProduct(
    which,
    ({ pictures }) => {
      removed = pictures.find((picture) => picture.pictureId === pictureId);
      if (removed === undefined) throw notFound();
      return { pictures: pictures.filter((picture) => picture !== removed) };
    },
    ports,
  );
  if (removed) await ports.bucket.remove(removed.key);
  return changed;
};
