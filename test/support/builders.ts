import type { Category } from '../../functions/catalog/category.ts';
import type { Product } from '../../functions/catalog/product.ts';
import type { Checkout, CheckoutLine } from '../../functions/checkouts/checkout.ts';
import type { Connection } from '../../functions/connections/connection.ts';
import { defaultSettings, type HoldLimits, type Shop } from '../../functions/shops/shop.ts';
import type { User } from '../../functions/shops/user.ts';
import { newMovement, noStock, type StockLevel, type StockMovement } from '../../functions/stock/stock.ts';
import { NOON } from './clock.ts';

let made = 0;

/** An id nobody has had before; they sort in the order of making. */
export const anId = (): string => {
  made += 1;
  return String(made).padStart(26, '0');
};

/** A code nobody has had before. */
export const aCode = (): string => {
  made += 1;
  return String(made).padStart(16, '0');
};

/** A mobile of Buenos Aires nobody has had before, E.164. */
export const aPhone = (): string => {
  made += 1;
  return `+54911${String(20_000_000 + made)}`;
};

/** Limits so wide that nothing meets them, but for those given. */
export const wideLimits = (change: Partial<HoldLimits> = {}): HoldLimits => ({
  maxLines: 40,
  maxUnitsPerLine: 1000,
  maxActivePerPhone: 100,
  maxUnitsPerProductPerPhone: 1000,
  maxHeldShare: 100,
  maxActivePerShop: 100_000,
  ...change,
});

export const aShop = (change: Partial<Shop> = {}): Shop => {
  const shopId = change.shopId ?? anId();
  return {
    ...defaultSettings,
    shopId,
    slug: `tienda-${Number(shopId)}`,
    name: 'Rare & Magic',
    whatsappNumber: '+5491123456789',
    version: 1,
    createdAt: NOON,
    updatedAt: NOON,
    ...change,
  };
};

export const aUser = (change: Partial<User> = {}): User => ({
  userId: `user-${anId()}`,
  shopId: anId(),
  role: 'admin',
  name: 'Ana Dueña',
  email: 'ana@example.com',
  state: 'active',
  createdAt: NOON,
  ...change,
});

export const aCategory = (change: Partial<Category> = {}): Category => ({
  categoryId: anId(),
  shopId: anId(),
  name: 'Velas',
  position: 0,
  products: 0,
  createdAt: NOON,
  updatedAt: NOON,
  ...change,
});

export const aProduct = (change: Partial<Product> = {}): Product => ({
  productId: anId(),
  shopId: anId(),
  categoryId: anId(),
  name: 'Vela de soja con aroma a vainilla',
  description: 'Hecha a mano, arde cuarenta horas.',
  price: 1_230_000,
  active: true,
  position: 0,
  pictures: [],
  hot: false,
  stockBuckets: 1,
  soldOut: false,
  version: 1,
  createdAt: NOON,
  updatedAt: NOON,
  ...change,
});

/** A bucket with these units, none of them reserved unless said so. */
export const aLevel = (
  product: Pick<Product, 'shopId' | 'productId'>,
  { bucket = 0, onHand = 10, reserved = 0 }: { bucket?: number; onHand?: number; reserved?: number } = {},
): StockLevel => ({
  ...noStock,
  shopId: product.shopId,
  productId: product.productId,
  bucket,
  onHand,
  reserved,
  available: onHand - reserved,
  adjusted: onHand,
});

/** A ledger row: ten units come in, unless said otherwise. */
export const aMovement = (change: Partial<StockMovement> = {}): StockMovement => {
  const { movementId: _, ...rest } = {
    shopId: anId(),
    productId: anId(),
    bucket: 0,
    kind: 'receive' as const,
    quantity: 10,
    at: NOON,
    by: 'operator',
    ...change,
  };
  const movement = newMovement(rest, rest.code ?? anId());
  return { ...movement, ...(change.movementId && { movementId: change.movementId }) };
};

export const aLine = (product: Product, quantity = 1, holds = [{ bucket: 0, quantity }]): CheckoutLine => ({
  productId: product.productId,
  name: product.name,
  unitPrice: product.price,
  quantity,
  amount: product.price * quantity,
  holds,
});

/** An active checkout of one unit, made at noon and held for a day. */
export const aCheckout = (change: Partial<Checkout> = {}): Checkout => {
  const lines = change.lines ?? [aLine(aProduct())];
  return {
    code: aCode(),
    shopId: anId(),
    state: 'active',
    lines,
    currency: 'ARS',
    total: lines.reduce((sum, { amount }) => sum + amount, 0),
    language: 'es',
    customerName: 'María Fernanda González',
    phone: aPhone(),
    createdAt: NOON,
    expiresAt: '2026-11-22T12:00:00.000Z',
    requestDigest: 'A1b2C3d4E5f6G7h8I9j0K1',
    ...change,
  };
};

/** An id of Meta's nobody has had before. */
export const aMetaId = (): string => {
  made += 1;
  return String(100_000_000_000_000 + made);
};

/** An active number on the deployment's own app, with a token that never expires. */
export const aConnection = (change: Partial<Connection> = {}): Connection => ({
  shopId: anId(),
  phoneNumberId: aMetaId(),
  wabaId: aMetaId(),
  businessId: aMetaId(),
  displayNumber: aPhone(),
  verifiedName: 'Rare & Magic',
  name: 'Ventas',
  app: 'shared',
  graphVersion: 'v25.0',
  coexistence: false,
  state: 'active',
  token: {
    last4: 'wxyz',
    type: 'SYSTEM_USER',
    scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
  },
  tokenSetAt: NOON,
  limits: { messagesPerSecond: 80 },
  version: 1,
  createdAt: NOON,
  updatedAt: NOON,
  ...change,
});
