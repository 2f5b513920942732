import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import type { Phone } from '../../local/whatsapp-simulator/simulator-api.ts';
import { openInbox } from '../support/inbox.ts';
import { openSimulator } from '../support/simulator.ts';
import { asSeller, eventually, newPhone, openTarget, reserve } from '../support/target.ts';
import { DESK, openPage, PHONE, startBrowser } from './pages/browser.ts';

const target = openTarget();
const simulator = openSimulator(target);
const [{ numberId, displayNumber, verifiedName }] = defaultWorld.numbers;
const business = displayNumber.replace(/\D/g, '');
let browser: Browser;
const open: { faults: string[]; close: () => Promise<void> }[] = [];

beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(async () => {
  await simulator.calm();
  const faults = open.flatMap((one) => one.faults);
  await Promise.all(open.splice(0).map(({ close }) => close()));
  expect(faults).toEqual([]);
});
afterAll(() => browser?.close());

/** A page whose every error counts, of scripts and on the console. */
const visit = async (path: string, options: BrowserContextOptions = {}): Promise<Page> => {
  const opened = await openPage(browser, `${target.url}${path}`, { viewport: DESK, ...options });
  opened.page.on('console', (message) => message.type() === 'error' && opened.faults.push(message.text()));
  open.push(opened);
  return opened.page;
};

/** The phones of these customers side by side, in the chat with the shop. */
const takeOut = (
  customers: readonly Phone[],
  { text = '', ...options }: BrowserContextOptions & { text?: string } = {},
) => {
  const query = new URLSearchParams({ phones: customers.map(({ phoneId }) => phoneId).join(','), to: business });
  if (text) query.set('text', text);
  return visit(`/simulator?${query}`, options);
};

const handset = (page: Page, { name }: Phone) => page.getByRole('region', { name, exact: true });
const composer = (page: Page, customer: Phone) => handset(page, customer).getByRole('textbox', { name: 'Mensaje' });
const bubbles = (page: Page, customer: Phone, text: string) =>
  handset(page, customer).getByRole('article').filter({ hasText: text });

const write = async (page: Page, customer: Phone, text: string): Promise<void> => {
  await composer(page, customer).fill(text);
  await handset(page, customer).getByRole('button', { name: 'Enviar' }).click();
  await bubbles(page, customer, text).waitFor();
};

const aSeller = async () => {
  const token = await target.tokenFor('admin');
  return { ...asSeller(target, token), inbox: openInbox(target, token) };
};

describe('a purchase by phone', () => {
  it.each([
    ['on a phone', PHONE],
    ['on a desk', DESK],
  ])('goes from the window to the chat, is confirmed there by a tap, and is sold, %s', async (_, viewport) => {
    const seller = await aSeller();
    const { categoryId } = await seller.addCategory(`Del teléfono ${viewport.width}`);
    const product = await seller.addProduct(categoryId, `Farol ${viewport.width}`, 5, 980_000);
    const customer = await simulator.newCustomer(`Irene Luna ${viewport.width}`, { phone: newPhone() });

    const shop = await visit(`/s/${target.shop}?category=${categoryId}`, { viewport });
    await shop.getByRole('button', { name: `Agregar ${product.name}` }).click();
    await shop.getByRole('button', { name: 'Comprar por WhatsApp' }).click();
    await shop.getByLabel('Tu nombre').fill('Irene');
    await shop.getByLabel('Tu WhatsApp').fill(customer.phone ?? '');
    await shop.getByRole('button', { name: 'Reservar', exact: true }).click();
    const link = new URL(
      (await shop.getByRole('link', { name: 'Continuar en WhatsApp' }).getAttribute('href')) ?? '',
      target.url,
    );
    expect(link.href).toContain(business);
    const code = shop.url().split('/').at(-1)?.slice(0, 16) ?? '';

    const page = await takeOut([customer], { viewport, text: link.searchParams.get('text') ?? '' });
    expect(await composer(page, customer).inputValue()).toContain(code.match(/.{4}/g)?.join('-'));
    await handset(page, customer).getByRole('button', { name: 'Enviar' }).click();
    // the shop's template about the checkout may have come too, with the same buttons
    await handset(page, customer).getByRole('button', { name: 'Confirmar' }).last().click();
    await handset(page, customer)
      .getByRole('article')
      .filter({ hasText: /confirmad[ao]/i })
      .last()
      .waitFor();

    expect((await target.ask('GET', `/api/checkouts/${code}`)).body).toMatchObject({ state: 'confirmed' });
    expect((await seller.product(product.productId)).stock).toMatchObject({ onHand: 4, sold: 1, reserved: 0 });
    // the text is gone with its sending, for whoever loads the page again
    expect(page.url()).not.toContain('text=');
  });
});

