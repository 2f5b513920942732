import type { ComponentChildren } from 'preact';
import type { CheckoutPageWords } from '#core/messages/checkout-page.ts';
import { countdownWords } from '#core/messages/durations.ts';
import type { CheckoutState, CheckoutView } from '../../functions/checkouts/checkout.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { useView } from './checkout-context.ts';
import { isSoon, milestoneAt, shareLeft } from './countdown.ts';
import { useSecondsLeft } from './use-seconds-left.ts';

const Ring = ({ share, children }: { share: number; children: ComponentChildren }) => (
  <div class="ring">
    <svg viewBox="0 0 100 100" aria-hidden="true">
      <circle cx="50" cy="50" r="45" />
      <circle class="ring-left" cx="50" cy="50" r="45" pathLength={100} stroke-dasharray={`${share * 100} 100`} />
    </svg>
    {children}
  </div>
);

const Reserved = ({ told, onZero }: { told: { checkout: CheckoutView; atMs: number }; onZero: () => void }) => {
  const { language, words, time } = useView();
  const { checkout, atMs } = told;
  const left = useSecondsLeft({ seconds: checkout.secondsLeft, atMs }, onZero);
  const milestone = milestoneAt(left);
  return (
    <>
      <Ring share={shareLeft(left, checkout.createdAt, checkout.expiresAt)}>
        <Icon name="clock" />
      </Ring>
      <h1 class="serif">{words.active}</h1>
      <p class={isSoon(left) ? 'left is-soon' : 'left'} role="timer">
        {(isSoon(left) ? words.leftSoon : words.left)(countdownWords(language, left))}
      </p>
      <p class="unseen" aria-live="polite">
        {milestone !== undefined && words.left(countdownWords(language, milestone))}
      </p>
      <p class="soft small">{words.until(time(checkout.expiresAt))}</p>
      <p class="state-hint">{words.activeHint}</p>
    </>
  );
};

interface Ending {
  icon: IconName;
  title: string;
  hint: string;
  at: (time: string) => string;
}

const endingOf = (state: Exclude<CheckoutState, 'active'>, words: CheckoutPageWords): Ending =>
  ({
    confirmed: { icon: 'check', title: words.confirmed, hint: words.confirmedHint, at: words.confirmedAt } as const,
    expired: { icon: 'clock', title: words.expired, hint: words.expiredHint, at: words.expiredAt } as const,
    cancelled: { icon: 'close', title: words.cancelled, hint: words.cancelledHint, at: words.cancelledAt } as const,
  })[state];

const Ended = ({ checkout, state }: { checkout: CheckoutView; state: Exclude<CheckoutState, 'active'> }) => {
  const { words, time } = useView();
  const ending = endingOf(state, words);
  const at = checkout.endedAt ?? (state === 'expired' ? checkout.expiresAt : undefined);
  return (
    <>
      <div class="state-mark">
        <Icon name={ending.icon} />
      </div>
      <h1 class="serif">{ending.title}</h1>
      {at && <p class="soft small">{ending.at(time(at))}</p>}
      <p class="state-hint">{ending.hint}</p>
    </>
  );
};

/** How the checkout stands, before anything else, in words and colour. */
export const CheckoutStatePanel = (props: { told: { checkout: CheckoutView; atMs: number }; onZero: () => void }) => {
  const { checkout } = props.told;
  return (
    <section class={`state is-${checkout.state}`} aria-live="polite">
      {checkout.state === 'active' ? <Reserved {...props} /> : <Ended checkout={checkout} state={checkout.state} />}
    </section>
  );
};
