import fc from 'fast-check';
import { AppError, isAppError } from '#core/errors.ts';
import { codeFor } from '#core/ids.ts';
import { phoneKey } from '#core/phone-key.ts';
import type { Product } from '../../functions/catalog/product.ts';
import { type Checkout, type CheckoutState, type EndState, stateAt } from '../../functions/checkouts/checkout.ts';
import { createCheckout } from '../../functions/checkouts/create-checkout.ts';
import { cancelCheckout, confirmCheckout, expireCheckout } from '../../functions/checkouts/end-checkout.ts';
import { extendCheckout } from '../../functions/checkouts/extend-checkout.ts';
import { sweepCheckouts } from '../../functions/checkouts/sweep-checkouts.ts';
import { changeStock } from '../../functions/stock/change-stock.ts';
import { spreadStock } from '../../functions/stock/spread-stock.ts';
import { wideLimits } from './builders.ts';
import { MINUTE, type MovedClock, movedClock, SECOND } from './clock.ts';
import { randomFaults } from './faults.ts';
import { seededRandom } from './random.ts';
import { checkoutProblems, readState, type StockState, stockProblems } from './stock-invariants.ts';
import { type Environment, openStockedShop, SECRET, type StockedShop } from './stocked-shop.ts';
import type { TestTable } from './table.ts';

/** What an actor does. Numbers point into what there is at that moment: products, checkouts, phones, keys. */
export type Action =
  | { do: 'reserve'; lines: { product: number; quantity: number }[]; phone: number; key: number | undefined }
  | { do: 'confirm'; checkout: number; key: number | undefined }
  | { do: 'cancel'; checkout: number }
  | { do: 'expire'; checkout: number }
  | { do: 'extend'; checkout: number }
  | { do: 'sweep' }
  | { do: 'receive'; product: number; quantity: number }
  /** Zero: takes away all that is free. */
  | { do: 'adjust'; product: number; quantity: number }
  | { do: 'spread'; product: number; hot: boolean };

/** Actions that happen at once, each `times` over; then time passes. */
export interface Round {
  actions: { action: Action; times: number }[];
  /** `until-expiry`: to the very moment when the next hold runs out. */
  after: number | 'until-expiry';
}

/** A whole story: what happens, and the seed of its faults and of its chances. */
export interface Story {
  seed: number;
  rounds: Round[];
}

const PEOPLE = 5;
const HOLD_MINUTES = 10;
const FIRST_HOLD_MINUTES = 4;
const PER_PHONE = 2;
const PATIENCE_MS = 2 * SECOND;

/** The longest that an expired hold may last: a sweep comes each minute and has its patience. */
const MOST_LATE_MS = MINUTE + PATIENCE_MS;

/** Mostly the same few, so that actors meet. */
const index = fc.oneof({ weight: 3, arbitrary: fc.nat(1) }, fc.nat(1000));
const key = fc.option(fc.nat(6), { nil: undefined, freq: 2 });
const lines = fc.array(fc.record({ product: fc.nat(2), quantity: fc.integer({ min: 1, max: 4 }) }), {
  minLength: 1,
  maxLength: 3,
});

const one = <Name extends string, Rest extends Record<string, unknown>>(
  name: Name,
  rest: { [Member in keyof Rest]: fc.Arbitrary<Rest[Member]> },
) =>
  fc.record({ do: fc.constant(name), ...rest }, { noNullPrototype: true }) as unknown as fc.Arbitrary<
    { do: Name } & Rest
  >;

const phone = fc.nat(PEOPLE - 1);
const units = fc.integer({ min: 1, max: 16 });
const correction = fc.integer({ min: -12, max: 4 });
const product = fc.nat(2);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 10, arbitrary: one('reserve', { lines, phone, key }) },
  { weight: 4, arbitrary: one('confirm', { checkout: index, key }) },
  { weight: 3, arbitrary: one('cancel', { checkout: index }) },
  { weight: 3, arbitrary: one('expire', { checkout: index }) },
  { weight: 2, arbitrary: one('extend', { checkout: index }) },
  { weight: 1, arbitrary: one('sweep', {}) },
  { weight: 2, arbitrary: one('receive', { product, quantity: units }) },
  { weight: 2, arbitrary: one('adjust', { product, quantity: correction }) },
  { weight: 1, arbitrary: one('spread', { product, hot: fc.boolean() }) },
);

