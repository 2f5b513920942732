import { catalogRoutes } from './catalog/catalog.routes.ts';
import { storefrontRoutes } from './catalog/storefront.routes.ts';
import { checkoutRoutes } from './checkouts/checkouts.routes.ts';
import type { Routes } from './core/contract.ts';
import { shopRoutes } from './shops/shops.routes.ts';
import { stockRoutes } from './stock/stock.routes.ts';

/**
 * What a function may use. Each word is one grant and the environment that goes with it, made together by `lib/`:
 * - `table:read`, `table:write`: the one table and its indexes (write includes read). TABLE_NAME
 * - `secret:app`: read the application secret. APP_SECRET_ID
 * - `pictures:write`: put, look at and delete objects of the picture bucket. PICTURE_BUCKET
 * - `schedule:expiry`: create one-time schedules that call `expireCheckout`.
 *   EXPIRY_SCHEDULE_GROUP, EXPIRY_TARGET_ARN, EXPIRY_ROLE_ARN, EXPIRY_DEAD_LETTER_ARN
 */
export type Use = 'table:read' | 'table:write' | 'secret:app' | 'pictures:write' | 'schedule:expiry';

/** What makes a function run. */
export type Trigger =
  /** HTTP calls to these routes. */
  | { http: Routes }
  /** The EventBridge schedule made for each checkout. */
  | { schedule: 'expiry' }
  /** A recurring EventBridge schedule: `rate(1 minute)`, `cron(0 6 * * ? *)` in UTC. */
  | { every: string }
  /** Changes of the table, in order per item. */
  | { stream: { batchSize: number; windowSeconds: number } }
  /** Cognito, before it issues a token. */
  | { cognito: 'pre-token' };

/** One Lambda. */
export interface FunctionEntry {
  /** Path below `functions/`, without `.lambda.ts`. */
  entry: string;
  on: Trigger;
  uses: readonly Use[];
  /** Who is hurt when it fails, as its alarm says it. */
  hurt: string;
  memoryMb: number;
  timeoutSeconds: number;
  /** Built pages that ship beside the code. */
  pages?: readonly string[];
}

/** Every Lambda of Vidriera. Infrastructure, grants, environment, the local cloud and the tests are made from it. */
export const manifest = {
  storefront: {
    entry: 'catalog/storefront',
    on: { http: storefrontRoutes },
    uses: ['table:read'],
    hurt: 'shoppers see no products',
    memoryMb: 1024,
    timeoutSeconds: 10,
    pages: ['shop.html'],
  },
  checkouts: {
    entry: 'checkouts/checkouts',
    on: { http: checkoutRoutes },
    uses: ['table:write', 'secret:app'],
    hurt: 'shoppers cannot reserve and sales cannot be confirmed',
    memoryMb: 1024,
    timeoutSeconds: 10,
    pages: ['checkout.html'],
  },
  catalog: {
    entry: 'catalog/catalog',
    on: { http: { ...catalogRoutes, ...stockRoutes } },
    uses: ['table:write', 'pictures:write'],
    hurt: 'sellers cannot manage products or stock',
    memoryMb: 512,
    timeoutSeconds: 15,
  },
  shops: {
    entry: 'shops/shops',
    on: { http: shopRoutes },
    uses: ['table:write'],
    hurt: 'admins cannot change the settings of their shop',
    memoryMb: 512,
    timeoutSeconds: 10,
  },
  expireCheckout: {
    entry: 'checkouts/expire-checkout',
    on: { schedule: 'expiry' },
    uses: ['table:write'],
    hurt: 'stock of expired checkouts is freed a minute late, by the sweeper',
    memoryMb: 256,
    timeoutSeconds: 15,
  },
  sweepCheckouts: {
    entry: 'checkouts/sweep-checkouts',
    on: { every: 'rate(1 minute)' },
    uses: ['table:write'],
    hurt: 'stock of expired checkouts whose schedule was lost stays held',
    memoryMb: 256,
    timeoutSeconds: 50,
  },
  relayChanges: {
    entry: 'relay/relay-changes',
    on: { stream: { batchSize: 100, windowSeconds: 0 } },
    uses: ['table:write', 'schedule:expiry'],
    hurt: 'new checkouts get no expiry schedule and sold-out products stay listed',
    memoryMb: 512,
    timeoutSeconds: 60,
  },
  reconcileStock: {
    entry: 'stock/reconcile-stock',
    on: { every: 'cron(0 6 * * ? *)' },
    uses: ['table:write'],
    hurt: 'nobody would learn of a drift between stock, ledger and checkouts',
    memoryMb: 1024,
    timeoutSeconds: 900,
  },
  addTokenClaims: {
    entry: 'shops/add-token-claims',
    on: { cognito: 'pre-token' },
    uses: ['table:read'],
    hurt: 'nobody can sign in',
    memoryMb: 512,
    timeoutSeconds: 5,
  },
} as const satisfies Record<string, FunctionEntry>;

export type FunctionName = keyof typeof manifest;
