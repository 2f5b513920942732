import type { InputHTMLAttributes } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  note?: string;
  /** What is wrong with it, in words that say what to do. */
  wrong?: string | undefined;
  /** Shown before what is typed. */
  prefix?: string | undefined;
}

/** A labelled input with a note under it, which gives way to what is wrong. */
export const Field = ({ label, note, wrong, prefix, ...input }: FieldProps) => {
  const id = useId();
  return (
    <div class={wrong ? 'field is-wrong' : 'field'}>
      <label for={id}>{label}</label>
      <div class="field-box">
        {prefix && <span aria-hidden="true">{prefix}</span>}
        <input {...input} id={id} aria-invalid={Boolean(wrong)} aria-describedby={`${id}-note`} />
      </div>
      <p class="field-note" id={`${id}-note`}>
        {wrong ?? note}
      </p>
    </div>
  );
};