const several = (arbitrary: fc.Arbitrary<Action>) => fc.array(arbitrary, { minLength: 2, maxLength: 4 });

const checkoutPileUp = index.chain((same) => {
  const checkout = fc.constant(same);
  return several(
    fc.oneof(
      one('confirm', { checkout, key }),
      one('cancel', { checkout }),
      one('expire', { checkout }),
      one('extend', { checkout }),
    ),
  );
});

const productPileUp = product.chain((same) => {
  const product = fc.constant(same);
  const line = fc.record({ product, quantity: fc.integer({ min: 1, max: 5 }) }).map((line) => [line]);
  return several(
    fc.oneof(
      one('reserve', { lines: line, phone, key: fc.constant(undefined) }),
      one('reserve', { lines: line, phone, key: fc.constant(undefined) }),
      one('adjust', { product, quantity: fc.constant(0) }),
      one('spread', { product, hot: fc.boolean() }),
    ),
  );
});

/** All at once on one checkout, one product, one key, or by one person: where races are lost, if any are. */
const pileUp: fc.Arbitrary<Action[]> = fc.oneof(
  checkoutPileUp,
  checkoutPileUp,
  productPileUp,
  several(one('reserve', { lines, phone, key: fc.constant(0) })),
  phone.chain((same) => several(one('reserve', { lines, phone: fc.constant(same), key: fc.constant(undefined) }))),
);

const together = fc.oneof(
  fc.array(
    fc.record({ action, times: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 3 })) }),
    { minLength: 1, maxLength: 4 },
  ),
  pileUp.map((actions) => actions.map((action) => ({ action, times: 1 }))),
);

/** Stories of up to `rounds` rounds with up to eight actions at once. */
export const stories = (rounds: number): fc.Arbitrary<Story> =>
  fc.record({
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    rounds: fc.array(
      fc.record({
        actions: together,
        after: fc.oneof(
          fc.constant(0),
          fc.constant('until-expiry' as const),
          fc.integer({ min: 1, max: 59 }),
          fc.integer({ min: 60, max: 300 }),
        ),
      }),
      { minLength: Math.ceil(rounds / 3), maxLength: rounds, size: 'max' },
    ),
  });

const hardFaults = {
  conflict: 0.12,
  throttle: 0.04,
  'timeout-before': 0.03,
  'timeout-after': 0.03,
  'crash-before': 0.03,
  'crash-after': 0.05,
};
/** What a sweep lives with: the minute's promise is for a sweep that runs to its end. */
const softFaults = { conflict: 0.12, throttle: 0.02, 'timeout-before': 0.02, 'timeout-after': 0.02 };

/** Two ways to write the number of the same person. */
const phoneOf = (person: number, variant: number): string =>
  variant % 2 === 0 ? `+54911234567${70 + person}` : `011 1523-4567${70 + person}`.replace('1523-4567', '15-2345-67');

/** An action made definite: whose keys, which products, which checkout. */
interface Intent {
  action: Action;
  number: number;
  inRound: number;
  code?: string;
}

type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown };

/** What is known of a checkout from the answers that were given. */
interface KnownCheckout {
  lines: Map<string, number>;
  phone: number;
  expiresAt: string;
  /** Ends that were answered as done, in any order. */
  ends: { state: EndState; by: string }[];
}

/** What must be so by the answers that were given: no look at the table. */
interface Model {
  received: Map<string, number>;
  checkouts: Map<string, KnownCheckout>;
}

const add = (sums: Map<string, number>, name: string, quantity: number) =>
  sums.set(name, (sums.get(name) ?? 0) + quantity);

const expect = (condition: boolean, words: () => string): void => {
  if (!condition) throw new Error(words());
};

const answerOf = (outcome: Outcome): string => {
  if (outcome.ok) return typeof outcome.value === 'string' ? outcome.value : 'done';
  return isAppError(outcome.error) ? outcome.error.code : String(outcome.error);
};

