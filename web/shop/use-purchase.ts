import { useRef, useState } from 'preact/hooks';
import type { Language } from '#core/messages/core-types.ts';
import { type ProblemCode, problemWords } from '#core/messages/problems.ts';
import type { checkoutRoutes } from '../../functions/checkouts/checkouts.routes.ts';
import { asFailure, attempts, type CallFailure, call } from '../ui/client.ts';
import { couldBePhone } from './phone-entry.ts';
import type { Selection, ShortLine } from './selection.ts';
import { useShop } from './shop-context.ts';

export interface PurchaseForm {
  customerName: string;
  phone: string;
}

type FieldProblems = Partial<Record<keyof PurchaseForm, string>>;

/** Where a purchase stands. `problem` is said in words; `short` is what somebody else took meanwhile. */
export interface Purchase {
  state: 'open' | 'sending' | 'done';
  problem?: string;
  short?: readonly ShortLine[];
  fields: FieldProblems;
}

const shortLinesOf = ({ problem }: CallFailure): ShortLine[] =>
  Array.isArray(problem['short']) ? (problem['short'] as ShortLine[]) : [];

const useWords = () => {
  const { words, language } = useShop();
  return {
    missing: ({ customerName, phone }: PurchaseForm): FieldProblems => ({
      ...(customerName.trim() === '' && { customerName: words.nameMissing }),
      ...(phone.trim() === '' ? { phone: words.phoneMissing } : !couldBePhone(phone) && { phone: words.phoneUnclear }),
    }),
    refused: ({ problem: { errors = [] } }: CallFailure): FieldProblems => ({
      ...(errors.some(({ field }) => field === 'customerName') && { customerName: words.nameMissing }),
      ...(errors.some(({ field }) => field === 'phone') && { phone: words.phoneUnclear }),
    }),
    problem: (code: ProblemCode) => problemWords(language, code),
  };
};

type Sent = PurchaseForm & { shop: string; lines: { productId: string; quantity: number }[]; language: Language };

/** Reserves the selection and goes to its checkout; says what stood in the way when it can't. */
export const usePurchase = (selection: Selection, on: { short: (lines: ShortLine[]) => void; done: () => void }) => {
  const { shop, language } = useShop();
  const words = useWords();
  const [purchase, setPurchase] = useState<Purchase>({ state: 'open', fields: {} });
  const keys = useRef(attempts());
  const fail = (failure: CallFailure): void => {
    const short = shortLinesOf(failure);
    const fields = failure.code === 'request.invalid' ? words.refused(failure) : {};
    const isSaid = short.length > 0 || Object.keys(fields).length > 0;
    setPurchase({ state: 'open', fields, short, ...(!isSaid && { problem: words.problem(failure.code) }) });
    if (short.length > 0) on.short(short);
  };
  const send = async (body: Sent): Promise<void> => {
    setPurchase({ state: 'sending', fields: {} });
    try {
      const idempotencyKey = keys.current.keyFor(body);
      const input = { body, idempotencyKey };
      const { code } = await call<typeof checkoutRoutes.createCheckout>('POST', '/api/checkouts', input);
      keys.current.forget();
      setPurchase({ state: 'done', fields: {} });
      on.done();
      location.assign(`/c/${code}?lang=${language}`);
    } catch (error) {
      fail(asFailure(error));
    }
  };
  const submit = (form: PurchaseForm): void => {
    const fields = words.missing(form);
    const lines = selection.map(({ productId, quantity }) => ({ productId, quantity }));
    const trimmed = { customerName: form.customerName.trim(), phone: form.phone.trim() };
    if (Object.keys(fields).length > 0) setPurchase({ state: 'open', fields });
    else void send({ shop: shop.slug, lines, ...trimmed, language });
  };
  return { purchase, submit };
};
