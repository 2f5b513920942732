import type { Actor } from '#core/actor.ts';
import { AppError, invalidField } from '#core/errors.ts';
import { codeFor, contentDigest, keyedDigest, newCode } from '#core/ids.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { parsePhone } from '#core/phone.ts';
import { phoneKey } from '#core/phone-key.ts';
import type { Product } from '../catalog/product.ts';
import { findShop } from '../shops/find-shop.ts';
import type { Shop } from '../shops/shop.ts';
import type { StockLevel } from '../stock/stock.ts';
import { type Checkout, type CreateCheckout, holdTimes, stateAt, totalOf } from './checkout.ts';
import { addHold, brokenLimit, dropEnded, type Holder } from './holder.ts';
import {
  assertWithinLimits,
  type KnownLevels,
  mergeLines,
  mostReserved,
  planLines,
  productsOf,
  shortagesOf,
  stockShort,
  type Wanted,
} from './plan-lines.ts';
import type { SoldOutGate } from './sold-out-gate.ts';

interface StartingPoint {
  products: Product[];
  holder: Holder;
  checkout: Checkout | undefined;
}

/** What a reservation writes, beside the checkout itself. */
export interface Reservation {
  checkout: Checkout;
  holder: Holder;
  phoneDigest: string;
  by: Actor;
  /** Where the shop limits the share on hold: the most that may be reserved of a bucket before this reservation. */
  mostReserved: ReadonlyMap<string, number>;
}

export interface CreateCheckoutPorts {
  findShopBySlug: (slug: string) => Promise<Shop | undefined>;
  checkouts: {
    startingPoint: (
      shopId: string,
      productIds: readonly string[],
      phoneDigest: string,
      code: string,
    ) => Promise<StartingPoint>;
    find: (code: string) => Promise<Checkout | undefined>;
    findAll: (codes: readonly string[]) => Promise<Checkout[]>;
    reserve: (reservation: Reservation) => Promise<'reserved' | 'code-taken' | 'holder-changed' | 'short' | 'conflict'>;
  };
  /** True while the shop has as many active checkouts as it may; may be half a minute old. */
  isFull: (shop: Shop) => Promise<boolean>;
  stock: {
    levels: (
      shopId: string,
      products: readonly Product[],
      options?: { consistent: boolean },
    ) => Promise<Map<string, StockLevel[]>>;
  };
  gate: SoldOutGate;
  secret: () => Promise<string>;
  patience: Patience;
}

/** A request made ready: whose, what, under which code. */
interface Order {
  shop: Shop;
  wanted: Wanted[];
  customerName: string;
  phone: string;
  phoneDigest: string;
  language: Shop['language'];
  code: string;
  requestDigest: string;
}

const prepare = async (
  input: CreateCheckout,
  idempotencyKey: string | undefined,
  { findShopBySlug, secret }: CreateCheckoutPorts,
): Promise<Order> => {
  const shop = await findShop(findShopBySlug, input.shop);
  const wanted = mergeLines(input.lines);
  const phone = parsePhone(input.phone, shop.country);
  if (phone === undefined) throw invalidField('phone', 'invalid', 'must be a phone number people can write to');
  const key = await secret();
  const content = [wanted, input.customerName, phone];
  return {
    shop,
    wanted,
    customerName: input.customerName,
    phone,
    phoneDigest: keyedDigest(key, 'phone', phoneKey(phone)),
    language: input.language ?? shop.language,
    code: idempotencyKey ? codeFor(key, shop.shopId, idempotencyKey) : newCode(),
    requestDigest: contentDigest(content),
  };
};

/** The checkout that this very request made before. Throws `idempotency.key-reused` when the request is another. */
const repeatOf = (checkout: Checkout, { requestDigest }: Order): Checkout => {
  if (checkout.requestDigest === requestDigest) return checkout;
  throw new AppError('idempotency.key-reused', 'this Idempotency-Key was used for another request');
};

/** Refuses from memory what was too short a moment ago. */
const passGate = ({ wanted }: Order, products: readonly Product[], gate: SoldOutGate, now: Date): void => {
  const short = wanted.flatMap(({ productId, quantity }, index) => {
    const available = gate.recall(productId, now);
    const name = products[index]?.name ?? '';
    return available !== undefined && available < quantity ? [{ productId, name, requested: quantity, available }] : [];
  });
  if (short.length > 0) throw stockShort(short);
};

/** The holder with room for this order: looks up what became of its checkouts only when a limit seems broken. */
const holderWithRoom = async (order: Order, found: Holder, { checkouts }: CreateCheckoutPorts, now: Date) => {
  const units = Object.fromEntries(order.wanted.map(({ productId, quantity }) => [productId, quantity]));
  const holder = dropEnded(found, now);
  if (brokenLimit(holder, units, order.shop.limits) === undefined) return { holder, units };
  const behind = await checkouts.findAll(holder.holds.map(({ code }) => code));
  const ended = behind.filter((checkout) => stateAt(checkout, now) !== 'active').map(({ code }) => code);
  const cleared = dropEnded(holder, now, new Set(ended));
  const broken = brokenLimit(cleared, units, order.shop.limits);
  if (broken) throw broken;
  return { holder: cleared, units };
};

