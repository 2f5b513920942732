import { useEffect } from 'preact/hooks';
import type { Language } from '#core/messages/core-types.ts';
import { problemWords } from '#core/messages/problems.ts';
import type { CheckoutView } from '../../functions/checkouts/checkout.ts';
import { Icon } from '../ui/icons.tsx';
import { LanguageSwitch } from '../ui/language-switch.tsx';
import { Toast, useToast } from '../ui/toast.tsx';
import { useLanguage, withLanguage } from '../ui/use-language.ts';
import { CheckoutActions } from './checkout-actions.tsx';
import { useView, ViewProvider, viewFor } from './checkout-context.ts';
import { CheckoutLines } from './checkout-lines.tsx';
import { CheckoutStatePanel } from './checkout-state.tsx';
import { copyText, shareLink } from './share.ts';
import { useCheckout, useEnding } from './use-checkout.ts';

const Header = ({ checkout, onLanguage }: { checkout: CheckoutView; onLanguage: (language: Language) => void }) => {
  const { words, language } = useView();
  return (
    <header class="checkout-header">
      <a class="shop-name serif" href={withLanguage(`/s/${checkout.shop.slug}`, language)} title={words.toShop}>
        {checkout.shop.name}
      </a>
      <LanguageSwitch label={words.language} language={language} onChange={onLanguage} />
    </header>
  );
};

/** The code in groups of four, to read aloud, and the link, to pass on. */
const Code = ({ checkout, say }: { checkout: CheckoutView; say: (text: string) => void }) => {
  const { words } = useView();
  const copy = async (): Promise<void> => {
    say((await copyText(checkout.displayCode)) ? words.codeCopied : words.copyFailed);
  };
  const share = async (): Promise<void> => {
    const done = await shareLink(words.pageTitle(checkout.shop.name), checkout.url);
    if (done !== 'shared') say(done === 'copied' ? words.linkCopied : words.copyFailed);
  };
  return (
    <section class="panel code">
      <div>
        <h2 class="soft small">{words.code}</h2>
        <p class="code-text">{checkout.displayCode}</p>
      </div>
      <div class="code-actions">
        <button type="button" class="button" onClick={() => void copy()}>
          <Icon name="copy" />
          {words.copyCode}
        </button>
        <button type="button" class="button" onClick={() => void share()}>
          <Icon name="share" />
          {words.share}
        </button>
      </div>
    </section>
  );
};

/** A checkout: how it stands, what is in it, what can be done. */
export const CheckoutPage = ({ first, firstLanguage }: { first: CheckoutView; firstLanguage: Language }) => {
  const [language, setLanguage] = useLanguage(firstLanguage);
  const { toast, say } = useToast();
  const { checkout, atMs, refresh, take } = useCheckout(first);
  const view = viewFor(checkout, language);
  const { words } = view;
  const { busy, run } = useEnding(checkout.code, {
    done: (ended, act) => {
      take(ended);
      say(act === 'confirm' ? words.nowConfirmed : words.nowCancelled);
    },
    failed: ({ code }) => {
      say(problemWords(language, code));
      refresh();
    },
  });
  useEffect(() => {
    document.title = words.pageTitle(checkout.shop.name);
  }, [words]);
  return (
    <ViewProvider value={view}>
      <div class="page checkout">
        <Header checkout={checkout} onLanguage={setLanguage} />
        <main class="checkout-columns">
          <div class="checkout-column">
            <CheckoutStatePanel told={{ checkout, atMs }} onZero={refresh} />
            <div class="actions">
              <CheckoutActions checkout={checkout} busy={busy} onAct={run} />
            </div>
          </div>
          <div class="checkout-column">
            <CheckoutLines checkout={checkout} />
            <Code checkout={checkout} say={say} />
          </div>
        </main>
      </div>
      <Toast text={toast} />
    </ViewProvider>
  );
};
