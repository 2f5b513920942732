import { type ActFacts, allButtonsOf, type OfType } from './customer-payload.ts';
import { type ChatContent, type ChatMedia, type CustomerMessage, SIMULATOR_API } from './simulator-api.ts';
import type { MediaRow } from './world-rows.ts';

/** Media as a bubble shows it. */
export const mediaContent = (type: ChatMedia['type'], media: MediaRow, caption?: string): ChatMedia => ({
  type,
  url: `${SIMULATOR_API}/media/${media.mediaId}`,
  mediaId: media.mediaId,
  mimeType: media.mimeType,
  sizeBytes: media.sizeBytes,
  fileName: media.fileName,
  caption,
});

const mediaBubble = (act: OfType<'image'>, { media }: ActFacts): ChatContent => {
  const content = mediaContent(act.type, media as MediaRow, act.caption);
  return { ...content, voice: act.voice, animated: act.animated, fileName: act.fileName ?? content.fileName };
};

const tapBubble = (act: OfType<'tap'>, { target, ownPhone }: ActFacts): ChatContent => {
  const button = allButtonsOf(target).find(({ index }) => index === act.index);
  if (button?.kind === 'request_contact_info') {
    const { name = '', waId } = ownPhone ?? {};
    return { type: 'contacts', contacts: [{ name, phones: [`+${waId}`], emails: [] }] };
  }
  const id = target?.payloads?.[act.index] ?? '';
  const of = button?.kind === 'quick_reply' ? 'template' : button?.kind === 'flow' ? 'flow' : 'button';
  return { type: 'reply', body: button?.label ?? '', id, of };
};

const choiceBubble = (act: OfType<'choose'>, { target }: ActFacts): ChatContent => {
  const content = target?.content;
  const rows = content?.type === 'card' ? (content.list?.sections ?? []).flatMap((section) => section.rows) : [];
  const row = rows.find(({ id }) => id === act.rowId);
  return { type: 'reply', of: 'list', id: act.rowId, body: row?.title ?? '', description: row?.description };
};

const makers: { [Type in CustomerMessage['type']]?: (act: OfType<Type>, facts: ActFacts) => ChatContent } = {
  text: ({ body }) => ({ type: 'text', body }),
  image: mediaBubble,
  video: mediaBubble,
  audio: mediaBubble,
  document: mediaBubble,
  sticker: mediaBubble,
  location: ({ latitude, longitude, name, address }) => ({ type: 'location', latitude, longitude, name, address }),
  contacts: ({ contacts }) => ({ type: 'contacts', contacts: contacts.map((one) => ({ emails: [], ...one })) }),
  tap: tapBubble,
  choose: choiceBubble,
  order: ({ catalogId, text, items }) => ({ type: 'order', catalogId, text, items }),
  unsupported: ({ what = 'poll' }) => ({ type: 'unsupported', what }),
  request_welcome: () => ({ type: 'request_welcome' }),
  call: ({ seconds = 0 }) => ({ type: 'call', seconds }),
};

/** What the chat shows for an act of the customer. */
export const contentOf = (act: CustomerMessage, facts: ActFacts): ChatContent => {
  const make = makers[act.type] as ((act: CustomerMessage, facts: ActFacts) => ChatContent) | undefined;
  return make?.(act, facts) ?? { type: 'unknown' };
};
