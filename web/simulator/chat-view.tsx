import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { BusinessNumber, Chat, ChatMessage, Phone } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Icon } from '../ui/icons.tsx';
import { Avatar } from './avatar.tsx';
import { Bubble } from './bubble.tsx';
import { ChatMenu } from './chat-menu.tsx';
import { Composer, type Quoted } from './composer.tsx';
import { dayText, timeText, useDesk } from './desk.ts';
import { ask, chatPath } from './simulator-calls.ts';
import { chatOf } from './world.ts';

interface ChatViewProps {
  phone: Phone;
  number: BusinessNumber;
  /** A text that waits in the composer. */
  draft: string | undefined;
  onBack: () => void;
}

/** While the chat is on the screen, what comes is read. */
const useReading = (chat: Pick<Chat, 'phoneId' | 'numberId'>): void => {
  const { run } = useDesk();
  const path = chatPath(chat);
  useEffect(() => {
    void run(async () => {
      await ask('PATCH', path, { open: true });
      await ask('POST', `${path}/read`, {});
    });
    return () => void ask('PATCH', path, { open: false }).catch(() => undefined);
  }, [path]);
};

const WindowNote = ({ chat }: { chat: Chat }) => {
  const { words, world, language } = useDesk();
  const isOpen = chat.windowEndsAt !== undefined && chat.windowEndsAt > world.now;
  if (chat.messages.length === 0) return null;
  return (
    <p class="window-note small">
      {isOpen && chat.windowEndsAt
        ? words.windowOpen(`${dayText(chat.windowEndsAt, language)}, ${timeText(chat.windowEndsAt, language)}`)
        : words.windowClosed}
    </p>
  );
};

const ChatHead = ({ phone, number, chat, onBack }: Omit<ChatViewProps, 'draft'> & { chat: Chat }) => {
  const { words, world } = useDesk();
  const [menu, setMenu] = useState(false);
  const isTyping = chat.typingUntil !== undefined && chat.typingUntil > world.now;
  return (
    <header class="chat-head">
      <button type="button" class="round" aria-label={words.back} onClick={onBack}>
        <Icon name="back" />
      </button>
      <Avatar name={number.verifiedName} colour={number.colour} />
      <span class="rail-text">
        <strong>{number.verifiedName}</strong>
        <span class="soft small">{isTyping ? words.typing : number.displayNumber}</span>
      </span>
      <button type="button" class="round" aria-label={words.more} onClick={() => setMenu(true)}>
        <Icon name="more" />
      </button>
      {menu && <ChatMenu phone={phone} chat={chat} onClose={() => setMenu(false)} />}
    </header>
  );
};

const dayOf = ({ at }: ChatMessage): string => new Date(at).toDateString();

const Messages = ({ chat, quote }: { chat: Chat; quote: (quoted: Quoted) => void }) => {
  const { words, language } = useDesk();
  const end = useRef<HTMLLIElement>(null);
  const count = chat.messages.length;
  useLayoutEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [count]);
  if (count === 0) return <p class="chat-empty soft">{words.noMessages}</p>;
  return (
    <ol class="messages" aria-live="polite">
      {chat.messages.map((message, index) => {
        const before = chat.messages[index - 1];
        const isNewDay = before === undefined || dayOf(before) !== dayOf(message);
        return (
          <li key={message.messageId} class={message.from === 'customer' ? 'line is-own' : 'line'}>
            {isNewDay && <span class="day small">{dayText(message.at, language)}</span>}
            <Bubble message={message} chat={chat} quote={quote} />
          </li>
        );
      })}
      <li ref={end} aria-hidden="true" />
    </ol>
  );
};

/** One chat on a customer's telephone. */
export const ChatView = ({ phone, number, draft, onBack }: ChatViewProps) => {
  const { words, world } = useDesk();
  const chat = chatOf(world, phone.phoneId, number.numberId);
  const [quoted, setQuoted] = useState<Quoted>();
  useReading(chat);
  return (
    <div class="chat">
      <ChatHead phone={phone} number={number} chat={chat} onBack={onBack} />
      <div class="chat-body">
        <Messages chat={chat} quote={setQuoted} />
      </div>
      <WindowNote chat={chat} />
      {chat.blocked ? (
        <p class="chat-blocked soft">{words.business.blocked}</p>
      ) : (
        <Composer chat={chat} draft={draft} quoted={quoted} onQuoted={setQuoted} />
      )}
    </div>
  );
};
