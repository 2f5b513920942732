import { useEffect, useRef } from 'preact/hooks';
import type { Phone } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Avatar } from './avatar.tsx';
import { bubbleText } from './bubble-text.ts';
import { timeText, useDesk, useWorldNow } from './desk.ts';
import { Unread } from './unread.tsx';
import { chatsOf } from './world.ts';

/** The numbers a customer may write to, the latest word first. */
export const ChatList = ({
  phone,
  hasFocus,
  onOpen,
}: {
  phone: Phone;
  /** Somebody came back to it: the keyboard goes on from here. */
  hasFocus: boolean;
  onOpen: (numberId: string) => void;
}) => {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasFocus) title.current?.focus({ preventScroll: true });
  }, []);
  const { words, language } = useDesk();
  const world = useWorldNow();
  return (
    <div class="chat-list">
      <h2 class="serif" tabIndex={-1} ref={title}>
        {words.chats}
      </h2>
      {world.numbers.length === 0 && <p class="chat-empty soft">{words.noNumbers}</p>}
      <ul>
        {chatsOf(world, phone.phoneId).map(({ numberId, messages, unread }) => {
          const number = world.numbers.find((one) => one.numberId === numberId);
          const last = messages.at(-1);
          return (
            <li key={numberId}>
              <button type="button" class="chat-row" onClick={() => onOpen(numberId)}>
                <Avatar name={number?.verifiedName ?? ''} colour={number?.colour ?? '#888888'} />
                <span class="rail-text">
                  <strong>{number?.verifiedName}</strong>
                  <span class="soft small">{last ? bubbleText(last, words) : number?.displayNumber}</span>
                </span>
                <span class="chat-row-side small soft">
                  {last && <time>{timeText(last.at, language)}</time>}
                  <Unread count={unread} />
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
};
