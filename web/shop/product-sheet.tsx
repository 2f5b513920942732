import { useRef } from 'preact/hooks';
import type { ProductView } from '../../functions/catalog/product.ts';
import { Picture } from '../ui/picture.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { Toast } from '../ui/toast.tsx';
import { StockMark } from './product-card.tsx';
import { ProductStepper } from './product-stepper.tsx';
import { pickedFrom } from './selection.ts';
import { useShop } from './shop-context.ts';
import type { SelectionControl } from './use-selection.ts';

const Pictures = ({ product }: { product: ProductView }) => {
  const { words } = useShop();
  const strip = useRef<HTMLUListElement>(null);
  const { pictures, name } = product;
  const show = (index: number): void => {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const left = (strip.current?.clientWidth ?? 0) * index;
    strip.current?.scrollTo({ left, behavior: still ? 'auto' : 'smooth' });
  };
  if (pictures.length === 0) return <Picture url={null} alt="" name={name} />;
  return (
    <div class="pictures">
      <ul ref={strip} class="pictures-strip" aria-label={words.pictures}>
        {pictures.map(({ url, alt }) => (
          <li key={url}>
            <Picture url={url} alt={alt} name={name} eager />
          </li>
        ))}
      </ul>
      {pictures.length > 1 && (
        <div class="pictures-thumbs">
          {pictures.map(({ url }, index) => (
            <button
              key={url}
              type="button"
              aria-label={words.picture(index + 1, pictures.length)}
              onClick={() => show(index)}
            >
              <Picture url={url} alt="" name={name} eager />
            </button>
          ))}
        </div>
      )}
    </div>
  );
};

interface ProductSheetProps {
  product: ProductView;
  control: SelectionControl;
  onClose: () => void;
}

/** All pictures and words of one product, and its stepper again. */
export const ProductSheet = ({ product, control, onClose }: ProductSheetProps) => {
  const { words, money, toast } = useShop();
  return (
    <Sheet title={product.name} closeLabel={words.close} wide onClose={onClose}>
      <div class="product">
        <Pictures product={product} />
        <div class="product-words">
          <p class="product-price serif">{money(product.price)}</p>
          <StockMark available={product.available} />
          {product.description && <p class="product-description">{product.description}</p>}
          <div class="product-buy">
            {product.available > 0 && <ProductStepper product={pickedFrom(product)} control={control} />}
          </div>
        </div>
      </div>
      <Toast text={toast} />
    </Sheet>
  );
};
