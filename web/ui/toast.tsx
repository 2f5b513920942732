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
  const seen = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // shown anew each time: what came last into the top layer lies above the rest of it
    if (text === undefined) return;
    seen.current?.showPopover?.();
    return () => seen.current?.hidePopover?.();
  }, [text]);
  return (
    <>
      <p class="unseen" role="status">
        {text}
      </p>
      <div ref={seen} class="toasts" popover="manual" aria-hidden="true">
        {text && <p class="toast">{text}</p>}
      </div>
    </>
  );
};
