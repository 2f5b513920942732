import { describe, expect, it } from 'vitest';
import { browseProducts, viewCategories, viewProduct } from '../../../functions/catalog/browse-products.ts';
import { byPosition, type Category } from '../../../functions/catalog/category.ts';
import {
  attachPicture,
  orderPictures,
  removePicture,
  requestUpload,
} from '../../../functions/catalog/change-pictures.ts';
import { createCategory } from '../../../functions/catalog/create-category.ts';
import { createProduct } from '../../../functions/catalog/create-product.ts';
import { MAX_PICTURE_BYTES, MAX_PICTURES, type Picture, pictureKey } from '../../../functions/catalog/picture.ts';
import { type Product, productOrder, UpdateProduct } from '../../../functions/catalog/product.ts';
import { updateCategory } from '../../../functions/catalog/update-category.ts';
import { updateProduct } from '../../../functions/catalog/update-product.ts';
import { aCategory, aLevel, anId, aProduct, aShop } from '../../support/builders.ts';
import { movedClock, NOON } from '../../support/clock.ts';
import { failureOf } from '../../support/ports.ts';

const shop = aShop();
const { shopId } = shop;
const by = 'user:ana' as const;

const given = (own: Product[] = [], categories: Category[] = [aCategory({ shopId })]) => {
  const products = new Map(own.map((product) => [product.productId, product]));
  const repeats = new Map<string, string>();
  const files = new Map<string, { bytes: number; contentType: string }>();
  const saved: { product: Product; from: string | undefined }[] = [];
  const remember = (request: { idempotencyKey: string } | undefined, resultId: string) =>
    request && repeats.set(request.idempotencyKey, resultId);
  const findRepeat = async ({ idempotencyKey }: { idempotencyKey: string }) => repeats.get(idempotencyKey);
  const ports = {
    clock: movedClock(),
    products: {
      find: async (of: string, productId: string) => (of === shopId ? products.get(productId) : undefined),
      save: async (product: Product, from?: string) => {
        products.set(product.productId, product);
        saved.push({ product, from });
      },
      findRepeat,
      create: async (product: Product, request: { idempotencyKey: string } | undefined): Promise<true | undefined> => {
        products.set(product.productId, product);
        remember(request, product.productId);
        return true;
      },
      list: async () => ({ items: [...products.values()], nextCursor: 'more' }),
    },
    categories: {
      find: async (_: string, categoryId: string) => categories.find((one) => one.categoryId === categoryId),
      all: async () => categories,
      findRepeat,
      create: async (category: Category, request: { idempotencyKey: string } | undefined) => {
        categories.push(category);
        remember(request, category.categoryId);
      },
      update: async (category: Category) => {
        categories.splice(0, categories.length, category);
      },
    },
    stock: { levels: async () => new Map(own.map((one, index) => [one.productId, [aLevel(one, { onHand: index })]])) },
    bucket: {
      presignPut: async (key: string) => `https://bucket.example/${key}?signature`,
      head: async (key: string) => files.get(key),
      remove: async (key: string) => void files.delete(key),
    },
  };
  return { ports, products, categories, files, saved };
};

const aPicture = (): Picture => {
  const pictureId = anId();
  return { pictureId, key: `shops/${pictureId}.webp`, alt: '' };
};

describe('a new product', () => {
  const input = (categoryId: string) => ({
    categoryId,
    name: 'Vela',
    description: '',
    price: 100,
    active: true,
    position: 0,
  });

  it('begins without stock, sold out, in one bucket', async () => {
    const { ports, categories } = given();
    const product = await createProduct(
      { shopId, input: input(categories[0]?.categoryId ?? ''), idempotencyKey: undefined, by },
      ports,
    );
    expect(product).toMatchObject({
      soldOut: true,
      hot: false,
      stockBuckets: 1,
      pictures: [],
      version: 1,
      createdAt: NOON,
    });
  });

  it('is the same under the same key, also when its category has gone since', async () => {
    const { ports, categories, products } = given();
    const request = { shopId, input: input(categories[0]?.categoryId ?? ''), idempotencyKey: 'k1', by };
    const first = await createProduct(request, ports);
    categories.length = 0;
    expect(await createProduct(request, ports)).toEqual(first);
    expect(products.size).toBe(1);
    products.clear();
    expect(await failureOf(createProduct(request, ports))).toMatchObject({ code: 'not-found' });
  });

  it('needs a category of its shop, which is still there at the end', async () => {
    const { ports, categories } = given();
    const of = (categoryId: string) =>
      createProduct({ shopId, input: input(categoryId), idempotencyKey: undefined, by }, ports);
    expect(await failureOf(of(anId()))).toMatchObject({
      code: 'request.invalid',
      details: { errors: [{ field: 'categoryId', code: 'unknown' }] },
    });
    ports.products.create = async () => undefined;
    expect(await failureOf(of(categories[0]?.categoryId ?? ''))).toMatchObject({ code: 'change.conflict' });
  });
});

