import { Icon } from '../ui/icons.tsx';
import { type Selection, totalOf, unitsOf } from './selection.ts';
import { useShop } from './shop-context.ts';

/** What is picked and the one way on, at the thumb. */
export const SelectionBar = ({ selection, onBuy }: { selection: Selection; onBuy: () => void }) => {
  const { words, money } = useShop();
  const units = unitsOf(selection);
  return (
    <section class={units > 0 ? 'bar is-up' : 'bar'} aria-label={words.selection}>
      <p class="bar-words" aria-live="polite">
        {units > 0 && (
          <>
            <span class="soft">{words.units(units)}</span>
            <span class="unseen">, </span>
            <span class="bar-total serif">{money(totalOf(selection))}</span>
          </>
        )}
      </p>
      <button type="button" class="button button-whatsapp" disabled={units === 0} onClick={onBuy}>
        <Icon name="chat" />
        {words.buy}
      </button>
    </section>
  );
};
