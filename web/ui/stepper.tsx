import { useRef } from 'preact/hooks';
import { Icon } from './icons.tsx';

interface StepperProps {
  quantity: number;
  max: number;
  words: { add: string; addOf: string; more: string; less: string; units: string };
  onChange: (quantity: number) => void;
  /** The person asks for more than there may be. */
  onFull: () => void;
}

/** How many of something: «add» while none is picked, then less and more. It never changes size. */
export const Stepper = ({ quantity, max, words, onChange, onFull }: StepperProps) => {
  const more = useRef<HTMLButtonElement>(null);
  const isOn = quantity > 0;
  const less = (): void => {
    if (quantity === 1) more.current?.focus();
    onChange(quantity - 1);
  };
  return (
    <div class={`stepper ${isOn ? 'is-on' : ''}`}>
      {isOn && (
        <button type="button" aria-label={words.less} onClick={less}>
          <Icon name="minus" />
        </button>
      )}
      {isOn && (
        <output>
          <span aria-hidden="true">{quantity}</span>
          <span class="unseen">{words.units}</span>
        </output>
      )}
      <button
        key="more"
        ref={more}
        type="button"
        class={isOn ? '' : 'stepper-add'}
        aria-label={isOn ? words.more : words.addOf}
        aria-disabled={quantity >= max}
        onClick={() => (quantity < max ? onChange(quantity + 1) : onFull())}
      >
        <Icon name="plus" />
        {!isOn && <span>{words.add}</span>}
      </button>
    </div>
  );
};
