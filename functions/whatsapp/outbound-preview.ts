import { shortened } from './inbound-message.ts';
import type { OutboundContent } from './outbound-content.ts';

const marks: Readonly<Record<string, string>> = {
  image: '📷',
  video: '🎬',
  audio: '🎵',
  document: '📄',
  sticker: '🏷️',
  location: '📍',
  contacts: '👤',
  template: '📋',
};

type TemplateContent = Extract<OutboundContent, { type: 'template' }>['template'];

/** A template's own words are at Meta: its name, and what was filled in. */
const templateWords = ({ name, components = [] }: TemplateContent): string => {
  const filled = components.flatMap((component) => (component.type === 'body' ? component.parameters : []));
  return [name, ...filled.map((parameter) => (parameter.type === 'text' ? parameter.text : ''))].join(' ');
};

const wordsOf = (content: OutboundContent): string | undefined => {
  switch (content.type) {
    case 'text':
      return content.text.body;
    case 'image':
      return content.image.caption;
    case 'video':
      return content.video.caption;
    case 'document':
      return content.document.caption ?? content.document.filename;
    case 'location':
      return content.location.name;
    case 'contacts':
      return content.contacts.map(({ name }) => name.formatted_name).join(', ');
    case 'reaction':
      return content.reaction.emoji || '🚫';
    case 'interactive':
      return content.interactive.body?.text ?? '🛒';
    case 'template':
      return templateWords(content.template);
    default:
      return undefined;
  }
};

/** One line for a list of conversations, in no language of our own: as `previewOf` gives it for what arrives. */
export const previewOfContent = (content: OutboundContent): string => {
  const words = (wordsOf(content) ?? '').replace(/\s+/g, ' ').trim();
  return shortened([marks[content.type], words].filter(Boolean).join(' ')) || '…';
};
