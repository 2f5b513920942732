import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Chat, ChatMessage } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Icon } from '../ui/icons.tsx';
import { AttachMenu } from './attach-menu.tsx';
import { bubbleText } from './bubble-text.ts';
import { useDesk } from './desk.ts';
import { sendAsCustomer } from './simulator-calls.ts';

/** A message that the next one answers or replaces. */
export interface Quoted {
  how: 'reply' | 'edit';
  message: ChatMessage;
  text: string;
}

interface ComposerProps {
  chat: Chat;
  draft: string | undefined;
  quoted: Quoted | undefined;
  /** The keyboard goes here at once. */
  hasFocus: boolean;
  onQuoted: (quoted: Quoted | undefined) => void;
  onSent: () => void;
}

const QuoteBar = ({ quoted, onDrop }: { quoted: Quoted; onDrop: () => void }) => {
  const { words } = useDesk();
  return (
    <p class="quote-bar small">
      <span>
        <strong>{quoted.how === 'reply' ? words.replying : words.editing}</strong> {bubbleText(quoted.message, words)}
      </span>
      <button type="button" class="round" aria-label={words.close} onClick={onDrop}>
        <Icon name="close" />
      </button>
    </p>
  );
};

const messageOf = (body: string, quoted: Quoted | undefined) => {
  if (quoted?.how === 'edit') return { type: 'edit', messageId: quoted.message.messageId, body } as const;
  return { type: 'text', body, ...(quoted && { repliesTo: quoted.message.messageId }) } as const;
};

/** A send that takes longer is shown to be on its way. */
const PATIENCE_MS = 300;

const useSlowness = () => {
  const [isSlow, setIsSlow] = useState(false);
  const watch = async <Answer,>(action: Promise<Answer>): Promise<Answer> => {
    const timer = setTimeout(() => setIsSlow(true), PATIENCE_MS);
    try {
      return await action;
    } finally {
      clearTimeout(timer);
      setIsSlow(false);
    }
  };
  return { isSlow, watch };
};

/** Where the customer writes. */
export const Composer = ({ chat, draft, quoted, hasFocus, onQuoted, onSent }: ComposerProps) => {
  const { words, run } = useDesk();
  const [text, setText] = useState(draft ?? '');
  const [isAttaching, setIsAttaching] = useState(false);
  const { isSlow, watch } = useSlowness();
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (quoted === undefined) return;
    if (quoted.how === 'edit') setText(quoted.text);
    box.current?.focus();
  }, [quoted]);
  const drop = (): void => {
    if (quoted?.how === 'edit') setText('');
    onQuoted(undefined);
  };
  // with the drawing itself: who writes elsewhere a moment later is not called back
  useLayoutEffect(() => {
    if (hasFocus) box.current?.focus({ preventScroll: true });
  }, []);
  const send = async () => {
    const body = text.trim();
    if (body === '') return;
    setText('');
    onQuoted(undefined);
    box.current?.focus();
    const sent = await watch(run(() => sendAsCustomer(chat, messageOf(body, quoted))));
    if (sent) return onSent();
    setText((now) => now || body);
    if (quoted) onQuoted({ ...quoted, text: body });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <footer class="composer">
      {quoted && <QuoteBar quoted={quoted} onDrop={drop} />}
      <button type="button" class="round" aria-label={words.attach} onClick={() => setIsAttaching(true)}>
        <Icon name="clip" />
      </button>
      <textarea
        ref={box}
        rows={1}
        aria-label={words.write}
        placeholder={words.write}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button type="button" class="round composer-send" aria-label={words.send} onClick={() => void send()}>
        <Icon name={isSlow ? 'clock' : 'send'} />
      </button>
      {isAttaching && <AttachMenu chat={chat} onClose={() => setIsAttaching(false)} />}
    </footer>
  );
};
