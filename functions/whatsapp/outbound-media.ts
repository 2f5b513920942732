import * as z from 'zod/mini';
import { lineText, metaText, objectId, webAddress } from './outbound-fields.ts';

/** Where a file is: `media_key` in our own media bucket, `id` at Meta, `link` anywhere on the web. */
const source = {
  media_key: z.optional(z.string().check(z.minLength(1), z.maxLength(300))),
  id: z.optional(objectId()),
  link: z.optional(webAddress()),
} as const;

interface Source {
  media_key?: string | undefined;
  id?: string | undefined;
  link?: string | undefined;
}

const oneSource = () =>
  z.refine<Source>(
    ({ media_key, id, link }) => [media_key, id, link].filter((one) => one !== undefined).length === 1,
    'needs exactly one of media_key, id and link',
  );

const MOST_CAPTION = 1024;
const caption = () => z.optional(metaText(MOST_CAPTION));
const filename = () => z.optional(lineText(240));

/** A file without words: in the header of another message, a sticker. */
export const bareMedia = () => z.strictObject(source).check(oneSource());
/** A picture or video with words under it. */
export const captionedMedia = () => z.strictObject({ ...source, caption: caption() }).check(oneSource());
/** A voice message is an audio that plays in the chat. Source: Meta, "Audio messages". */
export const audioMedia = () => z.strictObject({ ...source, voice: z.optional(z.boolean()) }).check(oneSource());
/** A document in a header. */
export const namedMedia = () => z.strictObject({ ...source, filename: filename() }).check(oneSource());
/** A document, with its name and words about it. */
export const documentMedia = () =>
  z.strictObject({ ...source, caption: caption(), filename: filename() }).check(oneSource());

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys of our files anywhere in a message's content, each once. */
export const mediaKeysOf = (content: unknown): string[] => {
  if (Array.isArray(content)) return [...new Set(content.flatMap(mediaKeysOf))];
  if (!isJson(content)) return [];
  const own = typeof content['media_key'] === 'string' ? [content['media_key']] : [];
  return [...new Set([...own, ...Object.values(content).flatMap(mediaKeysOf)])];
};

/** The content with Meta's ids in place of the keys of our files. A key without an id is left, and Meta refuses it. */
export const withMediaIds = <Content>(content: Content, ids: ReadonlyMap<string, string>): Content => {
  if (Array.isArray(content)) return content.map((item) => withMediaIds(item, ids)) as Content;
  if (!isJson(content)) return content;
  const { media_key: key, ...rest } = content;
  const id = typeof key === 'string' ? ids.get(key) : undefined;
  const entries = Object.entries(id === undefined ? content : { id, ...rest });
  return Object.fromEntries(entries.map(([name, value]) => [name, withMediaIds(value, ids)])) as Content;
};
