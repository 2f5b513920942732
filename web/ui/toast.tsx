import { useEffect, useRef, useState } from 'preact/hooks';

const SHOWN_MS = 4000;

/** A short word at the bottom that goes away by itself, and how to say one. */
export const useToast = (): { toast: string | undefined; say: (text: string) => void } => {
  const [shown, setShown] = useState<{ text: string }>();
  useEffect(() => {
    if (shown === undefined) return;
    const timer = setTimeout(() => setShown(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return { toast: shown?.text, say: (text) => setShown({ text }) };
};

/** Where the short words appear, above any open sheet; read out politely. */
export const Toast = ({ text }: { text: string | undefined }) => {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // shown anew each time: what came last into the top layer lies above the rest of it
    place.current?.hidePopover?.();
    place.current?.showPopover?.();
  }, [text]);
  return (
    <div ref={place} class="toasts" popover="manual" role="status">
      {text && <p class="toast">{text}</p>}
    </div>
  );
};