describe('a changed product', () => {
  it('keeps what the change does not name, and gets a new version', async () => {
    const product = aProduct({ shopId });
    const { ports, saved } = given([product]);
    const change = UpdateProduct().parse({ price: 5 });
    expect(await updateProduct({ shopId, productId: product.productId, by, change }, ports)).toEqual({
      ...product,
      price: 5,
      version: 2,
      updatedAt: NOON,
    });
    expect(saved[0]?.from).toBe(product.categoryId);
  });

  it('moves to a category that exists, else not', async () => {
    const product = aProduct({ shopId });
    const { ports, categories, saved } = given([product]);
    const to = (categoryId: string) =>
      updateProduct({ shopId, productId: product.productId, by, change: { categoryId } }, ports);
    expect(await failureOf(to(anId()))).toMatchObject({ code: 'request.invalid' });
    await to(categories[0]?.categoryId ?? '');
    expect(saved.map(({ product: { categoryId }, from }) => [categoryId, from])).toEqual([
      [categories[0]?.categoryId, product.categoryId],
    ]);
  });

  it('of another shop is not found', async () => {
    const product = aProduct({ shopId });
    const request = { shopId: anId(), productId: product.productId, by, change: { price: 1 } };
    expect(await failureOf(updateProduct(request, given([product]).ports))).toMatchObject({ code: 'not-found' });
  });

  it('is ordered so that no name comes after those that begin with it', () => {
    const orders = ['Vela', 'Vela roja', 'vela!', 'Velador', 'VÉLA "sol"'].map((name) => {
      const { sortName, productId } = productOrder(aProduct({ name }));
      return { name, key: `${sortName}#${productId}` };
    });
    const sorted = orders.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ name }) => name);
    expect(sorted[0]).toBe('Vela');
    expect(sorted.at(-1)).toBe('Velador');
  });
});

describe('categories', () => {
  it('are the same under the same key', async () => {
    const { ports, categories } = given([], []);
    const request = { shopId, input: { name: 'Velas', position: 1 }, idempotencyKey: 'k1', by };
    expect(await createCategory(request, ports)).toEqual(await createCategory(request, ports));
    expect(categories).toHaveLength(1);
    categories.length = 0;
    expect(await failureOf(createCategory(request, ports))).toMatchObject({ code: 'not-found' });
  });

  it('are changed by what is named, or not found', async () => {
    const { ports, categories } = given();
    const [category] = categories as [Category];
    const change = { position: 9 };
    const changed = await updateCategory({ shopId, categoryId: category.categoryId, by, change }, ports);
    expect(changed).toEqual({ ...category, position: 9, updatedAt: NOON });
    expect(await failureOf(updateCategory({ shopId, categoryId: anId(), by, change }, ports))).toMatchObject({
      code: 'not-found',
    });
  });

  it('stand by place, then by name as people sort it', () => {
    const all = [
      aCategory({ name: 'b', position: 1 }),
      aCategory({ name: 'Ñ', position: 0 }),
      aCategory({ name: 'o', position: 0 }),
      aCategory({ name: 'n', position: 0 }),
    ];
    expect(all.toSorted(byPosition).map(({ name }) => name)).toEqual(['n', 'Ñ', 'o', 'b']);
  });

  it('show nothing but name and place', async () => {
    const [view] = await viewCategories(shop, given().ports.categories);
    expect(Object.keys(view ?? {})).toEqual(['categoryId', 'name', 'position']);
  });
});

