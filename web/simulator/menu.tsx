import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useDesk } from './desk.ts';

/** One thing that can be done. */
export interface MenuItem {
  label: string;
  icon?: IconName;
  act: () => void;
}

/** A sheet of things that can be done. Doing one closes it, unless `onPick` takes over. */
export const Menu = ({
  title,
  items,
  onClose,
  onPick = onClose,
  children,
}: {
  title: string;
  items: readonly MenuItem[];
  onClose: () => void;
  onPick?: () => void;
  children?: ComponentChildren;
}) => {
  const { words } = useDesk();
  return (
    <Sheet title={title} closeLabel={words.close} onClose={onClose}>
      {children}
      <ul class="menu">
        {items.map(({ label, icon, act }) => (
          <li key={label}>
            <button
              type="button"
              class="option"
              onClick={() => {
                onPick();
                act();
              }}
            >
              {icon && <Icon name={icon} />}
              {label}
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
};
