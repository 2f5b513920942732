import { useState } from 'preact/hooks';
import type { Phone } from '../../local/whatsapp-simulator/simulator-api.ts';
import { Icon } from '../ui/icons.tsx';
import { Avatar } from './avatar.tsx';
import { useDesk, useWorldNow } from './desk.ts';
import { FormSheet } from './form-sheet.tsx';
import { ask } from './simulator-calls.ts';
import { Unread } from './unread.tsx';

interface PhoneRailProps {
  isOpen: (phoneId: string) => boolean;
  toggle: (phoneId: string) => void;
}

const NewPhone = ({ onDone }: { onDone: (phone: Phone | undefined) => void }) => {
  const { words } = useDesk();
  const create = async ({ name = '', phone, username }: Record<string, string>) => {
    const body = { name, ...(phone && { phone }), ...(username && { username }) };
    onDone(await ask<Phone>('POST', '/phones', body));
  };
  return (
    <FormSheet
      title={words.newPhone}
      action={words.create}
      fields={[
        { name: 'name', label: words.name, value: '', required: true },
        { name: 'phone', label: words.phone, value: '', type: 'tel', note: words.phoneHint },
        { name: 'username', label: words.username, value: '', note: words.usernameHint },
      ]}
      onSubmit={create}
      onClose={() => onDone(undefined)}
    />
  );
};

/** The customers there are; a tap opens or puts away their telephone. */
export const PhoneRail = ({ isOpen, toggle }: PhoneRailProps) => {
  const { words } = useDesk();
  const world = useWorldNow();
  const [isNew, setIsNew] = useState(false);
  const unread = (phoneId: string): number =>
    world.chats.reduce((sum, chat) => sum + (chat.phoneId === phoneId ? chat.unread : 0), 0);
  const done = (phone: Phone | undefined): void => {
    setIsNew(false);
    if (phone && !isOpen(phone.phoneId)) toggle(phone.phoneId);
  };
  return (
    <nav class="rail" aria-label={words.phones}>
      <header>
        <h1 class="serif">{words.title}</h1>
        <p class="soft small rail-lead">{words.lead}</p>
      </header>
      <ul class="rail-list">
        {world.phones.map((phone) => (
          <li key={phone.phoneId}>
            <button
              type="button"
              class="rail-phone"
              aria-pressed={isOpen(phone.phoneId)}
              onClick={() => toggle(phone.phoneId)}
            >
              <Avatar name={phone.name} colour={phone.colour} />
              <span class="rail-text">
                <strong>{phone.name}</strong>
                <span class="soft small">{phone.phone ?? `@${phone.username}`}</span>
              </span>
              <Unread count={unread(phone.phoneId)} />
            </button>
          </li>
        ))}
        <li>
          <button type="button" class="rail-phone rail-new" onClick={() => setIsNew(true)}>
            <span class="avatar" aria-hidden="true">
              <Icon name="plus" />
            </span>
            <strong>{words.newPhone}</strong>
          </button>
        </li>
      </ul>
      {isNew && <NewPhone onDone={done} />}
    </nav>
  );
};
