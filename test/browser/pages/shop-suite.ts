import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { ShopPageData } from '../../../web/shop/page-data.ts';
import { type Bench, DESK } from './browser.ts';
import { aCheckout, aProduct, aShop, someCategories, someProducts } from './canned-data.ts';

const pageData = (count: number, change: Partial<ShopPageData> = {}): ShopPageData => ({
  language: 'es',
  shop: aShop(),
  categories: someCategories,
  products: { items: someProducts(count) },
  ...change,
});

const SHOP = '/s/rara-y-magica';
const bar = (page: Page) => page.getByRole('region', { name: 'Lo que elegiste' });
const names = (page: Page) => page.locator('.card-name').allTextContents();

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('name'));

const pickFig = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Agregar Vela de higo' }).click();
  await page.getByRole('button', { name: 'Uno más de Vela de higo' }).click();
};

const fillForm = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Comprar por WhatsApp' }).click();
  await page.getByLabel('Tu nombre').fill('Ana');
  await page.getByLabel('Tu WhatsApp').pressSequentially('1123456789');
};

/** The shop window, against canned answers. */
export const shopSuite = ({ site, open }: Bench): void => {
  it('shows names, prices, few left, and the sold out last without a stepper', async () => {
    site().shopPage = pageData(10);
    const page = await open(SHOP);
    expect(await page.locator('h1').textContent()).toBe('Rara y Mágica');
    await expect.poll(() => page.title()).toBe('Rara y Mágica');
    expect((await names(page)).at(-1)).toBe('Manta de otoño');
    const fig = page.locator('.card', { hasText: 'Vela de higo' });
    expect(await fig.locator('.card-price').textContent()).toMatch(/^\$\s4\.500$/);
    await page.locator('.card', { hasText: 'Cuaderno de viaje' }).getByText('Quedan 3').waitFor();
    const blanket = page.locator('.card', { hasText: 'Manta de otoño' });
    await blanket.getByText('Agotado').last().waitFor();
    expect(await blanket.locator('.stepper').count()).toBe(0);
  });

  it('picks on the card, keeps it over a reload, and stops at what there is', async () => {
    site().shopPage = pageData(10);
    const page = await open(SHOP);
    expect(await bar(page).isVisible()).toBe(false);
    await pickFig(page);
    await expect.poll(() => bar(page).textContent()).toMatch(/2 productos, \$\s9\.000/);
    await page.reload();
    await expect.poll(() => bar(page).textContent()).toMatch(/2 productos, \$\s9\.000/);
    const only = page.getByRole('button', { name: /^(Agregar|Uno más de) Mazo de cartas/ });
    await only.click();
    await only.click({ force: true });
    await page.getByText('Es el único que queda').waitFor();
    await expect.poll(() => bar(page).textContent()).toContain('3 productos');
  });

  it('keeps the focus on the stepper when the last one is taken out by keyboard', async () => {
    site().shopPage = pageData(3);
    const page = await open(SHOP);
    await page.getByRole('button', { name: 'Agregar Taza luna' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Uno menos de Taza luna' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Agregar Taza luna');
  });

  it('brings down a kept selection to what is left', async () => {
    site().shopPage = pageData(3);
    const page = await open(SHOP);
    await pickFig(page);
    site().shopPage = pageData(3, { products: { items: [aProduct(0, { available: 1 }), aProduct(2)] } });
    await page.reload();
    await page.getByText('Cambió lo que queda').waitFor();
    await expect.poll(() => bar(page).textContent()).toContain('1 producto');
  });

  it('carries category and language in the address', async () => {
    site().shopPage = pageData(10);
    const page = await open(SHOP);
    await page.getByRole('button', { name: 'Cerámica' }).click();
    expect(await names(page)).toEqual(['Taza luna', 'Cuenco irregular']);
    expect(new URL(page.url()).searchParams.get('category')).toBe(someCategories[2]?.categoryId);
    await page.getByLabel('Idioma').selectOption('pt');
    expect(new URL(page.url()).searchParams.get('lang')).toBe('pt');
    await page.locator('html[lang="pt"]').waitFor();
    await page.getByRole('button', { name: 'Adicionar Taza luna' }).waitFor();
    await page.goBack();
    expect(await names(page)).toHaveLength(10);
    await page.goForward();
    expect(await names(page)).toHaveLength(2);
  });

  it('opens a sheet with all pictures and words, and gives the focus back', async () => {
    site().shopPage = pageData(10);
    const page = await open(SHOP);
    const card = page.getByRole('button', { name: 'Ver más de Taza luna' });
    await card.click();
    const sheet = page.getByRole('dialog', { name: 'Taza luna' });
    await sheet.getByText('Hecho a mano en el taller').waitFor();
    expect(await sheet.getByRole('button', { name: /^Foto \d de 3$/ }).count()).toBe(3);
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab');
      expect(
        await page.evaluate(
          () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
        ),
      ).toBe(true);
    }
    await page.keyboard.press('Escape');
    expect(await sheet.count()).toBe(0);
    expect(await card.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('brings more while scrolling, holding the sold out back until the end', async () => {
    const all = someProducts(200);
    site().shopPage = pageData(0, { products: { items: all.slice(0, 48), nextCursor: '48' } });
    site().api = {
      'GET /api/products': ({ query }) => {
        const from = Number(query['cursor']);
        const nextCursor = from + 48 < 200 ? { nextCursor: String(from + 48) } : {};
        return { body: { items: all.slice(from, from + 48), ...nextCursor } };
      },
    };
    const page = await open(SHOP);
    expect(await page.locator('.card.is-out').count()).toBe(0);
    await expect
      .poll(
        async () => {
          await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
          return page.locator('.card').count();
        },
        { timeout: 20_000 },
      )
      .toBe(200);
    expect(await page.locator('.card.is-out').count()).toBe(20);
    expect(site().asked.map(({ query }) => query['cursor'])).toEqual(['48', '96', '144', '192']);
  });

  it('offers to try again when more can not be brought', async () => {
    let working = false;
    site().shopPage = pageData(0, { products: { items: someProducts(3), nextCursor: '3' } });
    site().api = {
      'GET /api/products': () =>
        working ? { body: { items: [aProduct(5)] } } : { status: 400, body: { code: 'request.invalid' } },
    };
    const page = await open(SHOP);
    await page.getByText('No pudimos traer los productos.').waitFor();
    working = true;
    await page.getByRole('button', { name: 'Probar de nuevo' }).click();
    await expect.poll(() => names(page)).toHaveLength(4);
  });

  it('reserves, once, and goes to the checkout with nothing left picked', async () => {
    site().shopPage = pageData(10);
    site().checkoutPage = { language: 'es', checkout: aCheckout() };
    site().api = { 'POST /api/checkouts': () => ({ status: 201, body: aCheckout() }) };
    const page = await open(SHOP);
    await pickFig(page);
    await fillForm(page);
    await page.getByText('Te reservamos todo por 24 horas, sin pagar nada ahora.').waitFor();
    expect(await page.getByLabel('Tu WhatsApp').inputValue()).toBe('11 2345-6789');
    await page.getByRole('button', { name: 'Reservar' }).click();
    await page.waitForURL('**/c/K7QM2WTX9F3AZB6C?lang=es');
    const [sent] = site().asked.filter(({ method }) => method === 'POST');
    expect(sent?.body).toEqual({
      shop: 'rara-y-magica',
      lines: [{ productId: aProduct(0).productId, quantity: 2 }],
      customerName: 'Ana',
      phone: '11 2345-6789',
      language: 'es',
    });
    expect(sent?.key).toMatch(/^[0-9a-f]{32}$/);
    await page.goto(site().url + SHOP);
    expect(await bar(page).isVisible()).toBe(false);
  });

  it('keeps its key over a broken connection, however often it is sent', async () => {
    let broken = true;
    site().shopPage = pageData(10);
    site().checkoutPage = { language: 'es', checkout: aCheckout() };
    site().api = {
      'POST /api/checkouts': () => (broken ? 'drop' : { status: 201, body: aCheckout() }),
    };
    const page = await open(SHOP);
    await pickFig(page);
    await fillForm(page);
    await page.getByRole('button', { name: 'Reservar' }).click();
    await page.getByText('Parece que no hay conexión').waitFor();
    broken = false;
    await page.getByRole('button', { name: 'Reservar' }).click();
    await page.waitForURL('**/c/**');
    const keys = site().asked.map(({ key }) => key);
    expect(keys.length).toBeGreaterThanOrEqual(4);
    expect(new Set(keys).size).toBe(1);
  });

  it('says what somebody else took, keeps the rest, and sends the rest as another attempt', async () => {
    site().shopPage = pageData(10);
    site().checkoutPage = { language: 'es', checkout: aCheckout() };
    const short = [
      { productId: aProduct(0).productId, name: 'Vela de higo', requested: 2, available: 1 },
      { productId: aProduct(2).productId, name: 'Taza luna', requested: 1, available: 0 },
    ];
    const answers = [
      { status: 409, body: { code: 'stock.short', short } },
      { status: 201, body: aCheckout() },
    ];
    site().api = { 'POST /api/checkouts': () => answers.shift() ?? 'drop' };
    const page = await open(SHOP);
    await pickFig(page);
    await page.getByRole('button', { name: 'Agregar Taza luna' }).click();
    await page.getByRole('button', { name: 'Agregar Cuenco irregular' }).click();
    await fillForm(page);
    await page.getByRole('button', { name: 'Reservar' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText('Vela de higo: queda 1').waitFor();
    await sheet.getByText('Taza luna: se agotó').waitFor();
    expect(await page.getByLabel('Tu nombre').inputValue()).toBe('Ana');
    await page.getByRole('button', { name: 'Reservar' }).click();
    await page.waitForURL('**/c/**');
    const [first, second] = site().asked;
    expect(second?.body).toMatchObject({
      lines: [
        { productId: aProduct(0).productId, quantity: 1 },
        { productId: aProduct(7).productId, quantity: 1 },
      ],
    });
    expect(second?.key).not.toBe(first?.key);
  });

  it('asks for what is missing, in words, at the first field of it', async () => {
    site().shopPage = pageData(10);
    site().api = {
      'POST /api/checkouts': () => ({
        status: 400,
        body: { code: 'request.invalid', errors: [{ field: 'phone', code: 'phone.invalid', message: 'x' }] },
      }),
    };
    const page = await open(SHOP);
    await pickFig(page);
    await page.getByRole('button', { name: 'Comprar por WhatsApp' }).click();
    await page.getByRole('button', { name: 'Reservar' }).click();
    await page.getByText('Decinos cómo te llamás').waitFor();
    await expect.poll(() => focused(page)).toBe('name');
    expect(site().asked).toEqual([]);
    await page.getByLabel('Tu nombre').fill('Ana');
    await page.getByLabel('Tu WhatsApp').fill('99999999');
    await page.getByRole('button', { name: 'Reservar' }).click();
    await page.getByText('No reconocimos ese número').waitFor();
    await expect.poll(() => focused(page)).toBe('phone');
  });

  it.each([
    ['checkout.phone-limit', 429, 'Con este teléfono ya hay otras reservas'],
    ['checkout.product-limit', 429, 'De este producto ya hay mucho reservado'],
    ['internal', 500, 'Algo falló de nuestro lado'],
  ])('says %s in words', async (code, status, words) => {
    site().shopPage = pageData(10);
    site().api = { 'POST /api/checkouts': () => ({ status, body: { code } }) };
    const page = await open(SHOP);
    await pickFig(page);
    await fillForm(page);
    await page.getByRole('button', { name: 'Reservar' }).click();
    await page.getByRole('alert').getByText(words).waitFor();
    expect(await page.getByRole('button', { name: 'Reservar' }).isEnabled()).toBe(true);
  });

  it('is usable before its pictures arrive, and nothing moves when they do', async () => {
    site().shopPage = pageData(10);
    site().pictureDelayMs = 600;
    const page = await open(SHOP);
    await pickFig(page);
    expect(await page.locator('img.is-here').count()).toBe(0);
    const shifted = page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let shift = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) shift += (entry as PerformanceEntry & { value: number }).value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(shift), 1200);
        }),
    );
    await page.locator('img.is-here').first().waitFor();
    expect(await shifted).toBeLessThan(0.02);
  });

  it('loads by the API when the page came without data', async () => {
    site().api = {
      'GET /api/shop': () => ({ body: aShop() }),
      'GET /api/categories': () => ({ body: { items: someCategories } }),
      'GET /api/products': () => ({ body: { items: someProducts(3) } }),
    };
    const page = await open(`${SHOP}?lang=en`);
    await page.getByRole('button', { name: 'Add Taza luna' }).waitFor();
  });

  it('is kind about a shop that is not there, and about an empty one', async () => {
    site().shopPage = pageData(0, { shop: null, language: 'pt' });
    await (await open('/s/nada')).getByText('Não encontramos esta vitrine').waitFor();
    site().shopPage = pageData(0, { categories: [] });
    const empty = await open(SHOP);
    await empty.getByText('La vidriera se está armando').waitFor();
    expect(await empty.getByRole('link', { name: 'Escribir por WhatsApp' }).getAttribute('href')).toBe(
      'https://wa.me/5491123456789',
    );
  });

  it.each([
    [390, 844],
    [320, 640],
    [DESK.width, DESK.height],
  ])('never scrolls sideways at %i × %i, and every target can be hit by a thumb', async (width, height) => {
    const items = someProducts(9).map((item) => ({
      ...item,
      name: `${item.name} extraordinariamentelargoydeunasolapieza`,
    }));
    site().shopPage = pageData(0, {
      products: { items },
      shop: aShop({ name: 'Librería y Papelería La Gran Marquesina del Sur' }),
    });
    const page = await open(SHOP, { viewport: { width, height } });
    await page.getByRole('button', { name: /^Agregar Taza luna/ }).click();
    await page.getByRole('button', { name: 'Comprar por WhatsApp' }).click();
    const report = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      small: [...document.querySelectorAll<HTMLElement>('button, select, a[href]')]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .filter((element) => Math.min(element.offsetWidth, element.offsetHeight) < 44)
        .map((element) => element.outerHTML.slice(0, 80)),
    }));
    expect(report).toEqual({ overflow: 0, small: [] });
  });
};
