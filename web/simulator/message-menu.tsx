import type { Chat, ChatMessage } from '../../local/whatsapp-simulator/simulator-api.ts';
import { bubbleText } from './bubble-text.ts';
import type { Quoted } from './composer.tsx';
import { useDesk } from './desk.ts';
import { Menu, type MenuItem } from './menu.tsx';
import { sendAsCustomer } from './simulator-calls.ts';

const EMOJIS = ['👍', '❤️', '😂', '😮', '🙏'];

interface MessageMenuProps {
  message: ChatMessage;
  chat: Chat;
  quote: (quoted: Quoted) => void;
  onClose: () => void;
}

/** What can be done with a message. */
export const MessageMenu = ({ message, chat, quote, onClose }: MessageMenuProps) => {
  const { words, run, say } = useDesk();
  const { messageId, content } = message;
  const react = async (emoji: string) => {
    onClose();
    const isOn = message.reactions.some((one) => one.by === 'customer' && one.emoji === emoji);
    await run(() => sendAsCustomer(chat, { type: 'reaction', messageId, emoji: isOn ? '' : emoji }));
  };
  const copy = async () => {
    await navigator.clipboard.writeText(bubbleText(message, words));
    say(words.copied);
  };
  const own: MenuItem[] = [
    ...(content.type === 'text'
      ? [{ label: words.edit, icon: 'pencil' as const, act: () => quote({ how: 'edit', message, text: content.body }) }]
      : []),
    {
      label: words.revoke,
      icon: 'bin',
      act: () => void run(() => sendAsCustomer(chat, { type: 'revoke', messageId })),
    },
  ];
  return (
    <Menu
      title={words.more}
      onClose={onClose}
      items={[
        { label: words.reply, icon: 'reply', act: () => quote({ how: 'reply', message, text: '' }) },
        { label: words.copyText, icon: 'copy', act: () => void run(copy) },
        ...(message.from === 'customer' ? own : []),
      ]}
    >
      <p class="emojis">
        {EMOJIS.map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="round"
            aria-label={`${words.react} ${emoji}`}
            onClick={() => void react(emoji)}
          >
            {emoji}
          </button>
        ))}
      </p>
    </Menu>
  );
};