const assertShopHasRoom = async ({ shop }: Order, { isFull }: CreateCheckoutPorts): Promise<void> => {
  if (!(await isFull(shop))) return;
  throw new AppError('checkout.shop-limit', 'this shop has too many active checkouts; try again later');
};

/** Levels worth reading before a write is tried: of products said to be sold out, and all where a share is limited. */
const levelsToKnow = ({ shop }: Order, products: readonly Product[]): Product[] =>
  shop.limits.maxHeldShare < 100 ? [...products] : products.filter(({ soldOut }) => soldOut);

const draft = (order: Order, lines: Checkout['lines'], now: Date): Checkout => ({
  code: order.code,
  shopId: order.shop.shopId,
  state: 'active',
  lines,
  currency: order.shop.currency,
  total: totalOf(lines),
  language: order.language,
  customerName: order.customerName,
  phone: order.phone,
  createdAt: now.toISOString(),
  ...holdTimes(order.shop, now),
  requestDigest: order.requestDigest,
});

/** Why a reservation found too little: read the truth, remember it at the gate, refuse if it is so. */
const learnLevels = async (
  order: Order,
  products: readonly Product[],
  ports: CreateCheckoutPorts,
): Promise<KnownLevels> => {
  const known = await ports.stock.levels(order.shop.shopId, products, { consistent: true });
  const short = shortagesOf(order.wanted, products, known);
  for (const { productId, available } of short) ports.gate.remember(productId, available, ports.patience.clock());
  if (short.length > 0) throw stockShort(short);
  return known;
};

/** One try: everything read afresh, one transaction. Undefined when it is worth another try. */
const tryReserve = async (
  order: Order,
  learnt: { levels: KnownLevels },
  ports: CreateCheckoutPorts,
): Promise<Checkout | undefined> => {
  const { shop, phoneDigest, wanted, code } = order;
  const now = ports.patience.clock();
  const productIds = wanted.map(({ productId }) => productId);
  const start = await ports.checkouts.startingPoint(shop.shopId, productIds, phoneDigest, code);
  if (start.checkout) return repeatOf(start.checkout, order);
  const products = productsOf(wanted, start.products);
  passGate(order, products, ports.gate, now);
  const { holder, units } = await holderWithRoom(order, start.holder, ports, now);
  const toKnow = levelsToKnow(order, products);
  const fresh = toKnow.length > 0 ? await ports.stock.levels(shop.shopId, toKnow) : new Map<string, StockLevel[]>();
  const known = new Map([...learnt.levels, ...fresh]);
  const lines = planLines(wanted, products, known, ports.patience.random);
  const checkout = draft(order, lines, now);
  const outcome = await ports.checkouts.reserve({
    checkout,
    holder: addHold(holder, { code, expiresAt: checkout.fullHoldUntil ?? checkout.expiresAt, units }),
    phoneDigest,
    by: 'shopper',
    mostReserved: mostReserved(lines, known, shop.limits),
  });
  if (outcome === 'reserved') return checkout;
  if (outcome === 'short') learnt.levels = await learnLevels(order, products, ports);
  const taken = outcome === 'code-taken' ? await ports.checkouts.find(code) : undefined;
  return taken && repeatOf(taken, order);
};

/**
 * Reserves the wanted products, all or none, and gives the checkout that holds them.
 * 1. Makes the request ready: shop, merged lines, phone, code (derived from the idempotency key when there is one).
 * 2. Reads products, what the phone holds and the checkout itself; refuses what breaks a limit or is sold out.
 * 3. Writes stock, checkout, guard and ledger in one transaction; tries again on conflicts while patience lasts.
 *
 * The same idempotency key with the same content gives the same checkout. Throws `not-found`, `request.invalid`,
 * `stock.short`, `stock.busy`, `checkout.phone-limit`, `checkout.product-limit`, `checkout.shop-limit`,
 * `idempotency.key-reused`.
 */
export const createCheckout = async (
  { input, idempotencyKey }: { input: CreateCheckout; idempotencyKey: string | undefined },
  ports: CreateCheckoutPorts,
): Promise<{ checkout: Checkout; shop: Shop }> => {
  const order = await prepare(input, idempotencyKey, ports);
  const learnt: { levels: KnownLevels } = { levels: new Map() };
  try {
    assertWithinLimits(input.lines, order.wanted, order.shop.limits);
    await assertShopHasRoom(order, ports);
    const checkout = await withPatience(ports.patience, () => tryReserve(order, learnt, ports));
    if (checkout === undefined) throw new AppError('stock.busy', 'too many buyers at this moment; try again');
    return { checkout, shop: order.shop };
  } catch (error) {
    // A repeat must be answered as the first time, even if by now the request would be refused.
    const made = idempotencyKey && error instanceof AppError ? await ports.checkouts.find(order.code) : undefined;
    if (made) return { checkout: repeatOf(made, order), shop: order.shop };
    throw error;
  }
};
