import { useEffect, useRef, useState } from 'preact/hooks';
import { durationWords } from '#core/messages/durations.ts';
import { Field } from '../ui/field.tsx';
import { Picture } from '../ui/picture.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { Toast } from '../ui/toast.tsx';
import { formatPhone, isInternational, phoneHints } from './phone-entry.ts';
import { ProductStepper } from './product-stepper.tsx';
import { applyShort, type ShortLine, totalOf } from './selection.ts';
import { useShop } from './shop-context.ts';
import { type Purchase, type PurchaseForm, usePurchase } from './use-purchase.ts';
import type { SelectionControl } from './use-selection.ts';

const Lines = ({ control }: { control: SelectionControl }) => {
  const { words, money } = useShop();
  return (
    <ul class="lines">
      {control.selection.map((line) => (
        <li key={line.productId} class="line">
          <Picture url={line.picture} alt="" name={line.name} eager />
          <div class="line-words">
            <p class="line-name">{line.name}</p>
            <p class="line-amount">{money(line.price * line.quantity)}</p>
          </div>
          <ProductStepper product={line} control={control} />
        </li>
      ))}
      <li class="line-total">
        <span>{words.total}</span>
        <strong class="serif">{money(totalOf(control.selection))}</strong>
      </li>
    </ul>
  );
};

const WhatHappened = ({ purchase: { short = [], problem } }: { purchase: Purchase }) => {
  const { words } = useShop();
  const box = useRef<HTMLDivElement>(null);
  const isSaid = short.length > 0 || problem !== undefined;
  useEffect(() => {
    if (isSaid) box.current?.scrollIntoView({ block: 'nearest' });
  }, [short, problem]);
  return (
    <div ref={box} role="alert">
      {isSaid && (
        <div class="notice">
          <p>{problem ?? words.shortIntro}</p>
          {short.length > 0 && (
            <>
              <ul>
                {short.map(({ productId, name, available }) => (
                  <li key={productId}>{available > 0 ? words.shortLeft(name, available) : words.shortGone(name)}</li>
                ))}
              </ul>
              <p>{words.shortRest}</p>
            </>
          )}
        </div>
      )}
    </div>
  );
};

const PhoneField = ({
  value,
  wrong,
  onChange,
}: {
  value: string;
  wrong?: string;
  onChange: (phone: string) => void;
}) => {
  const { shop, words } = useShop();
  const hints = phoneHints(shop.country);
  const typed = ({ currentTarget: input }: { currentTarget: HTMLInputElement }): void => {
    const atEnd = input.selectionStart === input.value.length;
    const next = atEnd && input.value.length > value.length ? formatPhone(input.value, shop.country) : input.value;
    input.value = next;
    onChange(next);
  };
  return (
    <Field
      label={words.yourPhone}
      note={words.phoneHint}
      wrong={wrong}
      prefix={isInternational(value) ? undefined : hints.prefix}
      type="tel"
      name="phone"
      autocomplete="tel"
      inputMode="tel"
      maxLength={30}
      placeholder={hints.example}
      value={value}
      onInput={typed}
    />
  );
};

const Fields = ({ purchase, onSubmit }: { purchase: Purchase; onSubmit: (form: PurchaseForm) => void }) => {
  const { shop, language, words } = useShop();
  const [form, setForm] = useState<PurchaseForm>({ customerName: '', phone: '' });
  const element = useRef<HTMLFormElement>(null);
  useEffect(
    () => element.current?.querySelector<HTMLInputElement>('[aria-invalid="true"]')?.focus(),
    [purchase.fields],
  );
  const isBusy = purchase.state !== 'open';
  const labels = { open: words.reserve, sending: words.reserving, done: words.reserved };
  return (
    <form
      ref={element}
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onSubmit(form);
      }}
    >
      <Field
        label={words.yourName}
        wrong={purchase.fields.customerName}
        name="name"
        autocomplete="name"
        autocapitalize="words"
        maxLength={80}
        value={form.customerName}
        onInput={({ currentTarget }) => setForm({ ...form, customerName: currentTarget.value })}
      />
      <PhoneField
        value={form.phone}
        {...(purchase.fields.phone && { wrong: purchase.fields.phone })}
        onChange={(phone) => setForm({ ...form, phone })}
      />
      <div class="form-end">
        <p>
          <strong>{words.promise(durationWords(language, shop.holdMinutes))}</strong> {words.promiseNext}
        </p>
        <button type="submit" class="button button-main button-wide" disabled={isBusy}>
          {labels[purchase.state]}
        </button>
      </div>
    </form>
  );
};

interface BuySheetProps {
  control: SelectionControl;
  onShort: (lines: ShortLine[]) => void;
  onClose: () => void;
}

/** The last look at what was picked, who is asking, and what will happen. */
export const BuySheet = ({ control, onShort, onClose }: BuySheetProps) => {
  const { words, toast } = useShop();
  const { purchase, submit } = usePurchase(control.selection, {
    short: (lines) => {
      control.setSelection((now) => applyShort(now, lines));
      onShort(lines);
    },
    done: control.finish,
  });
  const close = (): void => {
    if (purchase.state !== 'sending') onClose();
  };
  const isOver = control.selection.length === 0 && purchase.state === 'open';
  return (
    <Sheet title={words.selection} closeLabel={words.close} onClose={close}>
      <WhatHappened purchase={purchase} />
      {isOver ? (
        <div class="form">
          <p>{words.nothingSelected}</p>
          <button type="button" class="button button-wide" onClick={onClose}>
            {words.backToShop}
          </button>
        </div>
      ) : (
        <>
          <Lines control={control} />
          <Fields purchase={purchase} onSubmit={submit} />
        </>
      )}
      <Toast text={toast} />
    </Sheet>
  );
};
