import { useState } from 'preact/hooks';
import type { Knobs, SendTrouble } from '../../local/whatsapp-simulator/simulator-api.ts';
import { useDesk, useWorldNow } from './desk.ts';
import { ask } from './simulator-calls.ts';

type NumberKnob = 'webhookDelayMs' | 'duplicates' | 'shuffleMs' | 'batch' | 'latencyMs' | 'statusDelayMs';
type SwitchKnob = 'statusesOff' | 'skipDelivered' | 'tokenExpired' | 'paymentProblem' | 'holdTemplates' | 'readAtOnce';

const useKnobs = () => {
  const { run } = useDesk();
  const { knobs } = useWorldNow();
  return { knobs, turn: (change: Partial<Knobs>) => void run(() => ask('PATCH', '/knobs', change)) };
};

const NumberField = ({
  label,
  value,
  onChange,
  max,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
  max?: number;
}) => {
  // what is being typed is not overwritten by what happens meanwhile
  const [typed, setTyped] = useState<string>();
  return (
    <label class="knob">
      <span>{label}</span>
      <input
        type="number"
        min="0"
        max={max}
        value={typed ?? value}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onChange={({ currentTarget }) => {
          setTyped(undefined);
          if (currentTarget.value !== '') onChange(Number(currentTarget.value));
        }}
        onBlur={() => setTyped(undefined)}
      />
    </label>
  );
};

const Numbers = ({ names }: { names: readonly NumberKnob[] }) => {
  const { words } = useDesk();
  const { knobs, turn } = useKnobs();
  return names.map((name) => (
    <NumberField
      key={name}
      label={words.knobs[name]}
      value={knobs[name]}
      onChange={(value) => turn({ [name]: value })}
    />
  ));
};

const Switches = ({ names }: { names: readonly SwitchKnob[] }) => {
  const { words } = useDesk();
  const { knobs, turn } = useKnobs();
  return names.map((name) => (
    <label key={name} class="knob">
      <span>{words.knobs[name]}</span>
      <input type="checkbox" checked={knobs[name]} onChange={() => turn({ [name]: !knobs[name] })} />
    </label>
  ));
};

const percent = (share: number | undefined): number => Math.round((share ?? 0) * 100);

const Rates = () => {
  const { words } = useDesk();
  const { knobs, turn } = useKnobs();
  return (
    <fieldset class="knobs">
      <legend>{words.knobs.rates}</legend>
      {(Object.keys(words.troubles) as SendTrouble[]).map((trouble) => (
        <NumberField
          key={trouble}
          label={`${words.troubles[trouble]} (%)`}
          value={percent(knobs.rates[trouble])}
          max={100}
          onChange={(value) => turn({ rates: { ...knobs.rates, [trouble]: value / 100 } })}
        />
      ))}
    </fieldset>
  );
};

const NextSends = () => {
  const { words } = useDesk();
  const { knobs, turn } = useKnobs();
  const [trouble, setTrouble] = useState<SendTrouble | 'code'>('time-out-after-acceptance');
  const [code, setCode] = useState(131026);
  const [times, setTimes] = useState(1);
  const [asStatus, setAsStatus] = useState(false);
  const apply = () =>
    turn(trouble === 'code' ? { nextError: { code, times, asStatus } } : { next: { trouble, times } });
  const left = (knobs.next?.times ?? 0) + (knobs.nextError?.times ?? 0);
  return (
    <fieldset class="knobs">
      <legend>
        {words.knobs.next} {left > 0 && <strong>· {words.knobs.left(left)}</strong>}
      </legend>
      <select
        aria-label={words.knobs.next}
        value={trouble}
        onChange={({ currentTarget }) => setTrouble(currentTarget.value as SendTrouble | 'code')}
      >
        {(Object.keys(words.troubles) as SendTrouble[]).map((one) => (
          <option key={one} value={one}>
            {words.troubles[one]}
          </option>
        ))}
        <option value="code">{words.knobs.error}</option>
      </select>
      {trouble === 'code' && (
        <>
          <NumberField label={words.knobs.error} value={code} onChange={setCode} />
          <label class="knob">
            <span>{words.knobs.asStatus}</span>
            <input type="checkbox" checked={asStatus} onChange={() => setAsStatus(!asStatus)} />
          </label>
        </>
      )}
      <NumberField label={words.knobs.times} value={times} onChange={setTimes} />
      <button type="button" class="button" onClick={apply}>
        {words.knobs.apply}
      </button>
    </fieldset>
  );
};

/** «Meta hoy». */
export const KnobsPanel = () => {
  const { words, run } = useDesk();
  const { knobs, turn } = useKnobs();
  return (
    <div class="panel">
      <button type="button" class="button button-wide" onClick={() => void run(() => ask('DELETE', '/knobs'))}>
        {words.calm}
      </button>
      <fieldset class="knobs">
        <legend>{words.knobs.sends}</legend>
        <Numbers names={['latencyMs', 'statusDelayMs']} />
        <Switches names={['tokenExpired', 'paymentProblem', 'holdTemplates', 'readAtOnce']} />
      </fieldset>
      <NextSends />
      <Rates />
      <fieldset class="knobs">
        <legend>{words.knobs.webhooks}</legend>
        <Numbers names={['webhookDelayMs', 'duplicates', 'shuffleMs', 'batch']} />
        <NumberField
          label={words.knobs.lossRate}
          value={percent(knobs.lossRate)}
          max={100}
          onChange={(value) => turn({ lossRate: value / 100 })}
        />
        <Switches names={['statusesOff', 'skipDelivered']} />
      </fieldset>
    </div>
  );
};