describe('browsing', () => {
  const [none, one, hidden] = [aProduct({ shopId }), aProduct({ shopId }), aProduct({ shopId, active: false })];

  it('shows each product with what can be reserved now, and goes on where the list goes on', async () => {
    const page = await browseProducts(shop, { limit: 9 }, given([none, one]).ports);
    expect(page.items.map(({ available }) => available)).toEqual([0, 1]);
    expect(page).toMatchObject({ nextCursor: 'more', items: [{ currency: 'ARS' }, { currency: 'ARS' }] });
  });

  it('leaves out what sold out a moment ago when only available ones are asked for', async () => {
    const page = await browseProducts(shop, { limit: 9, available: true }, given([none, one]).ports);
    expect(page.items.map(({ productId }) => productId)).toEqual([one.productId]);
  });

  it('finds one active product, and no hidden, unknown or foreign one', async () => {
    const { ports } = given([none, one, hidden]);
    expect(await viewProduct(shop, one.productId, ports)).toMatchObject({ available: 1, name: one.name });
    for (const look of [viewProduct(shop, hidden.productId, ports), viewProduct(aShop(), one.productId, ports)]) {
      expect(await failureOf(look)).toMatchObject({ code: 'not-found' });
    }
  });
});

describe('pictures', () => {
  const withPictures = (count: number) => {
    const product = aProduct({ shopId, pictures: Array.from({ length: count }, aPicture) });
    return { product, which: { shopId, productId: product.productId, by }, ...given([product]) };
  };
  const upload = { contentType: 'image/webp', bytes: 1000 } as const;

  it('are uploaded to an address for exactly that file, under the shop’s own folder', async () => {
    const { which, ports } = withPictures(0);
    const asked = await requestUpload({ ...which, input: upload }, ports);
    expect(asked).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': 'image/webp', 'content-length': '1000' },
      expiresAt: '2026-11-21T12:10:00.000Z',
    });
    expect(asked.url).toContain(`/shops/${shopId}/products/${which.productId}/${asked.pictureId}.webp`);
  });

  it('are attached last once they are there, as often as it is asked', async () => {
    const { which, ports, files, products } = withPictures(1);
    const input = { pictureId: anId(), contentType: 'image/webp', alt: 'de frente' } as const;
    const attach = () => attachPicture({ ...which, input }, ports);
    expect(await failureOf(attach())).toMatchObject({ code: 'picture.not-uploaded' });
    const key = pictureKey(shopId, which.productId, input.pictureId, 'image/webp');
    for (const wrong of [
      { contentType: 'image/png', bytes: 1 },
      { contentType: 'image/webp', bytes: MAX_PICTURE_BYTES + 1 },
    ]) {
      files.set(key, wrong);
      expect(await failureOf(attach())).toMatchObject({ code: 'picture.not-uploaded' });
    }
    files.set(key, { contentType: 'image/webp', bytes: 1000 });
    await attach();
    await attach();
    expect(products.get(which.productId)?.pictures.map(({ alt }) => alt)).toEqual(['', 'de frente']);
  });

  it('are as many as a product may have, no more', async () => {
    const { which, ports } = withPictures(MAX_PICTURES);
    expect(await failureOf(requestUpload({ ...which, input: upload }, ports))).toMatchObject({
      code: 'product.too-many-pictures',
    });
  });

  it('are put in an order that names each of them once', async () => {
    const { which, ports, product } = withPictures(3);
    const [a = '', b = '', c = ''] = product.pictures.map(({ pictureId }) => pictureId);
    const order = (...pictureIds: string[]) => orderPictures({ ...which, pictureIds }, ports);
    expect((await order(c, a, b)).pictures.map(({ pictureId }) => pictureId)).toEqual([c, a, b]);
    for (const wrong of [
      [a, b],
      [a, b, c, c],
      [a, b, anId()],
      [a, a, b],
    ]) {
      expect(await failureOf(order(...wrong))).toMatchObject({ code: 'request.invalid' });
    }
  });

  it('are taken off before their file is deleted', async () => {
    const { which, ports, product, files, saved } = withPictures(2);
    const [first] = product.pictures as [Picture];
    files.set(first.key, { contentType: 'image/webp', bytes: 1 });
    const remove = () => removePicture({ ...which, pictureId: first.pictureId }, ports);
    ports.bucket.remove = async (key) => {
      expect(saved).toHaveLength(1);
      files.delete(key);
    };
    expect((await remove()).pictures).toEqual(product.pictures.slice(1));
    expect(files.size).toBe(0);
    expect(await failureOf(remove())).toMatchObject({ code: 'not-found' });
  });
});
