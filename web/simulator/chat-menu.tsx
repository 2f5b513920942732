import { useState } from 'preact/hooks';
import type { Chat, Phone } from '../../local/whatsapp-simulator/simulator-api.ts';
import { ConfirmSheet } from './confirm-sheet.tsx';
import { useDesk } from './desk.ts';
import { type FormField, FormSheet } from './form-sheet.tsx';
import { Menu, type MenuItem } from './menu.tsx';
import { ask, chatPath } from './simulator-calls.ts';
import type { Words } from './words.ts';

type Asked = 'echo' | 'number';
type Step = 'picking' | 'removing' | Asked;

const phonePathOf = ({ phoneId }: Phone): string => `/phones/${encodeURIComponent(phoneId)}`;

const switchesOf = ({
  phone,
  chat,
  words: { business },
  change,
}: {
  phone: Phone;
  chat: Chat;
  words: Words;
  change: (path: string, body: object) => unknown;
}): MenuItem[] => [
  {
    label: chat.blocked ? business.unblock : business.block,
    act: () => change(chatPath(chat), { blocked: !chat.blocked }),
  },
  {
    label: chat.marketing === 'stop' ? business.resume : business.stop,
    act: () => change(chatPath(chat), { marketing: chat.marketing === 'stop' ? 'resume' : 'stop' }),
  },
  {
    label: phone.readReceipts ? business.receiptsOff : business.receiptsOn,
    act: () => change(phonePathOf(phone), { readReceipts: !phone.readReceipts }),
  },
  {
    label: phone.online ? business.offline : business.online,
    act: () => change(phonePathOf(phone), { online: !phone.online }),
  },
];

/** What a customer, or the owner of the business with their own telephone, can do about a chat. */
export const ChatMenu = ({ phone, chat, onClose }: { phone: Phone; chat: Chat; onClose: () => void }) => {
  const { words, run, say } = useDesk();
  const [step, setStep] = useState<Step>('picking');
  const phonePath = phonePathOf(phone);
  const change = async (path: string, body: object) => {
    onClose();
    if (await run(() => ask('PATCH', path, body))) say(words.done);
  };
  const forms: Record<Asked, { title: string; field: FormField; send: (value: string) => Promise<unknown> }> = {
    echo: {
      title: words.business.echo,
      field: { name: 'value', label: words.fields.text, value: '', required: true },
      send: (body) => ask('POST', `${chatPath(chat)}/echo`, { type: 'text', body }),
    },
    number: {
      title: words.business.changeNumber,
      field: {
        name: 'value',
        label: words.fields.newNumber,
        value: phone.phone ?? '+549',
        type: 'tel',
        required: true,
      },
      send: (number) => ask('POST', `${phonePath}/number`, { phone: number }),
    },
  };
  if (step === 'echo' || step === 'number') {
    const { title, field, send } = forms[step];
    const submit = async ({ value = '' }: Record<string, string>) => {
      await send(value);
      onClose();
    };
    return <FormSheet title={title} action={words.send} fields={[field]} onSubmit={submit} onClose={onClose} />;
  }
  if (step === 'removing') {
    return (
      <ConfirmSheet
        title={words.remove}
        text={words.removeSure(phone.name)}
        action={words.removeYes}
        onYes={() => void run(() => ask('DELETE', phonePath))}
        onClose={onClose}
      />
    );
  }
  const items = [
    ...switchesOf({ phone, chat, words, change }),
    { label: words.business.changeNumber, act: () => setStep('number') },
    { label: words.business.echo, act: () => setStep('echo') },
    { label: words.remove, act: () => setStep('removing') },
  ];
  return <Menu title={phone.name} items={items} onClose={onClose} onPick={() => undefined} />;
};
