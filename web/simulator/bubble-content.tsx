import type { Chat, ChatContent, ChatMessage } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { bubbleText } from './bubble-text.ts';
import { Card } from './card.tsx';
import { useDesk } from './desk.ts';
import { LinkCard } from './link-card.tsx';
import { Media } from './media.tsx';
import { RichText } from './rich-text.tsx';

type ContentOf<Type extends ChatContent['type']> = Extract<ChatContent, { type: Type }>;

const Line = ({ icon, title, hint }: { icon: IconName; title: string; hint?: string | undefined }) => (
  <p class="bubble-line">
    <Icon name={icon} />
    <span>
      {title}
      {hint && <span class="soft small">{hint}</span>}
    </span>
  </p>
);

const priceText = (price: number, currency: string, language: string): string => {
  try {
    return new Intl.NumberFormat(language === 'es' ? 'es-AR' : 'en', { style: 'currency', currency }).format(price);
  } catch {
    return `${currency} ${price}`;
  }
};

const Order = ({ items, text }: ContentOf<'order'>) => {
  const { words, language } = useDesk();
  return (
    <div class="bubble-order">
      <Line icon="list" title={`${words.order} (${items.length})`} />
      <ul class="small">
        {items.map(({ productId, quantity, price, currency }) => (
          <li key={productId}>
            {quantity} × {productId} · {priceText(price, currency, language)}
          </li>
        ))}
      </ul>
      {text && <RichText text={text} />}
    </div>
  );
};

const Place = ({ latitude, longitude, name, address }: ContentOf<'location'>) => {
  const { words } = useDesk();
  return <Line icon="place" title={name ?? words.location} hint={address ?? `${latitude}, ${longitude}`} />;
};

const People = ({ contacts }: ContentOf<'contacts'>) => (
  <>
    {contacts.map(({ name, phones }) => (
      <Line key={name} icon="person" title={name} hint={phones.join(', ')} />
    ))}
  </>
);

const Text = ({ body, previewUrl }: ContentOf<'text'>) => (
  <>
    {previewUrl && <LinkCard url={previewUrl} />}
    <RichText text={body} />
  </>
);

/** What a message says or shows. */
export const BubbleContent = ({ message, chat }: { message: ChatMessage; chat: Chat }) => {
  const { words } = useDesk();
  const { content } = message;
  switch (content.type) {
    case 'text':
      return <Text {...content} />;
    case 'card':
      return <Card card={content} message={message} chat={chat} />;
    case 'location':
      return <Place {...content} />;
    case 'contacts':
      return <People {...content} />;
    case 'order':
      return <Order {...content} />;
    case 'reply':
      return <Line icon="reply" title={content.body} hint={content.description} />;
    case 'call':
      return <Line icon="call" title={bubbleText(message, words)} />;
    case 'system':
    case 'request_welcome':
    case 'unsupported':
    case 'unknown':
      return <p class="soft bubble-gone">{bubbleText(message, words)}</p>;
    default:
      return <Media media={content} />;
  }
};
