import type { Phone } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Avatar } from './avatar.tsx';
import { bubbleText } from './bubble-text.ts';
import { timeText, useDesk } from './desk.ts';
import { chatsOf } from './world.ts';

/** The numbers a customer may write to, the latest word first. */
export const ChatList = ({ phone, onOpen }: { phone: Phone; onOpen: (numberId: string) => void }) => {
  const { words, world, language } = useDesk();
  return (
    <div class="chat-list">
      <h2 class="serif">{words.chats}</h2>
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
                  {unread > 0 && <span class="badge">{unread}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
};
