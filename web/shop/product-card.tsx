import type { ProductView } from '../../functions/catalog/product.ts';
import { Picture } from '../ui/picture.tsx';
import { ProductStepper } from './product-stepper.tsx';
import { pickedFrom } from './selection.ts';
import { useShop } from './shop-context.ts';
import type { SelectionControl } from './use-selection.ts';

/** From this many on there is no need to say how many are left. */
const FEW = 5;

/** What the window says of a product's stock: nothing, while there is plenty. */
export const StockMark = ({ available }: { available: number }) => {
  const { words } = useShop();
  if (available > FEW) return null;
  return (
    <span class={available > 0 ? 'stock-mark' : 'stock-mark is-out'}>
      {available > 0 ? words.fewLeft(available) : words.soldOut}
    </span>
  );
};

interface ProductCardProps {
  product: ProductView;
  eager: boolean;
  control: SelectionControl;
  onOpen: () => void;
}

/** One product in the window: buying needs nothing but this. */
export const ProductCard = ({ product, eager, control, onOpen }: ProductCardProps) => {
  const { words, money } = useShop();
  const [picture] = product.pictures;
  const isOut = product.available <= 0;
  return (
    <li class={isOut ? 'card is-out' : 'card'}>
      <button type="button" class="card-picture" aria-label={words.seeMoreOf(product.name)} onClick={onOpen}>
        <Picture url={picture?.url} alt="" name={product.name} eager={eager} />
        <StockMark available={product.available} />
      </button>
      <h2 class="card-name">{product.name}</h2>
      <p class="card-price">{money(product.price)}</p>
      {isOut ? (
        <p class="card-out">{words.soldOut}</p>
      ) : (
        <ProductStepper product={pickedFrom(product)} control={control} />
      )}
    </li>
  );
};
