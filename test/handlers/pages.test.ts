import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { anOrder, type GivenShop, givenShop } from './given.ts';

const HOSTILE = `</script><script>alert('x')</script><!-- " & ' \u2028 $& $1`;

let lambdas: Lambdas;
let given: GivenShop;
let code: string;

beforeAll(async () => {
  lambdas = await openLambdas();
  given = await givenShop(lambdas.table, 'tienda', { name: `Shop ${HOSTILE}`.slice(0, 60), tagline: HOSTILE });
  const lamp = await given.addProduct(HOSTILE, 5, { description: HOSTILE, position: 9 });
  const order = anOrder(given.shop, lamp, { customerName: HOSTILE });
  code = String((await lambdas.call('createCheckout', { body: order })).json['code']);
});

afterAll(() => lambdas.close());

const shopPage = (query = {}) => lambdas.call('showShop', { params: { slug: 'tienda' }, query });
const checkoutPage = (query = {}) => lambdas.call('showCheckout', { params: { code }, query });

const dataOf = (html: string): Record<string, Record<string, unknown>> => {
  const [, text = ''] = html.match(/<script type="application\/json" id="page-data">(.*?)<\/script>/s) ?? [];
  return JSON.parse(text);
};

describe.each([
  ['the shop window', shopPage],
  ['the page of a checkout', checkoutPage],
])('%s', (_, page) => {
  it('is a page in UTF-8', async () => {
    const { status, headers } = await page();
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  });

  it('carries its data in one block that no text can leave', async () => {
    const { body } = await page();
    expect(body.match(/<script/g)).toHaveLength(1);
    expect(body.match(/<\/script>/g)).toHaveLength(1);
    expect(JSON.stringify(dataOf(body))).toContain('alert(');
  });

  it('keeps every text of its head inside attributes and the title', async () => {
    const { body } = await page();
    const [, head = ''] = body.match(/<head>(.*)<\/head>/s) ?? [];
    const allowed = /<title>[^<>]*<\/title>|<meta (name|property)="[a-z:]+" content="[^"<>]*">|\s+/g;
    expect(head.replace(allowed, '')).toBe('');
  });

  it('speaks the language asked for, or its own when that is none', async () => {
    expect((await page({ lang: 'pt' })).body).toContain('<html lang="pt">');
    expect((await page()).body).toContain('<html lang="es">');
    const odd = await page({ lang: '"><script>' });
    expect([odd.status, odd.body.includes('<html lang="es">')]).toEqual([200, true]);
  });
});

describe('what a page carries', () => {
  it('is the shop, its categories and first products', async () => {
    const { shop, categories, products } = dataOf((await shopPage()).body);
    expect(shop).toMatchObject({ slug: 'tienda', tagline: HOSTILE });
    expect(categories).toHaveLength(1);
    expect(products?.['items']).toHaveLength(3);
  });

  it('is the checkout, without its customer', async () => {
    const { body } = await checkoutPage();
    expect(dataOf(body)).toMatchObject({ language: 'es', checkout: { code, state: 'active' } });
    expect(body).not.toMatch(/customerName|phone"/);
  });

  it('of a link preview is neither price nor product nor code', async () => {
    const [head = ''] = (await checkoutPage()).body.split('</head>');
    expect(head).not.toContain('1500');
    expect(head).toContain('noindex');
    expect((await shopPage()).body).not.toContain('noindex');
  });
});

describe('a page of nothing', () => {
  it.each([
    ['showShop', { slug: 'nowhere' }],
    ['showShop', { slug: '"><script>' }],
    ['showCheckout', { code: '0000-0000-0000-0000' }],
    ['showCheckout', { code: '"><script>' }],
  ] as const)('%s %j is a page with status 404 that search engines leave out', async (name, params) => {
    const { status, headers, body } = await lambdas.call(name, { params });
    expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(body).toContain('noindex');
    expect(body.match(/<script/g)).toHaveLength(1);
  });
});
