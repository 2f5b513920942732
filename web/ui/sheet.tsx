import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';

interface SheetProps {
  title: string;
  closeLabel: string;
  onClose: () => void;
  wide?: boolean;
  children: ComponentChildren;
}

/**
 * A modal sheet for as long as it is drawn: focus goes in, stays in, and returns where it was. Escape, the cross, the
 * phone's back gesture and a tap outside close it.
 */
export const Sheet = ({ title, closeLabel, onClose, wide = false, children }: SheetProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const drawn = useRef(false);
  const titleId = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    drawn.current = true;
    element?.showModal();
    element?.querySelector('h2')?.focus();
    return () => {
      drawn.current = false;
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a tap outside is a shortcut; Escape and the cross do the same
    <dialog
      ref={dialog}
      class={wide ? 'sheet sheet-wide' : 'sheet'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => drawn.current && onClose()}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <header class="sheet-head">
        <h2 id={titleId} class="serif" tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="sheet-close" aria-label={closeLabel} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="sheet-body">{children}</div>
    </dialog>
  );
};
