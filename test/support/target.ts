import { inject } from 'vitest';
import type { Category } from '../../functions/catalog/category.ts';
import type { ProductWithStock } from '../../functions/catalog/product.ts';
import type { CheckoutView } from '../../functions/checkouts/checkout.ts';

/** An answer of the target, its body read. */
export interface Answer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

interface Ask {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
}

const parse = (text: string, contentType: string): unknown => (contentType.includes('json') ? JSON.parse(text) : text);

/** The system under test, spoken to over HTTP as anyone would. */
export const openTarget = () => {
  const url = inject('targetUrl');
  const shop = process.env['TEST_SHOP'] ?? 'demo';

  const ask = async <Body = Record<string, unknown>>(
    method: string,
    path: string,
    { body, token, headers = {} }: Ask = {},
  ): Promise<Answer<Body>> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      redirect: 'manual',
    });
    const text = await answer.text();
    const parsed = text ? parse(text, answer.headers.get('content-type') ?? '') : undefined;
    return { status: answer.status, headers: answer.headers, body: parsed as Body, text };
  };

  const isLocal = async (): Promise<boolean> => (await ask('GET', '/local/health')).status === 200;

  /** A bearer token: asked of a local cloud, or the one that was given for a deployed stage. */
  const tokenFor = async (role: 'admin' | 'seller', slug = shop): Promise<string> => {
    const given = process.env['TEST_TOKEN'];
    if (given && role === 'admin') return given;
    const answer = await ask<{ token: string }>('POST', '/local/token', { body: { shop: slug, role } });
    if (answer.status !== 200) throw new Error(`no token for ${role} of ${slug}: ${answer.status} ${answer.text}`);
    return answer.body.token;
  };

  /** Moves the clock of a local cloud: schedules fire, holds run out. */
  const moveClock = async (seconds: number): Promise<void> => {
    const answer = await ask('POST', '/local/clock', { body: { advanceSeconds: seconds } });
    if (answer.status !== 200) throw new Error(`the clock did not move: ${answer.status} ${answer.text}`);
  };

  return { url, shop, ask, tokenFor, moveClock, isLocal };
};

export type Target = ReturnType<typeof openTarget>;

/** A key no other request has. */
export const newKey = (): string => crypto.randomUUID();

let phones = 0;

/** A phone that no other shopper of this run has. */
export const newPhone = (): string => {
  phones += 1;
  const unique = (Date.now() + phones * 7919) % 10_000_000;
  return `+54911${String(2_000_0000 + unique).slice(0, 8)}`;
};

/** Waits until `look` finds something, for what happens a moment later by itself. */
export const eventually = async <Found>(
  look: () => Promise<Found | undefined | false>,
  forMs = 10_000,
): Promise<Found> => {
  const until = Date.now() + forMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > until) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** What sellers do to have something to sell. */
export const asSeller = (target: Target, token: string) => ({
  addCategory: async (name: string): Promise<Category> =>
    (await target.ask<Category>('POST', '/admin/categories', { token, body: { name, position: 900 } })).body,

  addProduct: async (categoryId: string, name: string, units: number, price = 1_250_000): Promise<ProductWithStock> => {
    const body = { categoryId, name, description: 'Hecho para esta historia', price };
    const { body: product } = await target.ask<ProductWithStock>('POST', '/admin/products', { token, body });
    if (units === 0) return product;
    const path = `/admin/products/${product.productId}/stock/receive`;
    return (await target.ask<ProductWithStock>('POST', path, { token, body: { quantity: units } })).body;
  },

  product: async (productId: string): Promise<ProductWithStock> =>
    (await target.ask<ProductWithStock>('GET', `/admin/products/${productId}`, { token })).body,
});

/** A shopper's request for a checkout. */
export const reserve = (
  target: Target,
  lines: readonly { productId: string; quantity: number }[],
  { key, phone = newPhone(), shop = target.shop }: { key?: string; phone?: string; shop?: string } = {},
): Promise<Answer<CheckoutView>> =>
  target.ask<CheckoutView>('POST', '/api/checkouts', {
    body: { shop, lines, customerName: 'Ana Compradora', phone },
    ...(key && { headers: { 'idempotency-key': key } }),
  });