/** How often what was met or answered, so that a test can tell a storm from a quiet day. */
export type Tally = Map<string, number>;

/** A shop under fire: plays stories, and after each round proves that nothing broke. */
export const openMachine = async (world: TestTable, { seed }: Story, tally: Tally) => {
  const clock: MovedClock = movedClock();
  const random = seededRandom(seed);
  const given: StockedShop = await openStockedShop(world, clock, {
    holdMinutes: HOLD_MINUTES,
    firstHoldMinutes: FIRST_HOLD_MINUTES,
    limits: wideLimits({ maxActivePerPhone: PER_PHONE }),
  });
  const units = [12, 4, 32];
  const products: Product[] = [
    await given.stocked(12, { name: 'ordinary' }),
    await given.stocked(4, { name: 'scarce' }),
    await given.stocked(32, { name: 'hot', hot: true }),
  ];
  const environments: Environment[] = [given.newEnvironment(), given.newEnvironment()];
  const model: Model = { received: new Map(), checkouts: new Map() };
  for (const [place, product] of products.entries()) model.received.set(product.productId, units[place] ?? 0);
  let actions = 0;
  let round = 0;
  let proven: StockState = readState(await world.rows());
  let nextSweep = clock().getTime() + MINUTE;

  const productAt = (place: number): Product => products[place % products.length] as Product;

  /** One of the checkouts that may still be active; now and then any; none when there is none. */
  const codeFrom = ({ do: what, checkout: place }: Extract<Action, { checkout: number }>): string => {
    const all = [...model.checkouts];
    const open = all.filter(([, { ends }]) => ends.length === 0);
    const due = open.filter(([, { expiresAt }]) => new Date(expiresAt) <= clock());
    const wanted = what === 'expire' && due.length > 0 ? due : place % 5 === 0 ? all : open;
    return wanted.at(-1 - (place % Math.min(wanted.length, 12)))?.[0] ?? 'NONE';
  };
  const keyText = (name: string | number) => `idempotency-key-${name}`;
  const wanted = (action: Extract<Action, { do: 'reserve' }>) =>
    action.lines.map(({ product, quantity }) => ({ productId: productAt(product).productId, quantity }));

  /** Every action has a key in the end, given or of its own, so that what became of it can be asked after a crash. */
  const sharedKey = (key: number, inRound: number) => (key < 5 ? `round-${inRound}-${key % 2}` : `shared-${key}`);
  const reserveKey = ({ action, number, inRound }: Intent & { action: Extract<Action, { do: 'reserve' }> }) =>
    keyText(action.key === undefined ? `own-${number}` : sharedKey(action.key, inRound));
  const confirmKey = ({ action, number, inRound }: Intent & { action: Extract<Action, { do: 'confirm' }> }) =>
    keyText(action.key === undefined ? `own-${number}` : sharedKey(action.key, inRound));

  /** Runs an action once, as one request to one environment. */
  const perform = async (intent: Intent, environment: Environment): Promise<unknown> => {
    const { action, code = 'NONE', number } = intent;
    const ports = given.ports(environment, random);
    const stockChange = (kind: 'receive' | 'adjust', change: number, product: number) =>
      changeStock(
        {
          shopId: given.shop.shopId,
          productId: productAt(product).productId,
          kind,
          change,
          by: 'operator',
          idempotencyKey: keyText(`stock-${number}`),
        },
        ports,
      );
    switch (action.do) {
      case 'reserve': {
        const input = {
          shop: given.shop.slug,
          lines: wanted(action),
          customerName: 'Ana',
          phone: phoneOf(action.phone, number),
        };
        const idempotencyKey = reserveKey({ ...intent, action });
        return (await createCheckout({ input, idempotencyKey }, ports)).checkout;
      }
      case 'confirm':
        return confirmCheckout({ code, by: 'shopper', idempotencyKey: confirmKey({ ...intent, action }) }, ports);
      case 'cancel':
        return cancelCheckout({ code, by: `user:${number}` }, ports);
      case 'expire':
        return expireCheckout({ code, by: 'schedule' }, ports);
      case 'extend':
        return extendCheckout({ code, shopId: given.shop.shopId }, { ...ports, clock: ports.patience.clock });
      case 'sweep':
        return sweep(ports);
      case 'receive':
        return stockChange('receive', action.quantity, action.product);
      case 'adjust':
        return stockChange('adjust', action.quantity, action.product);
      case 'spread':
        return spreadStock(
          {
            shopId: given.shop.shopId,
            productId: productAt(action.product).productId,
            hot: action.hot,
            by: 'operator',
          },
          ports,
        );
    }
  };

  const sweep = (ports: ReturnType<StockedShop['ports']>) =>
    sweepCheckouts(new Date(clock().getTime() + 40 * SECOND), { ...ports, report: () => undefined });

  const settle = async (work: () => Promise<unknown>): Promise<Outcome> => {
    try {
      return { ok: true, value: await work() };
    } catch (error) {
      return { ok: false, error };
    }
  };

  const isDefinite = (outcome: Outcome): boolean =>
    outcome.ok || (outcome.error instanceof AppError && !isAppError(outcome.error, 'stock.busy'));

  /** Asks until the answer is definite, as a client does; first in the storm, then in calm. */
  const insist = async (intent: Intent, first: Outcome): Promise<Outcome> => {
    let outcome = first;
    for (let tries = 0; !isDefinite(outcome) && tries < 3; tries += 1) {
      outcome = await settle(() => perform(intent, given.newEnvironment()));
    }
    expect(
      isDefinite(outcome),
      () => `${JSON.stringify(intent)} fails in calm: ${(outcome as { error: unknown }).error}`,
    );
    return outcome;
  };

  const learnReserve = (intent: Intent, { code, lines, phone, expiresAt }: Checkout) => {
    const { action } = intent as Intent & { action: Extract<Action, { do: 'reserve' }> };
    const merged = new Map<string, number>();
    for (const { productId, quantity } of wanted(action)) add(merged, productId, quantity);
    const held = new Map(lines.map(({ productId, quantity }) => [productId, quantity]));
    expect(
      JSON.stringify([...held]) === JSON.stringify([...merged]),
      () => `${code} holds other lines than were asked`,
    );
    for (const { productId, quantity, holds } of lines) {
      const placed = holds.reduce((sum, hold) => sum + hold.quantity, 0);
      expect(placed === quantity, () => `${code} holds ${placed} of ${productId} instead of ${quantity}`);
    }
    expect(
      code === codeFor(SECRET, given.shop.shopId, reserveKey({ ...intent, action })),
      () => `${code} is no such code`,
    );
    expect(phoneKey(phone) === phoneKey(phoneOf(action.phone, 0)), () => `${code} is for another phone`);
    if (!model.checkouts.has(code))
      model.checkouts.set(code, { lines: merged, phone: action.phone, expiresAt, ends: [] });
  };

  /** What an answer teaches. */
  const learn = (intent: Intent, outcome: Outcome): void => {
    const { action, code = 'NONE', number } = intent;
    add(tally, `${action.do}: ${answerOf(outcome)}`, 1);
    if (!outcome.ok) return;
    const known = model.checkouts.get(code);
    if (action.do === 'reserve') learnReserve(intent, outcome.value as Checkout);
    if (action.do === 'extend' && known) known.expiresAt = (outcome.value as Checkout).expiresAt;
    if (action.do === 'receive' || action.do === 'adjust') {
      add(model.received, productAt(action.product).productId, action.quantity);
    }
    if (action.do === 'confirm') known?.ends.push({ state: 'confirmed', by: confirmKey({ ...intent, action }) });
    if (action.do === 'cancel') known?.ends.push({ state: 'cancelled', by: String(number) });
    if (action.do === 'expire' && outcome.value === 'expired')
      known?.ends.push({ state: 'expired', by: String(number) });
  };

  /** An actor that has waited sees a hold run out before the others do, by up to its patience. */
  const soon = () => new Date(clock().getTime() + PATIENCE_MS);

  /** What the answers allow and the table must show. */
  const compare = (state: StockState): string[] => {
    const problems: string[] = [];
    const stored = new Map(state.checkouts.map((checkout) => [checkout.code, checkout]));
    for (const [code, known] of model.checkouts) {
      const checkout = stored.get(code);
      if (checkout === undefined) {
        problems.push(`${code} was promised and is not there`);
        continue;
      }
      const claims = new Set(known.ends.map(({ state, by }) => `${state} by ${by}`));
      if (claims.size > 1) problems.push(`${code} was said to have ended more than once: ${[...claims].join(', ')}`);
      const [end] = known.ends;
      if (end && end.state !== checkout.state) problems.push(`${code} was said ${end.state} and is ${checkout.state}`);
    }
    for (const code of stored.keys()) if (!model.checkouts.has(code)) problems.push(`${code} is there unasked`);
    for (const { productId, name } of products) {
      const sum = (of: readonly CheckoutState[]) =>
        [...model.checkouts]
          .filter(([code]) => of.includes(stored.get(code)?.state ?? 'expired'))
          .reduce((total, [, { lines }]) => total + (lines.get(productId) ?? 0), 0);
      const levels = state.levels.filter((level) => level.productId === productId);
      const available = levels.reduce((total, level) => total + level.available, 0);
      const expected = (model.received.get(productId) ?? 0) - sum(['active', 'confirmed']);
      if (available !== expected) problems.push(`${name}: ${available} available, ${expected} by what was answered`);
    }
    for (let phone = 0; phone < PEOPLE; phone += 1) {
      const active = [...model.checkouts].filter(([code, known]) => {
        const checkout = stored.get(code);
        return known.phone === phone && checkout && stateAt(checkout, soon()) === 'active';
      });
      if (active.length > PER_PHONE) problems.push(`phone ${phone} has ${active.length} active checkouts`);
    }
    return problems;
  };

  /** Throws unless every invariant holds at this quiet moment. */
  const prove = async (): Promise<StockState> => {
    const state = readState(await world.rows());
    const problems = [
      ...stockProblems(state),
      ...checkoutProblems(state, { now: clock(), mostLateMs: MOST_LATE_MS }),
      ...compare(state),
    ];
    expect(problems.length === 0, () => problems.join('\n'));
    proven = state;
    return state;
  };

  /** Lets time pass, with a sweep at every full minute. */
  const pass = async (after: Round['after']): Promise<void> => {
    const now = clock().getTime();
    const expiries = [...model.checkouts.values()].map(({ expiresAt }) => new Date(expiresAt).getTime());
    const next = Math.min(...expiries.filter((expiry) => expiry > now), now + 5 * MINUTE);
    const until = after === 'until-expiry' ? next : now + after * SECOND;
    while (nextSweep < until) {
      clock.moveTo(new Date(nextSweep));
      nextSweep += MINUTE;
      world.faults.plan(randomFaults(seed + nextSweep, softFaults));
      await sweep(given.ports(given.newEnvironment(), random));
      world.faults.stop();
    }
    clock.moveTo(new Date(until));
  };

  /** What one action alone, in calm, must answer: determined by the table as it was before. */
  const foresee = (intent: Intent, before: StockState): string | undefined => {
    const { action, code } = intent;
    const checkout = before.checkouts.find((one) => one.code === code);
    const state = checkout && stateAt(checkout, clock());
    if (action.do === 'reserve') {
      const reserveCode = codeFor(SECRET, given.shop.shopId, reserveKey({ ...intent, action }));
      if (before.checkouts.some((one) => one.code === reserveCode)) return undefined;
      const phone = phoneKey(phoneOf(action.phone, 0));
      const activeAt = (moment: Date) =>
        before.checkouts.filter((one) => phoneKey(one.phone) === phone && stateAt(one, moment) === 'active').length;
      if (activeAt(soon()) >= PER_PHONE) return 'checkout.phone-limit';
      if (activeAt(clock()) >= PER_PHONE) return undefined;
      const merged = new Map<string, number>();
      for (const { productId, quantity } of wanted(action)) add(merged, productId, quantity);
      const short = [...merged].some(([productId, quantity]) => {
        const levels = before.levels.filter((level) => level.productId === productId);
        return levels.reduce((total, level) => total + level.available, 0) < quantity;
      });
      return short ? 'stock.short' : 'done';
    }
    if (action.do === 'confirm' || action.do === 'cancel') {
      if (state === undefined) return 'not-found';
      const repeated = action.do === 'confirm' && state === 'confirmed' && action.key !== undefined;
      return repeated ? undefined : state === 'active' ? 'done' : 'checkout.ended';
    }
    if (action.do === 'extend') {
      if (state === undefined) return 'not-found';
      if (state !== 'active') return 'checkout.ended';
      return checkout?.fullHoldUntil === undefined ? 'checkout.not-extendable' : 'done';
    }
    if (action.do === 'adjust' && action.quantity < 0) {
      const { productId } = productAt(action.product);
      const levels = before.levels.filter((level) => level.productId === productId);
      const available = levels.reduce((total, level) => total + level.available, 0);
      return available + action.quantity < 0 ? 'stock.below-reserved' : 'done';
    }
    if (action.do === 'expire') {
      if (checkout === undefined) return 'unknown';
      if (checkout.state !== 'active') return 'already-ended';
      return state === 'expired' ? 'expired' : 'not-due';
    }
    return 'done';
  };

  const allFree = (place: number): number => {
    const { productId } = productAt(place);
    const levels = proven.levels.filter((level) => level.productId === productId);
    return levels.reduce((total, level) => total + level.available, 0);
  };

  const toIntent = (given: Action): Intent => {
    const takesAll = given.do === 'adjust' && given.quantity === 0;
    const action = takesAll ? { ...given, quantity: -Math.max(1, allFree(given.product)) } : given;
    actions += 1;
    return { action, number: actions, inRound: round, ...('checkout' in action && { code: codeFrom(action) }) };
  };

  return {
    /** A round in the storm: everything at once, with faults; then calm, answers, proof. */
    storm: async ({ actions, after }: Round): Promise<void> => {
      round += 1;
      world.faults.plan(randomFaults(seed + clock().getTime(), hardFaults));
      // either truly at once, where transactions meet, or one call at a time in any order
      if (random() < 0.3) world.faults.conflictInFlight();
      else world.faults.shuffle(random);
      const intents = actions.flatMap(({ action, times }) => {
        const intent = toIntent(action);
        return Array.from({ length: times }, () => intent);
      });
      const settled = await Promise.all(
        intents.map((intent, place) =>
          settle(() => perform(intent, environments[place % environments.length] as Environment)),
        ),
      );
      world.faults.stop();
      const learnt = new Set<Intent>();
      for (const [place, intent] of intents.entries()) {
        const outcome = await insist(intent, settled[place] as Outcome);
        // twins are one request: a change of stock counts once, whoever answers
        if (!learnt.has(intent) || !('quantity' in intent.action)) learn(intent, outcome);
        if (outcome.ok) learnt.add(intent);
      }
      await prove();
      await pass(after);
      await prove();
    },

    /** A round in calm: one action after the other, each answer foreseen. */
    calm: async ({ actions, after }: Round): Promise<void> => {
      round += 1;
      for (const { action } of actions) {
        const intent = toIntent(action);
        const before = await prove();
        const foreseen = foresee(intent, before);
        const outcome = await settle(() => perform(intent, given.newEnvironment()));
        const answer = answerOf(outcome);
        expect(
          foreseen === undefined || foreseen === answer,
          () => `${JSON.stringify(intent)} should give ${foreseen} and gave ${answer}`,
        );
        learn(intent, outcome);
      }
      await prove();
      await pass(after);
      await prove();
    },
  };
};

/** Plays a story on a table of its own: every third round in calm. */
export const playStory = async (openTestTable: () => Promise<TestTable>, story: Story, tally: Tally) => {
  const world = await openTestTable();
  try {
    const machine = await openMachine(world, story, tally);
    for (const [place, round] of story.rounds.entries()) {
      await (place % 3 === 2 ? machine.calm(round) : machine.storm(round));
    }
  } finally {
    for (const [fault, times] of world.faults.met) add(tally, fault, times);
    await world.drop();
  }
};