describe('telephones side by side', () => {
  it('see only their own chats', async () => {
    const [nadia, oscar] = await Promise.all([
      simulator.newCustomer('Nadia Sur'),
      simulator.newCustomer('Oscar Norte'),
    ]);
    const page = await takeOut([nadia, oscar]);
    await handset(page, oscar)
      .getByRole('button', { name: new RegExp(verifiedName) })
      .click();
    await eventually(() => composer(page, oscar).evaluate((box) => box === document.activeElement));
    await write(page, nadia, 'Soy Nadia');
    await write(page, oscar, 'Soy Oscar');
    const { inbox } = await aSeller();
    const { conversationId } = await inbox.conversationWith(nadia.phone);
    await inbox.send(conversationId, { type: 'text', text: { body: 'Hola Nadia, contame' } });
    await bubbles(page, nadia, 'Hola Nadia, contame').waitFor();
    expect(await bubbles(page, oscar, 'Nadia').count()).toBe(0);
    expect(await bubbles(page, nadia, 'Oscar').count()).toBe(0);
  });

  it('show at once what is written in another tab', async () => {
    const petra = await simulator.newCustomer('Petra Paz');
    const [here, there] = await Promise.all([takeOut([petra]), takeOut([petra])]);
    await write(there, petra, 'Escribo desde la otra pestaña');
    await bubbles(here, petra, 'Escribo desde la otra pestaña').waitFor();
  });
});

describe('a bad day at Meta', () => {
  it('turned on in the page: a send that is never answered leaves exactly one bubble', async () => {
    const quique = await simulator.newCustomer('Quique Roca');
    const page = await takeOut([quique]);
    await write(page, quique, 'Hola, ¿están?');
    const { inbox } = await aSeller();
    const { conversationId } = await inbox.conversationWith(quique.phone);
    await page.getByLabel('Los próximos envíos').selectOption('time-out-after-acceptance');
    await page.getByRole('button', { name: 'Aplicar' }).click();
    await eventually(async () => (await simulator.state()).knobs.next?.times === 1);
    const { body: sent } = await inbox.send(conversationId, { type: 'text', text: { body: 'Acá estamos' } });
    await bubbles(page, quique, 'Acá estamos').waitFor();
    await eventually(async () => {
      const [first] = await inbox.messages(conversationId);
      return first?.messageId === sent.messageId && ['delivered', 'read'].includes(first.state ?? '');
    }, 30_000);
    expect((await simulator.state()).knobs.next?.times ?? 0).toBe(0);
    await page.getByRole('button', { name: 'Todo en calma' }).click();
    expect(await bubbles(page, quique, 'Acá estamos').count()).toBe(1);
  });
});

describe('the keyboard alone', () => {
  it('opens a chat, writes, taps a button, and puts a menu away and takes it out again', async () => {
    const seller = await aSeller();
    const { categoryId } = await seller.addCategory('Del teclado');
    const product = await seller.addProduct(categoryId, 'Péndulo', 2);
    const rita = await simulator.newCustomer('Rita Tecla');
    const lines = [{ productId: product.productId, quantity: 1 }];
    const { code } = (await reserve(target, lines, { phone: rita.phone ?? '' })).body;
    const page = await visit(`/simulator?phones=${rita.phoneId}`);
    const phone = handset(page, rita);
    const back = phone.getByRole('button', { name: 'Volver' });
    await phone.waitFor();
    // a template may already be there; either way the chat is opened by hand
    if (await back.isVisible()) await back.press('Enter');
    await phone.getByRole('button', { name: new RegExp(verifiedName) }).press('Enter');
    await expect.poll(() => composer(page, rita).evaluate((box) => box === document.activeElement)).toBe(true);
    await page.keyboard.type(`Mi código es ${code}`);
    await page.keyboard.press('Enter');
    await phone.getByRole('button', { name: 'Confirmar' }).last().press('Enter');
    await eventually(async () => (await seller.product(product.productId)).stock.sold === 1);

    for (const _ of ['first', 'again']) {
      await phone.getByRole('button', { name: 'Adjuntar' }).press('Enter');
      await page.getByRole('dialog', { name: 'Adjuntar' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });
});

describe('the page of the phones', () => {
  it('shows every kind of message, and the raw traffic beside it', async () => {
    const sara = await simulator.newCustomer('Sara Mil');
    const talk = { phoneId: sara.phoneId, numberId };
    await simulator.send(talk, { type: 'location', latitude: -34.6, longitude: -58.4, name: 'El taller' });
    await simulator.send(talk, { type: 'contacts', contacts: [{ name: 'Luz Peralta', phones: ['+5491144445555'] }] });
    await simulator.send(talk, { type: 'unsupported', what: 'poll' });
    await simulator.send(talk, { type: 'call', seconds: 7 });
    const page = await takeOut([sara]);
    for (const text of ['El taller', 'Luz Peralta', 'esta versión no muestra', 'Llamada (7 s)']) {
      await bubbles(page, sara, text).waitFor();
    }
    await handset(page, sara).getByRole('button', { name: 'Adjuntar' }).click();
    await page.getByRole('button', { name: 'Foto de muestra' }).click();
    await handset(page, sara).getByRole('img', { name: 'Foto' }).waitFor();
    await page.getByRole('button', { name: 'Tráfico' }).click();
    await page.getByRole('button', { name: 'Webhooks' }).click();
    await page.locator('.record summary').first().click();
    await page.getByText('whatsapp_business_account').first().waitFor();
  });

  it('comes back by itself when the simulator was away', async () => {
    const tomas = await simulator.newCustomer('Tomás Va y Viene');
    const page = await takeOut([tomas]);
    await page.route('**/simulator/api/**', (route) => route.fulfill({ status: 503, body: '' }));
    await page.reload();
    await page.getByText('No se pudo abrir el simulador').waitFor();
    await page.unroute('**/simulator/api/**');
    await composer(page, tomas).waitFor();
    const faults = open.flatMap((one) => one.faults).filter((fault) => !fault.includes('503'));
    expect(faults).toEqual([]);
    for (const one of open) one.faults.length = 0;
  });
});
