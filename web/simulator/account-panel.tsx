import { useState } from 'preact/hooks';
import type { AccountEvent, BusinessNumber } from '../../local/whatsapp-simulator/simulator-api.ts';
import { ConfirmSheet } from './confirm-sheet.tsx';
import { useDesk, useWorldNow } from './desk.ts';
import { ask } from './simulator-calls.ts';

const templateStatuses = ['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED'] as const;
const qualities = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'] as const;
const numberStatuses = ['CONNECTED', 'FLAGGED', 'RESTRICTED', 'BANNED', 'DISCONNECTED'] as const;

const useTelling = (accountId: string) => {
  const { words, run, say } = useDesk();
  return async (event: AccountEvent) => {
    const told = await run(() =>
      ask<{ webhooks: number }>('POST', `/accounts/${encodeURIComponent(accountId)}/events`, event),
    );
    if (told) say(words.told(told.webhooks));
  };
};

const Choice = <Value extends string>({
  label,
  value,
  values,
  onPick,
}: {
  label: string;
  value: string;
  values: readonly Value[];
  onPick: (value: Value) => void;
}) => (
  <label class="knob">
    <span>{label}</span>
    <select value={value} onChange={({ currentTarget }) => onPick(currentTarget.value as Value)}>
      {!(values as readonly string[]).includes(value) && <option value={value}>{value}</option>}
      {values.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  </label>
);

const Templates = () => {
  const { words } = useDesk();
  const world = useWorldNow();
  const [templateId, setTemplateId] = useState(world.templates[0]?.templateId ?? '');
  const template = world.templates.find((one) => one.templateId === templateId);
  const tell = useTelling(template?.accountId ?? '');
  if (template === undefined) return null;
  return (
    <fieldset class="knobs">
      <legend>{words.template_}</legend>
      <select
        aria-label={words.template_}
        value={templateId}
        onChange={({ currentTarget }) => setTemplateId(currentTarget.value)}
      >
        {world.templates.map((one) => (
          <option key={one.templateId} value={one.templateId}>
            {one.name} · {one.language}
          </option>
        ))}
      </select>
      <Choice
        label={words.status}
        value={template.status}
        values={templateStatuses}
        onPick={(status) => void tell({ event: 'template-status', templateId, status })}
      />
      <Choice
        label={words.quality}
        value={template.quality}
        values={qualities}
        onPick={(quality) => void tell({ event: 'template-quality', templateId, quality })}
      />
    </fieldset>
  );
};

const NumberOf = ({ number }: { number: BusinessNumber }) => {
  const { words, run } = useDesk();
  const { numberId } = number;
  const tell = useTelling(number.accountId);
  const settle = (coexistence: boolean) =>
    void run(() => ask('PATCH', `/numbers/${encodeURIComponent(numberId)}`, { coexistence }));
  return (
    <fieldset class="knobs">
      <legend>
        {number.verifiedName} {number.displayNumber}
      </legend>
      <Choice
        label={words.status}
        value={number.status}
        values={numberStatuses}
        onPick={(status) => void tell({ event: 'number-status', numberId, status })}
      />
      <Choice
        label={words.quality}
        value={number.quality}
        values={qualities}
        onPick={(quality) => void tell({ event: 'number-quality', numberId, change: 'FLAGGED', quality })}
      />
      <label class="knob">
        <span>{words.coexistence}</span>
        <input type="checkbox" checked={number.coexistence} onChange={() => settle(!number.coexistence)} />
      </label>
    </fieldset>
  );
};

/** What Meta may tell about the account. */
export const AccountPanel = () => {
  const { words, run } = useDesk();
  const world = useWorldNow();
  const [isSure, setIsSure] = useState(false);
  return (
    <div class="panel">
      <Templates />
      {world.numbers.map((number) => (
        <NumberOf key={number.numberId} number={number} />
      ))}
      <button type="button" class="button button-wide" onClick={() => setIsSure(true)}>
        {words.reset}
      </button>
      {isSure && (
        <ConfirmSheet
          title={words.reset}
          text={words.resetSure}
          action={words.resetYes}
          onYes={() => void run(() => ask('POST', '/reset', {}))}
          onClose={() => setIsSure(false)}
        />
      )}
    </div>
  );
};
