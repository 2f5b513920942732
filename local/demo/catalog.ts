import type { CheckoutState } from '../../functions/checkouts/checkout.ts';
import type { Role } from '../../functions/core/actor.ts';
import type { CreateShop } from '../../functions/shops/create-shop.ts';
import { luzDeBarrio } from './luz-de-barrio.ts';
import type { DrawingName } from './pictures.ts';
import { raraYMagica } from './rara-y-magica.ts';

export interface DemoProduct {
  name: string;
  description: string;
  /** Minor units of the shop's currency. */
  price: number;
  /** Units that come in with the first inventory, before any checkout. */
  stock: number;
  /** Sought by many at once: its stock is spread over buckets. */
  hot?: true;
  drawing: DrawingName;
}

export interface DemoCategory {
  name: string;
  products: readonly DemoProduct[];
}

export interface DemoUser {
  userId: string;
  role: Role;
  name: string;
  email: string;
}

export interface DemoCheckout {
  customerName: string;
  phone: string;
  /** Which products, by name, and how many of each. */
  lines: readonly (readonly [name: string, quantity: number])[];
  hoursAgo: number;
  outcome: CheckoutState;
}

export interface DemoShop {
  settings: CreateShop;
  /** The first one opens the shop and is its admin. */
  users: readonly [DemoUser, ...DemoUser[]];
  categories: readonly DemoCategory[];
  checkouts: readonly DemoCheckout[];
}

/** Two shops side by side: other language, other currency, other people. */
export const demoShops: readonly DemoShop[] = [raraYMagica, luzDeBarrio];
