import type { CheckoutView } from '../../functions/checkouts/checkout.ts';
import { Picture } from '../ui/picture.tsx';
import { useView } from './checkout-context.ts';
import { useStillThere } from './use-still-there.ts';

const StillThere = ({ available, wanted }: { available: number | undefined; wanted: number }) => {
  const { words } = useView();
  if (available === undefined) return null;
  if (available <= 0) return <span class="line-left is-out">{words.soldOut}</span>;
  return <span class="line-left">{available < wanted ? words.fewLeft(available) : words.stillThere}</span>;
};

/** What the checkout holds, as it was when it was made, and what it comes to. */
export const CheckoutLines = ({ checkout }: { checkout: CheckoutView }) => {
  const { words, money } = useView();
  const stillThere = useStillThere(checkout);
  return (
    <section class="panel">
      <h2 class="unseen">{words.products}</h2>
      <ul>
        {checkout.lines.map(({ productId, name, pictureUrl, quantity, unitPrice, amount }) => (
          <li key={productId} class="line">
            <Picture url={pictureUrl} alt="" name={name} eager />
            <div class="line-words">
              <p class="line-name">{name}</p>
              <p class="soft small">
                {quantity} × {money(unitPrice)}
              </p>
              <StillThere available={stillThere.get(productId)} wanted={quantity} />
            </div>
            <p class="line-amount">{money(amount)}</p>
          </li>
        ))}
      </ul>
      <p class="line-total">
        <span>{words.total}</span>
        <strong class="serif">{money(checkout.total)}</strong>
      </p>
    </section>
  );
};
