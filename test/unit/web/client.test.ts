import { afterEach, describe, expect, it, vi } from 'vitest';
import type { storefrontRoutes } from '../../../functions/catalog/storefront.routes.ts';
import type { checkoutRoutes } from '../../../functions/checkouts/checkouts.routes.ts';
import { asFailure, attempts, call } from '../../../web/ui/client.ts';

const answers = (...given: (Response | Error)[]) => {
  const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
  for (const answer of given) {
    if (answer instanceof Error) fetched.mockRejectedValueOnce(answer);
    else fetched.mockResolvedValueOnce(answer);
  }
  vi.stubGlobal('fetch', fetched);
  vi.stubGlobal('setTimeout', (run: () => void) => queueMicrotask(run));
  return fetched;
};
const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });
const view = (code: string) =>
  call<typeof checkoutRoutes.viewCheckout>('GET', '/api/checkouts/{code}', { params: { code } });
const cancel = () =>
  call<typeof checkoutRoutes.cancelCheckout>('POST', '/api/checkouts/{code}/cancel', { params: { code: 'ABC' } });
const confirm = () =>
  call<typeof checkoutRoutes.confirmCheckout>('POST', '/api/checkouts/{code}/confirm', {
    params: { code: 'ABC' },
    idempotencyKey: 'key',
  });

afterEach(() => vi.unstubAllGlobals());

describe('the client', () => {
  it('writes parameters and query into the address, and leaves out what is not given', async () => {
    const fetched = answers(json(200, {}), json(200, { items: [] }));
    await view('a b/c');
    await call<typeof storefrontRoutes.viewProducts>('GET', '/api/products', {
      query: { shop: 'rara', category: undefined, limit: 10 },
    });
    expect(fetched.mock.calls.map(([url]) => url)).toEqual([
      '/api/checkouts/a%20b%2Fc',
      '/api/products?shop=rara&limit=10',
    ]);
  });

  it('tries a read again, and gives up with a code', async () => {
    const fetched = answers(new Error('down'), json(502, '<html>'), new Error('down'));
    await expect(view('ABC')).rejects.toMatchObject({ code: 'offline' });
    expect(fetched).toHaveBeenCalledTimes(3);
  });

  it('repeats a write only under its key', async () => {
    const fetched = answers(new Error('down'), json(503, { code: 'stock.busy' }), json(200, { state: 'confirmed' }));
    await expect(confirm()).resolves.toEqual({ state: 'confirmed' });
    expect(fetched.mock.calls.map(([, { headers }]) => new Headers(headers).get('idempotency-key'))).toEqual([
      'key',
      'key',
      'key',
    ]);
  });

  it('never repeats a write that has no key', async () => {
    const fetched = answers(new Error('down'));
    await expect(cancel()).rejects.toMatchObject({ code: 'offline' });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('does not repeat what will not pass by itself, and hands over what the code brings', async () => {
    const fetched = answers(json(409, { code: 'checkout.ended', state: 'expired' }));
    await expect(confirm()).rejects.toMatchObject({ code: 'checkout.ended', problem: { state: 'expired' } });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('calls anything unforeseen a failure of ours', () => {
    expect(asFailure(new TypeError('x')).code).toBe('internal');
  });
});

describe('attempts', () => {
  it('keep their key while the content is the same, until it succeeds', () => {
    let made = 0;
    const keys = attempts(() => `key-${++made}`);
    const form = { lines: [1], name: 'Ana' };
    expect([keys.keyFor(form), keys.keyFor({ ...form }), keys.keyFor({ ...form, lines: [2] })]).toEqual([
      'key-1',
      'key-1',
      'key-2',
    ]);
    keys.forget();
    expect(keys.keyFor({ ...form, lines: [2] })).toBe('key-3');
  });

  it('make keys of their own that do not repeat', () => {
    const [one, other] = [attempts().keyFor(1), attempts().keyFor(1)];
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(one).not.toBe(other);
  });
});
