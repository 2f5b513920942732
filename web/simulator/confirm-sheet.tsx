import { Sheet } from '../ui/sheet.tsx';
import { useDesk } from './desk.ts';

interface ConfirmSheetProps {
  title: string;
  /** What will be touched. */
  text: string;
  action: string;
  onYes: () => void;
  onClose: () => void;
}

/** Asks before something is lost. */
export const ConfirmSheet = ({ title, text, action, onYes, onClose }: ConfirmSheetProps) => {
  const { words } = useDesk();
  const yes = (): void => {
    onClose();
    onYes();
  };
  return (
    <Sheet title={title} closeLabel={words.close} onClose={onClose}>
      <div class="form">
        <p>{text}</p>
        <button type="button" class="button button-main button-wide" onClick={yes}>
          {action}
        </button>
        <button type="button" class="button button-wide" onClick={onClose}>
          {words.notNow}
        </button>
      </div>
    </Sheet>
  );
};
