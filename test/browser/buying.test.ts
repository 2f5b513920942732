import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asSeller, newPhone, openTarget, reserve } from '../support/target.ts';
import { DESK, openPage, PHONE, startBrowser } from './pages/browser.ts';

const target = openTarget();
let browser: Browser;
let seller: ReturnType<typeof asSeller>;
let categoryId = '';

beforeAll(async () => {
  browser = await startBrowser();
  seller = asSeller(target, await target.tokenFor('admin'));
  ({ categoryId } = await seller.addCategory('Desde el navegador'));
});
afterAll(() => browser?.close());

const inCategory = () => `${target.url}/s/${target.shop}?category=${categoryId}`;

const fillIn = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: 'Comprar por WhatsApp' }).click();
  await page.getByLabel('Tu nombre').fill(name);
  await page.getByLabel('Tu WhatsApp').fill(newPhone());
  await page.getByRole('button', { name: 'Reservar', exact: true }).click();
};

describe.each([
  ['on a phone', PHONE],
  ['on a desk', DESK],
])('a shopper %s', (_, viewport) => {
  it('picks in the window, reserves, and confirms on the page of the checkout', async () => {
    const lamp = await seller.addProduct(categoryId, `Lámpara ${viewport.width}`, 3, 4_500_000);
    const { page, faults, close } = await openPage(browser, inCategory(), { viewport });
    await page.getByRole('button', { name: `Agregar ${lamp.name}` }).click();
    await page.getByRole('button', { name: `Uno más de ${lamp.name}` }).click();
    await fillIn(page, 'Ana del Navegador');
    await page.waitForURL(/\/c\/[0-9A-Z]{16}/);

    await page.getByText('Está reservado').waitFor();
    const whatsapp = page.getByRole('link', { name: 'Continuar en WhatsApp' });
    const code = page.url().split('/').at(-1)?.slice(0, 16) ?? '';
    expect(decodeURIComponent((await whatsapp.getAttribute('href')) ?? '')).toContain(code.match(/.{4}/g)?.join('-'));
    expect(await page.content()).not.toContain('Ana del Navegador');
    expect((await seller.product(lamp.productId)).stock).toMatchObject({ reserved: 2, available: 1 });

    await page.getByRole('button', { name: 'Confirmar compra' }).click();
    await page.getByRole('button', { name: 'Sí, confirmar' }).click();
    await page.getByText('Compra confirmada').first().waitFor();
    expect((await seller.product(lamp.productId)).stock).toMatchObject({ onHand: 1, sold: 2, reserved: 0 });
    expect(faults).toEqual([]);
    await close();
  });
});

describe('a shopper', () => {
  it('learns in the sheet what was sold out meanwhile, and keeps the rest', async () => {
    const wanted = await seller.addProduct(categoryId, 'Codiciada', 2);
    const other = await seller.addProduct(categoryId, 'Tranquila', 5);
    const { page, close } = await openPage(browser, inCategory());
    await page.getByRole('button', { name: `Agregar ${wanted.name}` }).click();
    await page.getByRole('button', { name: `Uno más de ${wanted.name}` }).click();
    await page.getByRole('button', { name: `Agregar ${other.name}` }).click();
    await reserve(target, [{ productId: wanted.productId, quantity: 2 }]);
    await fillIn(page, 'Ana');
    await page.getByText('Codiciada: se agotó').waitFor();
    expect((await seller.product(other.productId)).stock.reserved).toBe(0);
    await page.getByRole('button', { name: 'Reservar', exact: true }).click();
    await page.waitForURL(/\/c\//);
    expect((await seller.product(other.productId)).stock.reserved).toBe(1);
    await close();
  });

  it('does it all with the keyboard', async () => {
    const product = await seller.addProduct(categoryId, 'Teclada', 1);
    const { page, close } = await openPage(browser, inCategory(), { viewport: DESK });
    await page.getByRole('button', { name: `Agregar ${product.name}` }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Comprar por WhatsApp' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Tu nombre').focus();
    await page.keyboard.type('Ana');
    await page.keyboard.press('Tab');
    await page.keyboard.type(newPhone());
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/c\//);
    expect((await seller.product(product.productId)).stock.reserved).toBe(1);
    await close();
  });

  it('finds a clear page for a cancelled, an expired and an unknown checkout', async () => {
    const { productId } = await seller.addProduct(categoryId, 'Efímera', 2);
    const { code } = (await reserve(target, [{ productId, quantity: 1 }])).body;
    const { page, close } = await openPage(browser, `${target.url}/c/${code}`);
    await page.getByRole('button', { name: 'Cancelar reserva' }).click();
    await page.getByRole('button', { name: 'Sí, cancelar' }).click();
    await page.getByText('Reserva cancelada').first().waitFor();

    const late = (await reserve(target, [{ productId, quantity: 1 }])).body.code;
    if (await target.isLocal()) {
      await target.moveClock(25 * 3600);
      await page.goto(`${target.url}/c/${late}`);
      await page.getByText('La reserva venció').first().waitFor();
    }
    await page.goto(`${target.url}/c/AAAABBBBCCCCDDDD`);
    await page.getByText('No encontramos esta reserva').first().waitFor();
    await close();
  });
});
