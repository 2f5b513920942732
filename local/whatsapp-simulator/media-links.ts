import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from './context.ts';
import type { MediaRow } from './world-rows.ts';

const LIVES_SECONDS = 300;
const KEY = 'media links of the simulator';

const proofOf = (mediaId: string, expires: number): string =>
  createHmac('sha256', KEY).update(`${mediaId} ${expires}`).digest('base64url');

/** An address of the bytes, good for five minutes. */
export const downloadUrl = (
  { graphUrl, clock }: Pick<Context, 'graphUrl' | 'clock'>,
  { mediaId }: MediaRow,
): string => {
  const expires = Math.floor(clock.now() / 1000) + LIVES_SECONDS;
  const query = new URLSearchParams({ mid: mediaId, ext: String(expires), hash: proofOf(mediaId, expires) });
  return `${graphUrl}/whatsapp_business/attachments/?${query}`;
};

/** The media of such an address; undefined where it was changed or is too old. */
export const mediaOfLink = (query: URLSearchParams, now: number): string | undefined => {
  const mediaId = query.get('mid') ?? '';
  const expires = Number(query.get('ext'));
  const [given, wanted] = [Buffer.from(query.get('hash') ?? ''), Buffer.from(proofOf(mediaId, expires))];
  const isOurs = given.length === wanted.length && timingSafeEqual(given, wanted);
  return isOurs && now < expires * 1000 ? mediaId : undefined;
};
