import { Stepper } from '../ui/stepper.tsx';
import type { Picked } from './selection.ts';
import { useShop } from './shop-context.ts';
import type { SelectionControl } from './use-selection.ts';

/** The stepper of one product. */
export const ProductStepper = ({ product, control }: { product: Picked; control: SelectionControl }) => {
  const { words } = useShop();
  const { name, productId } = product;
  const quantity = control.quantity(productId);
  return (
    <Stepper
      quantity={quantity}
      max={control.room(product)}
      words={{
        add: words.add,
        addOf: words.addOf(name),
        more: words.oneMoreOf(name),
        less: words.oneLessOf(name),
        units: words.unitsOf(name, quantity),
      }}
      onChange={(next) => control.pick(product, next)}
      onFull={() => control.sayFull(product)}
    />
  );
};
