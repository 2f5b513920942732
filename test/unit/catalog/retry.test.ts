import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { changeStoredProduct } from '../../../functions/catalog/change-stored-product.ts';
import { deleteProduct } from '../../../functions/catalog/delete-product.ts';
import type { Product } from '../../../functions/catalog/product.ts';
import { aProduct } from '../../support/builders.ts';

const conflict = () => new AppError('change.conflict', 'the product was changed at the same moment');

/** A store whose product is changed by somebody else each time it was read, so many times. */
const contested = (times: number, pictures: Product['pictures'] = []) => {
  let version = 1;
  let left = times;
  const meet = async () => {
    if (left === 0) return;
    left -= 1;
    version += 1;
    throw conflict();
  };
  const product = aProduct({ pictures });
  const { shopId, productId } = product;
  return {
    which: { shopId, productId, by: 'operator' as const },
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

  it('is deleted all the same, and its pictures with it, even when one of those can’t be', async () => {
    const pictures = ['a', 'b'].map((key) => ({ pictureId: key, key, alt: '' }));
    const { which, products } = contested(3, pictures);
    const removed: string[] = [];
    const bucket = {
      remove: async (key: string) => {
        if (key === 'a') throw new Error('the bucket is away');
        removed.push(key);
      },
    };
    await expect(deleteProduct(which, { products, bucket, clock })).resolves.toBeUndefined();
    expect(removed).toEqual(['b']);
  });

  it('is given up when that does not end', async () => {
    const { which, products } = contested(10);
    const change = changeStoredProduct(which, () => ({ name: 'Otra' }), { products, clock });
    await expect(change).rejects.toMatchObject({ code: 'change.conflict' });
  });
});
