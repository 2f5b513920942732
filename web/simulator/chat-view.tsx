import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { BusinessNumber, Chat, ChatMessage, Phone } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Icon } from '../ui/icons.tsx';
import { Avatar } from './avatar.tsx';
import { Bubble } from './bubble.tsx';
import { ChatMenu } from './chat-menu.tsx';
import { Composer, type Quoted } from './composer.tsx';
import { dayText, timeText, useDesk, useWorldNow } from './desk.ts';
import { ask, chatPath, leaveChat } from './simulator-calls.ts';
import { useNow } from './use-now.ts';
import { chatOf } from './world.ts';

interface ChatViewProps {
  phone: Phone;
  number: BusinessNumber;
  /** A text that waits in the composer. */
  draft: string | undefined;
  /** Somebody opened it by hand: the keyboard goes to the composer. */
  hasFocus: boolean;
  onBack: () => void;
  onSent: () => void;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const MOST_SHOWN = 100;

/** While the chat is on the screen, what comes is read. */
const useReading = (chat: Chat): void => {
  const { run, hasPhone } = useDesk();
  const { phoneId } = chat;
  const path = chatPath(chat);
  useEffect(() => {
    const leave = (): void => {
      if (hasPhone(phoneId)) leaveChat(path);
    };
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [path]);
  // another page that leaves it, or a new world, closes it: here it is still open
  useEffect(() => {
    if (chat.open) return;
    void run(async () => {
      await ask('PATCH', path, { open: true });
      await ask('POST', `${path}/read`, {});
    });
  }, [path, chat.open]);
};

const WindowNote = ({ chat }: { chat: Chat }) => {
  const { words, language } = useDesk();
  const now = useNow(useWorldNow().now, MINUTE_MS);
  const isOpen = chat.windowEndsAt !== undefined && chat.windowEndsAt > now;
  if (chat.messages.length === 0) return null;
  return (
    <p class="window-note small">
      {isOpen && chat.windowEndsAt
        ? words.windowOpen(`${dayText(chat.windowEndsAt, language, 'short')}, ${timeText(chat.windowEndsAt, language)}`)
        : words.windowClosed}
    </p>
  );
};

/** The number, or that somebody types there. */
const Presence = ({ number, chat }: { number: BusinessNumber; chat: Chat }) => {
  const { words } = useDesk();
  const now = useNow(useWorldNow().now, SECOND_MS);
  const isTyping = chat.typingUntil !== undefined && chat.typingUntil > now;
  return <span class="soft small">{isTyping ? words.typing : number.displayNumber}</span>;
};

const ChatHead = ({
  phone,
  number,
  chat,
  onBack,
}: Pick<ChatViewProps, 'phone' | 'number' | 'onBack'> & { chat: Chat }) => {
  const { words } = useDesk();
  const [menu, setMenu] = useState(false);
  return (
    <header class="chat-head">
      <button type="button" class="round" aria-label={words.back} onClick={onBack}>
        <Icon name="back" />
      </button>
      <Avatar name={number.verifiedName} colour={number.colour} />
      <span class="rail-text">
        <strong>{number.verifiedName}</strong>
        <Presence number={number} chat={chat} />
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
  const [most, setMost] = useState(MOST_SHOWN);
  const shown = chat.messages.slice(-most);
  if (shown.length === 0) return <p class="chat-empty soft">{words.noMessages}</p>;
  return (
    <ol class="messages">
      {shown.length < chat.messages.length && (
        <li class="messages-earlier">
          <button type="button" class="button" onClick={() => setMost(most + MOST_SHOWN)}>
            {words.earlier(chat.messages.length - shown.length)}
          </button>
        </li>
      )}
      {shown.map((message, index) => {
        const before = shown[index - 1];
        const isNewDay = before === undefined || dayOf(before) !== dayOf(message);
        return (
          <li key={message.messageId} class={message.from === 'customer' ? 'line is-own' : 'line'}>
            {isNewDay && <span class="day small">{dayText(message.at, language)}</span>}
            <Bubble message={message} chat={chat} quote={quote} />
          </li>
        );
      })}
    </ol>
  );
};

/** In the composer's place while the customer blocks the business. */
const Blocked = ({ chat }: { chat: Chat }) => {
  const { words, run } = useDesk();
  return (
    <div class="chat-blocked">
      <p class="soft">{words.business.blocked}</p>
      <button
        type="button"
        class="button"
        onClick={() => void run(() => ask('PATCH', chatPath(chat), { blocked: false }))}
      >
        {words.business.unblock}
      </button>
    </div>
  );
};

/** One chat on a customer's telephone. */
export const ChatView = ({ phone, number, draft, hasFocus, onBack, onSent }: ChatViewProps) => {
  const chat = chatOf(useWorldNow(), phone.phoneId, number.numberId);
  const [quoted, setQuoted] = useState<Quoted>();
  const body = useRef<HTMLDivElement>(null);
  useReading(chat);
  const last = chat.messages.at(-1);
  // what one has just written is always seen; what arrives only moves those who are at the end
  useLayoutEffect(() => {
    if (last?.from === 'customer') body.current?.scrollTo({ top: 0 });
  }, [last?.messageId]);
  const messages = useMemo(() => <Messages chat={chat} quote={setQuoted} />, [chat]);
  return (
    <div class="chat">
      <ChatHead phone={phone} number={number} chat={chat} onBack={onBack} />
      <div ref={body} class="chat-body" role="log" aria-label={number.verifiedName}>
        {messages}
      </div>
      <WindowNote chat={chat} />
      {chat.blocked ? (
        <Blocked chat={chat} />
      ) : (
        <Composer
          chat={chat}
          draft={draft}
          quoted={quoted}
          hasFocus={hasFocus || draft !== undefined}
          onQuoted={setQuoted}
          onSent={onSent}
        />
      )}
    </div>
  );
};
