import { assertScope } from './graph-access.ts';
import type { GraphCall, GraphResult } from './graph-call.ts';
import { GraphRefusal, noSuchObject } from './graph-refusal.ts';
import { downloadUrl, mediaOfLink } from './media-links.ts';
import { allMimeTypes, bareType, kindOf, looksLike, maxBytesOf } from './media-rules.ts';
import { sha256Of } from './media-shelf.ts';
import type { MediaRow, NumberRow } from './world-rows.ts';

const DAY = 24 * 3_600_000;
const UPLOAD_LIVES_MS = 30 * DAY;
const RECEIVED_LIVES_MS = 7 * DAY;

const isAlive = ({ from, createdAt }: MediaRow, now: number): boolean =>
  now < createdAt + (from === 'customer' ? RECEIVED_LIVES_MS : UPLOAD_LIVES_MS);

const readForm = async ({ raw, contentType }: GraphCall): Promise<FormData> => {
  try {
    return await new Response(new Uint8Array(raw), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new GraphRefusal(100, 'The body is not multipart/form-data.');
  }
};

const assertType = (mimeType: string): void => {
  if (kindOf(mimeType)) return;
  throw new GraphRefusal(100, undefined, {
    message: `(#100) Param file must be a file with one of the following types: ${allMimeTypes.join(', ')}. Received file of type '${mimeType}'.`,
  });
};

const assertSize = (mimeType: string, bytes: Buffer): void => {
  const kind = kindOf(mimeType);
  const most = kind ? maxBytesOf(kind, bytes) : 0;
  if (bytes.length <= most) return;
  throw new GraphRefusal(131053, `The file has ${bytes.length} bytes; such ${mimeType} may have ${most}.`);
};

/** `POST /{number}/media`. That bytes are not what they are said to be shows only when they are sent. */
export const uploadMedia = async (call: GraphCall, number: NumberRow): Promise<GraphResult> => {
  assertScope(call.caller, 'whatsapp_business_messaging');
  const form = await readForm(call);
  if (form.get('messaging_product') !== 'whatsapp') {
    throw new GraphRefusal(100, undefined, { message: '(#100) The parameter messaging_product is required.' });
  }
  const file = form.get('file');
  if (!(file instanceof Blob))
    throw new GraphRefusal(100, undefined, { message: '(#100) The parameter file is required.' });
  const declared = form.get('type');
  const mimeType = typeof declared === 'string' && declared !== '' ? declared : file.type;
  assertType(mimeType);
  const bytes = Buffer.from(await file.arrayBuffer());
  assertSize(mimeType, bytes);
  const { context, now } = call;
  const mediaId = context.random.digits(16);
  const { accountId, numberId } = number;
  const sha256 = sha256Of(bytes);
  const mismatched = !looksLike(mimeType, bytes) || bareType(mimeType) === '';
  const known = { mediaId, numberId, accountId, from: 'business', mimeType, sha256, mismatched } as const;
  context.world.media.set(mediaId, { ...known, fileName: file.name, sizeBytes: bytes.length, createdAt: now });
  context.media.put(mediaId, bytes);
  return { id: mediaId };
};

const assertVisible = (call: GraphCall, media: MediaRow): void => {
  const { context, caller, query, now, method } = call;
  const accountId = context.world.numbers.get(media.numberId ?? '')?.accountId ?? '';
  const asked = query.get('phone_number_id');
  const isOther = asked !== null && asked !== media.numberId;
  if (!caller.token?.accountIds.includes(accountId) || isOther || !isAlive(media, now)) {
    throw noSuchObject(media.mediaId, method);
  }
};

/** `GET /{media}`: where its bytes are for the next five minutes. */
export const showMedia = (call: GraphCall, media: MediaRow): GraphResult => {
  assertVisible(call, media);
  const { mediaId: id, mimeType: mime_type, sha256, sizeBytes: file_size } = media;
  return { messaging_product: 'whatsapp', url: downloadUrl(call.context, media), mime_type, sha256, file_size, id };
};

/** `DELETE /{media}`. */
export const deleteMedia = (call: GraphCall, media: MediaRow): GraphResult => {
  assertVisible(call, media);
  call.context.world.media.delete(media.mediaId);
  call.context.media.remove(media.mediaId);
  return { success: true };
};

/** The bytes behind the address that `showMedia` gives. */
export const downloadMedia = (call: GraphCall): GraphResult => {
  const { context, query, now, caller } = call;
  const mediaId = mediaOfLink(query, now);
  const media = context.world.media.get(mediaId ?? '');
  const bytes = mediaId === undefined ? undefined : context.media.get(mediaId);
  const accountId = context.world.numbers.get(media?.numberId ?? '')?.accountId ?? '';
  if (!media || !bytes || !caller.token?.accountIds.includes(accountId)) {
    throw new GraphRefusal(100, undefined, { status: 404, message: 'URL expired or media not found' });
  }
  return { bytes, mimeType: media.mimeType };
};
