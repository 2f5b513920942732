import { useState } from 'preact/hooks';
import type {
  CardButton,
  CardContent,
  CardHeader,
  Chat,
  ChatMessage,
} from '../../local/whatsapp-simulator/simulator-api.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useDesk } from './desk.ts';
import { Media } from './media.tsx';
import { RichText } from './rich-text.tsx';
import { sendAsCustomer } from './simulator-calls.ts';

interface Sent {
  message: ChatMessage;
  chat: Chat;
}

const Header = ({ header }: { header: CardHeader }) => {
  if (header.type === 'text') return <strong class="card-head">{header.text}</strong>;
  if (header.type === 'location') return <p class="small">{header.name ?? header.address}</p>;
  return <Media media={header} />;
};

const icons: Partial<Record<CardButton['kind'], IconName>> = {
  reply: 'reply',
  quick_reply: 'reply',
  url: 'link',
  phone: 'call',
  call: 'call',
  copy: 'copy',
  send_location: 'place',
  request_contact_info: 'person',
};

/** A link that leads to a page, and never runs anything in this one. */
const safeLink = (url: string | undefined): string | undefined => (/^https?:/i.test(url ?? '') ? url : undefined);

const Button = ({ button, message, chat }: Sent & { button: CardButton }) => {
  const { words, run, say } = useDesk();
  const label = (
    <>
      <Icon name={icons[button.kind] ?? 'list'} />
      {button.label}
    </>
  );
  if (button.kind === 'url' || button.kind === 'phone') {
    return (
      <a
        class="card-button"
        href={button.kind === 'url' ? safeLink(button.url) : `tel:${button.phone}`}
        target="_blank"
        rel="noreferrer"
      >
        {label}
      </a>
    );
  }
  const act = async () => {
    if (button.kind === 'copy') {
      await navigator.clipboard.writeText(button.code ?? '');
      return say(words.copied);
    }
    const tapped = { type: 'tap', messageId: message.messageId, index: button.index } as const;
    await sendAsCustomer(
      chat,
      button.kind === 'send_location' ? { type: 'location', latitude: -34.6037, longitude: -58.3816 } : tapped,
    );
  };
  return (
    <button type="button" class="card-button" onClick={() => void run(act)}>
      {label}
    </button>
  );
};

const Options = ({ list, message, chat }: Sent & { list: NonNullable<CardContent['list']> }) => {
  const { words, run } = useDesk();
  const [isOpen, setIsOpen] = useState(false);
  const choose = async (rowId: string) => {
    setIsOpen(false);
    await run(() => sendAsCustomer(chat, { type: 'choose', messageId: message.messageId, rowId }));
  };
  return (
    <>
      <button type="button" class="card-button" onClick={() => setIsOpen(true)}>
        <Icon name="list" />
        {list.label}
      </button>
      {isOpen && (
        <Sheet title={list.label} closeLabel={words.close} onClose={() => setIsOpen(false)}>
          {list.sections.map(({ title, rows }) => (
            <section key={title ?? ''} class="options">
              {title && <h3 class="small soft">{title}</h3>}
              {rows.map((row) => (
                <button key={row.id} type="button" class="option" onClick={() => void choose(row.id)}>
                  <strong>{row.title}</strong>
                  {row.description && <span class="soft small">{row.description}</span>}
                </button>
              ))}
            </section>
          ))}
        </Sheet>
      )}
    </>
  );
};

const Products = ({ products }: { products: NonNullable<CardContent['products']> }) => {
  const { words } = useDesk();
  return (
    <ul class="card-products small">
      {products.sections.flatMap(({ productIds }) =>
        productIds.map((productId) => (
          <li key={productId}>
            {words.product} {productId}
          </li>
        )),
      )}
    </ul>
  );
};

/** An interactive message or a template, with everything that can be tapped. */
export const Card = ({ card, message, chat }: Sent & { card: CardContent }) => {
  const sent = { message, chat };
  return (
    <div class="card-message">
      {card.header && <Header header={card.header} />}
      {card.body && <RichText text={card.body} />}
      {card.footer && <span class="soft small">{card.footer}</span>}
      {card.products && <Products products={card.products} />}
      {card.cards?.map((one) => (
        <div key={one.body} class="card-slide">
          {one.header && <Header header={one.header} />}
          {one.body && <RichText text={one.body} />}
          {one.buttons.map((button) => (
            <Button key={button.index} button={button} {...sent} />
          ))}
        </div>
      ))}
      {card.buttons.map((button) => (
        <Button key={button.index} button={button} {...sent} />
      ))}
      {card.list && <Options list={card.list} {...sent} />}
    </div>
  );
};
