import type { ProductView } from '../../functions/catalog/product.ts';

/** What the page must know of a picked product to show it again, also after a reload. */
export type Picked = Pick<ProductView, 'productId' | 'name' | 'price' | 'available'> & { picture: string | null };

/** A picked product and how many of it. */
export interface SelectedLine extends Picked {
  quantity: number;
}

export type Selection = readonly SelectedLine[];

export interface SelectionLimits {
  maxLines: number;
  maxUnitsPerLine: number;
}

/** A line that could not be reserved whole, as the API says it. */
export interface ShortLine {
  productId: string;
  name: string;
  requested: number;
  available: number;
}

/** The part of a product that a selection keeps. */
export const pickedFrom = ({ productId, name, price, available, pictures }: ProductView): Picked => ({
  productId,
  name,
  price,
  available,
  picture: pictures[0]?.url ?? null,
});

/** How many of a product may be picked. */
export const maxUnits = ({ available }: Pick<Picked, 'available'>, { maxUnitsPerLine }: SelectionLimits): number =>
  Math.max(0, Math.min(available, maxUnitsPerLine));

/** How many of a product are picked. */
export const quantityOf = (selection: Selection, productId: string): number =>
  selection.find((line) => line.productId === productId)?.quantity ?? 0;

/** True when one more product would be more than a checkout takes. */
export const isFull = (selection: Selection, productId: string, { maxLines }: SelectionLimits): boolean =>
  selection.length >= maxLines && quantityOf(selection, productId) === 0;

/** The selection with this many of a product, within what there is and what a checkout takes. Zero takes it out. */
export const setQuantity = (
  selection: Selection,
  product: Picked,
  quantity: number,
  limits: SelectionLimits,
): Selection => {
  const allowed = Math.min(quantity, maxUnits(product, limits));
  if (allowed <= 0) return selection.filter((line) => line.productId !== product.productId);
  if (isFull(selection, product.productId, limits)) return selection;
  const line = { ...product, quantity: allowed };
  return quantityOf(selection, product.productId) > 0
    ? selection.map((old) => (old.productId === product.productId ? line : old))
    : [...selection, line];
};

/** The selection with fresh names, prices and stock of these products; more than there is comes down to what there is. */
export const refreshSelection = (
  selection: Selection,
  products: readonly Picked[],
  limits: SelectionLimits,
): Selection => {
  const fresh = new Map(products.map((product) => [product.productId, product]));
  return selection.flatMap((line) => {
    const product = fresh.get(line.productId) ?? line;
    const quantity = Math.min(line.quantity, maxUnits(product, limits));
    return quantity > 0 ? [{ ...line, ...product, quantity }] : [];
  });
};

/** True when a refresh took units away. */
export const hasShrunk = (before: Selection, after: Selection): boolean => unitsOf(after) < unitsOf(before);

/** The selection after the API refused part of it: what is left of the short lines, and all of the others. */
export const applyShort = (selection: Selection, short: readonly ShortLine[]): Selection => {
  const left = new Map(short.map((line) => [line.productId, line.available]));
  return selection.flatMap((line) => {
    const available = left.get(line.productId) ?? line.available;
    const quantity = Math.min(line.quantity, available);
    return quantity > 0 ? [{ ...line, available, quantity }] : [];
  });
};

/** How many units are picked in all. */
export const unitsOf = (selection: Selection): number => selection.reduce((sum, line) => sum + line.quantity, 0);

/** What the selection costs, in minor units. */
export const totalOf = (selection: Selection): number =>
  selection.reduce((sum, line) => sum + line.price * line.quantity, 0);

const isLine = (value: unknown): value is SelectedLine => {
  const { productId, name, price, available, quantity } = (value ?? {}) as Partial<SelectedLine>;
  return (
    typeof productId === 'string' &&
    typeof name === 'string' &&
    [price, available, quantity].every((number) => Number.isSafeInteger(number) && Number(number) >= 0)
  );
};

/** A selection from stored text; whatever can't be one is an empty one. */
export const parseSelection = (text: string | null): Selection => {
  try {
    const lines: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(lines) ? lines.filter(isLine) : [];
  } catch {
    return [];
  }
};
