import { useState } from 'preact/hooks';
import { Field } from '../ui/field.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { messageOf, useDesk } from './desk.ts';

/** One line of a form. */
export interface FormField {
  name: string;
  label: string;
  value: string;
  type?: 'text' | 'number' | 'tel';
  note?: string;
  required?: boolean;
}

interface FormSheetProps {
  title: string;
  action: string;
  fields: readonly FormField[];
  /** Closes the sheet when it went well; what it throws is said. */
  onSubmit: (values: Record<string, string>) => Promise<unknown>;
  onClose: () => void;
}

/** A sheet with a few fields and one action; what goes wrong is said in it, because it lies above everything else. */
export const FormSheet = ({ title, action, fields, onSubmit, onClose }: FormSheetProps) => {
  const { words } = useDesk();
  const [values, setValues] = useState(() => Object.fromEntries(fields.map(({ name, value }) => [name, value])));
  const [wrong, setWrong] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    setWrong('');
    const trimmed = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()]));
    onSubmit(trimmed).catch((error: unknown) => setWrong(`${words.failed}: ${messageOf(error)}`));
  };
  return (
    <Sheet title={title} closeLabel={words.close} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        {fields.map(({ name, label, type = 'text', note, required = false }) => (
          <Field
            key={name}
            label={label}
            type={type}
            step="any"
            note={note ?? ''}
            required={required}
            value={values[name] ?? ''}
            onInput={({ currentTarget }) => setValues({ ...values, [name]: currentTarget.value })}
          />
        ))}
        <p class={wrong ? 'notice' : 'unseen'} role="alert">
          {wrong}
        </p>
        <button type="submit" class="button button-main button-wide">
          {action}
        </button>
      </form>
    </Sheet>
  );
};
