import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { changeStoredProduct, deleteProduct } from '../../../functions/catalog/update-product.ts';
import { aProduct } from '../../support/builders.ts';

const conflict = () => new AppError('change.conflict', 'the product was changed at the same moment');

/** A store whose product is changed by somebody else each time it was read, so many times. */
const contested = (times: number) => {
  let version = 1;
  let left = times;
  const meet = async () => {
    if (left === 0) return;
    left -= 1;
    version += 1;
    throw conflict();
  };
  const product = aProduct();
  const { shopId, productId } = product;
  return {
    which: { shopId, productId },
    products: { find: async () => ({ ...product, version }), save: meet, delete: meet },
  };
};

describe('a product that somebody else changes at the same moment', () => {
  const clock = () => new Date('2026-11-21T12:00:00.000Z');

  it('is read again, and the change is made to what it is by then', async () => {
    const { which, products } = contested(2);
    const changed = await changeStoredProduct(which, () => ({ name: 'Otra' }), { products, clock });
    expect(changed).toMatchObject({ name: 'Otra', version: 4 });
  });

  it('is deleted all the same', async () => {
    const { which, products } = contested(3);
    await expect(deleteProduct(which, products)).resolves.toBeUndefined();
  });

  it('is given up when that does not end', async () => {
    const { which, products } = contested(10);
    const change = changeStoredProduct(which, () => ({ name: 'Otra' }), { products, clock });
    await expect(change).rejects.toMatchObject({ code: 'change.conflict' });
  });
});
