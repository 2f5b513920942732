import type { ChatMedia } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Icon } from '../ui/icons.tsx';
import { useDesk } from './desk.ts';
import { RichText } from './rich-text.tsx';

const sizeText = (bytes: number | undefined): string => (bytes ? `${Math.max(1, Math.round(bytes / 1024))} KB` : '');

const Shown = ({ media }: { media: ChatMedia }) => {
  const { words } = useDesk();
  const { type, url, mimeType, fileName, sizeBytes, caption } = media;
  if (type === 'image' || type === 'sticker') {
    return (
      <a href={url} target="_blank" rel="noreferrer">
        <img class={`media-${type}`} src={url} alt={caption ?? words.send_.photo} loading="lazy" />
      </a>
    );
  }
  // biome-ignore lint/a11y/useMediaCaption: what people send each other has no captions
  if (type === 'video') return <video class="media-image" src={url} controls preload="metadata" />;
  // biome-ignore lint/a11y/useMediaCaption: what people send each other has no captions
  if (type === 'audio') return <audio class="media-audio" src={url} controls preload="metadata" />;
  return (
    <a class="media-file" href={url} target="_blank" rel="noreferrer">
      <Icon name="file" />
      <span>
        {fileName ?? words.file}
        <span class="soft small">
          {mimeType} {sizeText(sizeBytes)}
        </span>
      </span>
    </a>
  );
};

/** A picture, film, sound, document or sticker. */
export const Media = ({ media }: { media: ChatMedia }) => (
  <>
    <Shown media={media} />
    {media.caption && <RichText text={media.caption} />}
  </>
);
