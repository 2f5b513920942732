import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { categoryStore } from '../../functions/catalog/category.store.ts';
import { changeStoredProduct } from '../../functions/catalog/change-stored-product.ts';
import { createCategory } from '../../functions/catalog/create-category.ts';
import { createProduct } from '../../functions/catalog/create-product.ts';
import type { Picture } from '../../functions/catalog/picture.ts';
import { productStore } from '../../functions/catalog/product.store.ts';
import { checkoutStore } from '../../functions/checkouts/checkout.store.ts';
import { createCheckout } from '../../functions/checkouts/create-checkout.ts';
import { cancelCheckout, confirmCheckout, expireCheckout } from '../../functions/checkouts/end-checkout.ts';
import { soldOutGate } from '../../functions/checkouts/sold-out-gate.ts';
import type { Clock } from '../../functions/core/clock.ts';
import { newId } from '../../functions/core/ids.ts';
import { patience } from '../../functions/platform/patience.ts';
import { openTable } from '../../functions/platform/table.ts';
import { createShop } from '../../functions/shops/create-shop.ts';
import { shopStore } from '../../functions/shops/shop.store.ts';
import type { Shop } from '../../functions/shops/shop.ts';
import { changeStock } from '../../functions/stock/change-stock.ts';
import { spreadStock } from '../../functions/stock/spread-stock.ts';
import { stockStore } from '../../functions/stock/stock.store.ts';
import type { Cloud } from '../cloud.ts';
import { type DemoCheckout, type DemoProduct, type DemoShop, demoShops } from './catalog.ts';
import { drawPicture, viewsOf } from './pictures.ts';
import { seedWhatsApp } from './whatsapp.ts';

const HOUR = 3_600_000;

/** The stores and engines of a cloud, reached as its owner. */
const openStores = (cloud: Cloud) => {
  const config = cloud.adminClientConfig();
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const table = openTable(documents, cloud.tableName);
  const secrets = new SecretsManagerClient(config);
  return {
    shops: shopStore(table),
    categories: categoryStore(table),
    products: productStore(table),
    stock: stockStore(table),
    checkouts: checkoutStore(table),
    pictures: new S3Client(config),
    pictureBucket: cloud.environmentOf('catalog')['PICTURE_BUCKET'] ?? '',
    secret: async () => {
      const SecretId = cloud.environmentOf('checkouts')['APP_SECRET_ID'] ?? '';
      return (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
    },
    close: () => {
      documents.destroy();
      secrets.destroy();
    },
  };
};

type Stores = ReturnType<typeof openStores>;

const uploadPictures = async (
  stores: Stores,
  shop: Shop,
  productId: string,
  { drawing, name }: DemoProduct,
  now: Date,
) => {
  const views = Array.from({ length: viewsOf(drawing) }, (_, view) => view);
  return Promise.all(
    views.map(async (view): Promise<Picture> => {
      const pictureId = newId(new Date(now.getTime() + view));
      const Key = `shops/${shop.shopId}/products/${productId}/${pictureId}.svg`;
      const file = {
        Bucket: stores.pictureBucket,
        Key,
        ContentType: 'image/svg+xml',
        Body: drawPicture(drawing, view),
      };
      await stores.pictures.send(new PutObjectCommand(file));
      return { pictureId, key: Key, alt: name };
    }),
  );
};

const addProduct = async (
  stores: Stores,
  shop: Shop,
  categoryId: string,
  product: DemoProduct,
  position: number,
  clock: Clock,
) => {
  const { name, description, price, stock, hot } = product;
  const { shopId } = shop;
  const ports = { ...stores, clock, patience: { ...patience(), clock } };
  const input = { categoryId, name, description, price, active: true, position };
  const { productId } = await createProduct({ shopId, input, idempotencyKey: undefined, by: 'operator' }, ports);
  const pictures = await uploadPictures(stores, shop, productId, product, clock());
  await changeStoredProduct({ shopId, productId, by: 'operator' }, () => ({ pictures }), ports);
  const which = { shopId, productId, by: 'operator' as const };
  if (hot) await spreadStock({ ...which, hot }, ports);
  const reason = 'primer inventario';
  if (stock > 0)
    await changeStock({ ...which, kind: 'receive', change: stock, reason, idempotencyKey: undefined }, ports);
  return { name, productId };
};

const addWindow = async (
  stores: Stores,
  shop: Shop,
  { categories }: DemoShop,
  clock: Clock,
): Promise<Map<string, string>> => {
  const productIds = new Map<string, string>();
  for (const [position, { name, products }] of categories.entries()) {
    const input = { name, position };
    const { categoryId } = await createCategory(
      { shopId: shop.shopId, input, idempotencyKey: undefined, by: 'operator' },
      { ...stores, clock },
    );
    for (const [place, product] of products.entries()) {
      const added = await addProduct(stores, shop, categoryId, product, place, clock);
      productIds.set(added.name, added.productId);
    }
  }
  return productIds;
};

/** A checkout that was made some hours ago, and what became of it since. */
const addCheckout = async (
  stores: Stores,
  shop: Shop,
  productIds: ReadonlyMap<string, string>,
  { customerName, phone, lines, hoursAgo, outcome }: DemoCheckout,
  clock: Clock,
): Promise<void> => {
  const then = () => new Date(clock().getTime() - hoursAgo * HOUR);
  const past = { ...stores, patience: { ...patience(), clock: then } };
  const wanted = lines.map(([name, quantity]) => ({ productId: productIds.get(name) ?? '', quantity }));
  const { checkout } = await createCheckout(
    { input: { shop: shop.slug, lines: wanted, customerName, phone }, idempotencyKey: undefined },
    { ...past, findShopBySlug: stores.shops.findBySlug, isFull: async () => false, gate: soldOutGate() },
  );
  const { code } = checkout;
  if (outcome === 'confirmed') await confirmCheckout({ code, by: 'shopper' }, past);
  if (outcome === 'cancelled') await cancelCheckout({ code, by: 'shopper' }, past);
  const present = { ...stores, patience: { ...patience(), clock } };
  if (outcome === 'expired') await expireCheckout({ code, by: 'sweeper' }, present);
};

const addShop = async (stores: Stores, demo: DemoShop, clock: Clock): Promise<void> => {
  const [owner, ...others] = demo.users;
  if (owner === undefined) throw new Error(`the demo shop ${demo.settings.slug} has no users`);
  const shop = await createShop(demo.settings, owner, { shops: stores.shops, clock });
  const createdAt = clock().toISOString();
  for (const user of others) await stores.shops.addUser({ ...user, shopId: shop.shopId, state: 'active', createdAt });
  const productIds = await addWindow(stores, shop, demo, clock);
  for (const checkout of demo.checkouts) await addCheckout(stores, shop, productIds, checkout, clock);
};

/** Fills an empty cloud with the demo shops: window, stock, pictures, users, checkouts in every state, and chats. */
export const seedDemo = async (cloud: Cloud): Promise<void> => {
  const stores = openStores(cloud);
  const clock = () => new Date(cloud.clock.now());
  try {
    for (const demo of demoShops) await addShop(stores, demo, clock);
    await seedWhatsApp(cloud);
  } finally {
    stores.close();
    stores.pictures.destroy();
  }
};
