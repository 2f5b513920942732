import { useState } from 'preact/hooks';
import type { Phone } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Icon } from '../ui/icons.tsx';
import type { Wanted } from './address.ts';
import { ChatList } from './chat-list.tsx';
import { ChatView } from './chat-view.tsx';
import { timeText, useDesk } from './desk.ts';
import { useMinute } from './use-minute.ts';
import { chatsOf, type World } from './world.ts';

interface HandsetProps {
  phone: Phone;
  /** A chat and a text that the address asks for. */
  wanted: Wanted | undefined;
  onClose: () => void;
}

/** The chat that is open at first: the one asked for, else the one with the latest word, if there is any. */
const firstNumber = (world: World, phone: Phone, wanted: Wanted | undefined): string | undefined => {
  const asked = world.numbers.find(({ displayNumber }) => displayNumber.replace(/\D/g, '') === wanted?.to);
  const latest = chatsOf(world, phone.phoneId).find(({ messages }) => messages.length > 0);
  return asked?.numberId ?? latest?.numberId;
};

/** A customer's telephone: the chats they have, or one of them. */
export const Handset = ({ phone, wanted, onClose }: HandsetProps) => {
  const { words, world, language } = useDesk();
  const [numberId, setNumberId] = useState(() => firstNumber(world, phone, wanted));
  const number = world.numbers.find((one) => one.numberId === numberId);
  const now = useMinute(world.now);
  return (
    <section class={phone.online ? 'handset' : 'handset is-off'} aria-label={phone.name}>
      <header class="handset-top small">
        <time>{timeText(now, language)}</time>
        <span class="handset-owner">{phone.name}</span>
        <button type="button" class="handset-close" aria-label={words.hide} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {number ? (
        <ChatView
          key={number.numberId}
          phone={phone}
          number={number}
          draft={wanted?.text}
          onBack={() => setNumberId(undefined)}
        />
      ) : (
        <ChatList phone={phone} onOpen={setNumberId} />
      )}
    </section>
  );
};
