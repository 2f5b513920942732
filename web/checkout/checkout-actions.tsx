import { useState } from 'preact/hooks';
import type { CheckoutView } from '../../functions/checkouts/checkout.ts';
import type { Selection } from '../shop/selection.ts';
import { saveSelection } from '../shop/stored-selection.ts';
import { Icon } from '../ui/icons.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { withLanguage } from '../ui/use-language.ts';
import { useView } from './checkout-context.ts';

type Act = 'confirm' | 'cancel';

interface AskProps {
  act: Act;
  shopName: string;
  busy: boolean;
  onYes: () => void;
  onNo: () => void;
}

/** Asks before something that can't be undone, and says what it will touch. */
const Ask = ({ act, shopName, busy, onYes, onNo }: AskProps) => {
  const { words } = useView();
  const text = {
    confirm: {
      question: words.confirmQuestion,
      hint: words.confirmHint(shopName),
      yes: words.confirmYes,
      no: words.notYet,
    },
    cancel: { question: words.cancelQuestion, hint: words.cancelHint, yes: words.cancelYes, no: words.keep },
  }[act];
  return (
    <Sheet title={text.question} closeLabel={words.close} onClose={onNo}>
      <div class="ask">
        <p>{text.hint}</p>
        <button type="button" class="button button-main" disabled={busy} onClick={onYes}>
          {text.yes}
        </button>
        <button type="button" class="button button-quiet" disabled={busy} onClick={onNo}>
          {text.no}
        </button>
      </div>
    </Sheet>
  );
};

const WhatsApp = ({ url, hint }: { url: string | null; hint: string }) => {
  const { words } = useView();
  if (url === null) return <p class="panel panel-soft">{words.shopWrites}</p>;
  return (
    <>
      <a class="button button-whatsapp button-wide" href={url}>
        <Icon name="chat" />
        {words.continue}
      </a>
      <p class="soft small actions-hint">{hint}</p>
    </>
  );
};

/** The lines as a selection: the shop brings prices and stock up to date when it opens. */
const selectionOf = ({ lines }: CheckoutView): Selection =>
  lines.map(({ productId, name, unitPrice, quantity, pictureUrl }) => ({
    productId,
    name,
    price: unitPrice,
    available: quantity,
    picture: pictureUrl,
    quantity,
  }));

const Again = ({ checkout }: { checkout: CheckoutView }) => {
  const { words, language } = useView();
  const { slug } = checkout.shop;
  return (
    <a
      class="button button-main button-wide"
      href={withLanguage(`/s/${slug}`, language)}
      onClick={() => saveSelection(slug, selectionOf(checkout))}
    >
      {words.again}
    </a>
  );
};

interface CheckoutActionsProps {
  checkout: CheckoutView;
  busy: boolean;
  onAct: (act: Act) => Promise<void>;
}

/** What can be done now: one main thing, the others quiet. */
export const CheckoutActions = ({ checkout, busy, onAct }: CheckoutActionsProps) => {
  const { words } = useView();
  const [asked, setAsked] = useState<Act>();
  const { state, whatsappUrl, shopperConfirms, shop } = checkout;
  if (state === 'expired' || state === 'cancelled') return <Again checkout={checkout} />;
  if (state === 'confirmed') return <WhatsApp url={whatsappUrl} hint="" />;
  return (
    <>
      <WhatsApp url={whatsappUrl} hint={words.nextStep} />
      <div class="actions-quiet">
        {shopperConfirms && (
          <button type="button" class="button" disabled={busy} onClick={() => setAsked('confirm')}>
            {words.confirm}
          </button>
        )}
        <button type="button" class="button button-quiet" disabled={busy} onClick={() => setAsked('cancel')}>
          {words.cancel}
        </button>
      </div>
      {asked && (
        <Ask
          act={asked}
          shopName={shop.name}
          busy={busy}
          onYes={() => void onAct(asked).finally(() => setAsked(undefined))}
          onNo={() => setAsked(undefined)}
        />
      )}
    </>
  );
};
