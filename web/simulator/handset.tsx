import { useEffect, useRef, useState } from 'preact/hooks';
import type { Phone } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Icon } from '../ui/icons.tsx';
import type { Wanted } from './address.ts';
import { ChatList } from './chat-list.tsx';
import { ChatView } from './chat-view.tsx';
import { timeText, useDesk, useWorldNow } from './desk.ts';
import { useNow } from './use-now.ts';
import { chatsOf, type World } from './world.ts';

interface HandsetProps {
  phone: Phone;
  /** A chat and a text that the address asks for. */
  wanted: Wanted | undefined;
  /** Somebody took it out by hand. */
  isNew: boolean;
  /** The text that waited is no longer needed. */
  onTaken: () => void;
  onClose: () => void;
}

const MINUTE_MS = 60_000;

const askedNumber = (world: World, wanted: Wanted | undefined): string | undefined =>
  world.numbers.find(({ displayNumber }) => displayNumber.replace(/\D/g, '') === wanted?.to)?.numberId;

/** The chat that is open at first: the one asked for, else the one with the latest word, if there is any. */
const firstNumber = (world: World, phone: Phone, wanted: Wanted | undefined): string | undefined => {
  const latest = chatsOf(world, phone.phoneId).find(({ messages }) => messages.length > 0);
  return askedNumber(world, wanted) ?? latest?.numberId;
};

/** A customer's telephone: the chats they have, or one of them. */
export const Handset = ({ phone, wanted, isNew, onTaken, onClose }: HandsetProps) => {
  const { words, language } = useDesk();
  const world = useWorldNow();
  const place = useRef<HTMLElement>(null);
  const [byHand, setByHand] = useState(false);
  const [numberId, setNumberId] = useState(() => firstNumber(world, phone, wanted));
  const number = world.numbers.find((one) => one.numberId === numberId);
  const now = useNow(world.now, MINUTE_MS);
  const go = (to: string | undefined): void => {
    setByHand(true);
    setNumberId(to);
  };
  useEffect(() => {
    if (isNew) place.current?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, []);
  return (
    <section ref={place} class={phone.online ? 'handset' : 'handset is-off'} aria-label={phone.name}>
      <header class="handset-top small">
        <time>{timeText(now, language)}</time>
        <span class="handset-owner">
          {phone.name}
          {!phone.online && ` · ${words.off}`}
        </span>
        <button type="button" class="handset-close" aria-label={`${words.hide} ${phone.name}`} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {number ? (
        <ChatView
          key={number.numberId}
          phone={phone}
          number={number}
          draft={number.numberId === askedNumber(world, wanted) ? wanted?.text : undefined}
          hasFocus={byHand}
          onBack={() => go(undefined)}
          onSent={onTaken}
        />
      ) : (
        <ChatList phone={phone} hasFocus={byHand} onOpen={go} />
      )}
    </section>
  );
};
