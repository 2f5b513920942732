import type { OutboundContent } from '../whatsapp/outbound-content.ts';
import { mediaKeysOf, withMediaIds } from '../whatsapp/outbound-media.ts';
import type { Message } from './message.ts';

/** The file behind a key is not in our bucket. */
export const FILE_MISSING = 'file-missing';

/** Content ready for Meta, and what to remember of its file. */
export interface WithMedia {
  content: OutboundContent;
  media?: Message['media'];
}

/** A row goes out within a day of its commit, and Meta keeps a file for thirty: an id on the row is still good. */
const knownIds = ({ media }: Message): Map<string, string> =>
  new Map(media?.key !== undefined && media.metaId !== undefined ? [[media.key, media.metaId]] : []);

/** Only files of the shop itself: whatever a row says, another shop's never goes out. */
const isOwn = (shopId: string, key: string): boolean => key.startsWith(`uploads/${shopId}/`) && !key.includes('..');

/**
 * Gives Meta the files of a message, unless it has them, and puts her ids in their place. May be repeated.
 * `upload` answers undefined when our bucket lacks the file: then the whole is {@link FILE_MISSING}, as for the file of
 * another shop.
 */
export const uploadMedia = async (
  message: Message,
  content: OutboundContent,
  upload: (mediaKey: string) => Promise<string | undefined>,
): Promise<WithMedia | typeof FILE_MISSING> => {
  const ids = knownIds(message);
  const [first, ...others] = mediaKeysOf(content);
  if (first === undefined) return { content };
  for (const key of [first, ...others]) {
    const id = ids.get(key) ?? (isOwn(message.shopId, key) ? await upload(key) : undefined);
    if (id === undefined) return FILE_MISSING;
    ids.set(key, id);
  }
  const media: Message['media'] = { ...message.media, state: 'stored', key: first, metaId: ids.get(first) };
  return { content: withMediaIds(content, ids), media };
};
