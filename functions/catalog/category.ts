import * as z from 'zod/mini';
import { countField, idField, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

const fields = () => ({
  name: textField(60),
  /** Place in the list of categories: lower comes first. */
  position: countField(),
});

/** A group of products in a shop window. */
export const Category = lazy(() =>
  z.object({
    categoryId: idField(),
    shopId: idField(),
    ...fields(),
    /** How many products are in it; a category with products can't be deleted. */
    products: countField(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Category = z.infer<Lazy<typeof Category>>;

export const CreateCategory = lazy(() =>
  z.strictObject({ name: textField(60), position: z._default(countField(), 0) }),
);
export type CreateCategory = z.infer<Lazy<typeof CreateCategory>>;

export const UpdateCategory = lazy(() => z.partial(z.strictObject(fields())));
export type UpdateCategory = z.infer<Lazy<typeof UpdateCategory>>;

/** What shoppers see of a category. */
export const CategoryView = lazy(() => z.object({ categoryId: idField(), name: z.string(), position: z.int() }));
export type CategoryView = z.infer<Lazy<typeof CategoryView>>;

/** The part of a category that shoppers see. */
export const categoryView = ({ categoryId, name, position }: Category): CategoryView => ({
  categoryId,
  name,
  position,
});

/** Categories in the order of the shop window. */
export const byPosition = (a: Category, b: Category): number =>
  a.position - b.position || a.name.localeCompare(b.name) || a.categoryId.localeCompare(b.categoryId);
