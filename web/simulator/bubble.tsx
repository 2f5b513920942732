import { useState } from 'preact/hooks';
import type { Chat, ChatMessage, Tick } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Icon } from '../ui/icons.tsx';
import { BubbleContent } from './bubble-content.tsx';
import { bubbleText } from './bubble-text.ts';
import type { Quoted } from './composer.tsx';
import { timeText, useDesk } from './desk.ts';
import { MessageMenu } from './message-menu.tsx';

const Ticks = ({ tick }: { tick: Tick }) => {
  const { words } = useDesk();
  const isRead = tick === 'read' || tick === 'played';
  const name = tick === 'accepted' || tick === 'sent' ? 'check' : 'ticks';
  return (
    <span class={isRead ? 'ticks is-read' : 'ticks'}>
      <Icon name={tick === 'accepted' ? 'clock' : name} />
      <span class="unseen">{words.ticks[tick]}</span>
    </span>
  );
};

const Origin = ({ message }: { message: ChatMessage }) => {
  const { words } = useDesk();
  const { content, forwarded, referral, referredProduct, origin } = message;
  const notes = [
    forwarded && words.forwarded,
    referral && `${words.fromAd}: ${referral.headline ?? referral.sourceId}`,
    referredProduct && `${words.asksAbout} ${referredProduct.productId}`,
    origin === 'phone-app' && words.fromPhoneApp,
    content.type === 'card' && content.template && `${words.template} ${content.template.name}`,
  ].filter(Boolean);
  return notes.length > 0 ? <p class="bubble-origin small">{notes.join(' · ')}</p> : null;
};

const Quote = ({ chat, messageId }: { chat: Chat; messageId: string }) => {
  const { words } = useDesk();
  const quoted = chat.messages.find((message) => message.messageId === messageId);
  return quoted ? <p class="bubble-quote small">{bubbleText(quoted, words)}</p> : null;
};

const Foot = ({ message }: { message: ChatMessage }) => {
  const { words, language } = useDesk();
  return (
    <span class="bubble-foot">
      {message.edited && !message.revoked && <span>{words.edited}</span>}
      <time>{timeText(message.at, language)}</time>
      {message.from === 'customer' && <Ticks tick={message.tick} />}
    </span>
  );
};

const Failure = ({ error }: Pick<ChatMessage, 'error'>) => {
  const { words } = useDesk();
  return (
    <p class="bubble-failure small">
      {words.notDelivered}
      {error && ` · ${error.code}: ${error.title}`}
    </p>
  );
};

/** One message, with what it answers, what was felt about it, and what can be done with it. */
export const Bubble = ({
  message,
  chat,
  quote,
}: {
  message: ChatMessage;
  chat: Chat;
  quote: (quoted: Quoted) => void;
}) => {
  const { words } = useDesk();
  const [menu, setMenu] = useState(false);
  const isOwn = message.from === 'customer';
  const hasFailed = message.tick === 'failed';
  return (
    <article class={`bubble ${isOwn ? 'is-own' : ''} ${hasFailed ? 'is-failed' : ''}`}>
      <Origin message={message} />
      {message.repliesTo && !message.revoked && <Quote chat={chat} messageId={message.repliesTo} />}
      {message.revoked ? (
        <p class="soft bubble-gone">{words.revoked}</p>
      ) : (
        <BubbleContent message={message} chat={chat} />
      )}
      <Foot message={message} />
      {hasFailed && <Failure error={message.error} />}
      {message.reactions.length > 0 && (
        <p class="bubble-reactions">{message.reactions.map(({ emoji }) => emoji).join('')}</p>
      )}
      {!message.revoked && !hasFailed && (
        <button
          type="button"
          class="bubble-more"
          aria-label={`${words.more}: ${bubbleText(message, words).slice(0, 40)}`}
          onClick={() => setMenu(true)}
        >
          <Icon name="down" />
        </button>
      )}
      {menu && <MessageMenu message={message} chat={chat} quote={quote} onClose={() => setMenu(false)} />}
    </article>
  );
};
