import { useEffect, useRef } from 'preact/hooks';
import type { CategoryView } from '../../functions/catalog/category.ts';
import { EVERYTHING } from './product-lists.ts';
import { useShop } from './shop-context.ts';

interface CategoryChipsProps {
  categories: readonly CategoryView[];
  chosen: string;
  onChoose: (category: string) => void;
}

/** The categories, always at hand at the top. */
export const CategoryChips = ({ categories, chosen, onChoose }: CategoryChipsProps) => {
  const { words } = useShop();
  const strip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const chip = strip.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (chip) strip.current?.scrollTo({ left: chip.offsetLeft - 16 });
  }, [chosen]);
  const all = [{ categoryId: EVERYTHING, name: words.everything }, ...categories];
  return (
    <nav class="categories" aria-label={words.categories}>
      <div ref={strip} class="chips">
        {all.map(({ categoryId, name }) => (
          <button
            key={categoryId}
            type="button"
            class="chip"
            aria-pressed={categoryId === chosen}
            onClick={() => onChoose(categoryId)}
          >
            {name}
          </button>
        ))}
      </div>
    </nav>
  );
};
