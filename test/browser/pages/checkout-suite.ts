import { expect, it } from 'vitest';
import type { CheckoutView } from '../../../functions/checkouts/checkout.ts';
import type { Bench } from './browser.ts';
import { aCheckout, aProduct, aShop } from './canned-data.ts';

const CHECKOUT = '/c/K7QM2WTX9F3AZB6C';

/** The page of a checkout, against canned answers. */
export const checkoutSuite = ({ site, open }: Bench): void => {
  const show = (change: Partial<CheckoutView> = {}) => {
    const checkout = aCheckout(change);
    site().checkoutPage = { language: checkout.language, checkout };
    return open(CHECKOUT);
  };

  it('says first that it is reserved and for how long, then what, how much and its code', async () => {
    const page = await show();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Está reservado');
    expect(await page.getByRole('timer').textContent()).toBe('Quedan 23 h 12 min');
    expect(await page.locator('.line').count()).toBe(2);
    expect(await page.locator('.line-total').textContent()).toMatch(/Total\$\s18\.183/);
    await page.getByText('K7QM-2WTX-9F3A-ZB6C').waitFor();
    expect(await page.getByRole('link', { name: 'Continuar en WhatsApp' }).getAttribute('href')).toContain('wa.me');
    expect(await page.getByRole('link', { name: 'Rara y Mágica' }).getAttribute('href')).toBe(
      '/s/rara-y-magica?lang=es',
    );
  });

  it('shows seconds only in the last hour, and does not read each one out', async () => {
    const page = await show({ secondsLeft: 725 });
    const timer = page.getByRole('timer');
    expect(await timer.textContent()).toMatch(/^Quedan 12 min 0[0-5] s$/);
    const first = await timer.textContent();
    await expect.poll(() => timer.textContent(), { timeout: 5000 }).not.toBe(first);
    expect(await page.locator('.state [aria-live]').textContent()).toBe('Quedan 30 min 00 s');
  });

  it('does not believe the clock of the device', async () => {
    site().checkoutPage = { language: 'es', checkout: aCheckout({ secondsLeft: 83_570 }) };
    const page = await open('/c/nothing-yet');
    await page.clock.setFixedTime(new Date('2031-01-01T00:00:00Z'));
    await page.goto(site().url + CHECKOUT);
    expect(await page.getByRole('timer').textContent()).toMatch(/^Quedan 23 h 1[12] min$/);
  });

  it('turns to expired at zero, says what is still there, and takes the selection back to the shop', async () => {
    const page = await show({ secondsLeft: 2 });
    const expired = aCheckout({ state: 'expired', secondsLeft: 0 });
    site().shopPage = {
      language: 'es',
      shop: aShop(),
      categories: [],
      products: { items: [aProduct(0), aProduct(6, { available: 0 })] },
    };
    site().api = {
      'GET /api/checkouts/': () => ({ body: expired }),
      [`GET /api/products/${aProduct(0).productId}`]: () => ({ body: aProduct(0) }),
      'GET /api/products/': () => ({ body: aProduct(6, { available: 0 }) }),
    };
    await page.getByRole('heading', { name: 'La reserva venció' }).waitFor();
    await page.getByText('Todavía hay').waitFor();
    await page.getByText('Agotado').waitFor();
    await page.getByRole('link', { name: 'Volver a elegir' }).click();
    await page.waitForURL('**/s/rara-y-magica?lang=es');
    await page.getByText('2 productos').first().waitFor();
  });

  it('asks before it confirms, sends a key, and says that it is confirmed', async () => {
    const page = await show();
    site().api = { 'POST /api/checkouts/': () => ({ body: aCheckout({ state: 'confirmed', secondsLeft: 0 }) }) };
    await page.getByRole('button', { name: 'Confirmar compra' }).click();
    await page.getByRole('button', { name: 'Todavía no' }).click();
    expect(site().asked).toEqual([]);
    await page.getByRole('button', { name: 'Confirmar compra' }).click();
    await page.getByRole('button', { name: 'Sí, confirmar' }).click();
    await page.getByRole('heading', { name: 'Compra confirmada' }).waitFor();
    const [sent] = site().asked;
    expect([sent?.path, Boolean(sent?.key), sent?.body]).toEqual([
      `/api/checkouts/K7QM2WTX9F3AZB6C/confirm`,
      true,
      undefined,
    ]);
    expect(await page.getByRole('button', { name: 'Cancelar reserva' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Continuar en WhatsApp' }).waitFor();
  });

  it('tells the shop once that somebody looks at it', async () => {
    await show();
    await expect.poll(() => site().opened, { timeout: 5000 }).toEqual(['K7QM2WTX9F3AZB6C']);
  });

  it('asks before it cancels', async () => {
    const page = await show();
    site().api = { 'POST /api/checkouts/': () => ({ body: aCheckout({ state: 'cancelled', secondsLeft: 0 }) }) };
    await page.getByRole('button', { name: 'Cancelar reserva' }).click();
    await page.getByRole('button', { name: 'Sí, cancelar' }).click();
    await page.getByRole('heading', { name: 'Reserva cancelada' }).waitFor();
    expect(site().asked[0]?.path).toBe('/api/checkouts/K7QM2WTX9F3AZB6C/cancel');
  });

  it('shows how things stand when it had ended meanwhile', async () => {
    const page = await show();
    site().api = {
      'POST /api/checkouts/': () => ({ status: 409, body: { code: 'checkout.ended', state: 'confirmed' } }),
      'GET /api/checkouts/': () => ({ body: aCheckout({ state: 'confirmed', secondsLeft: 0 }) }),
    };
    await page.getByRole('button', { name: 'Cancelar reserva' }).click();
    await page.getByRole('button', { name: 'Sí, cancelar' }).click();
    await page.getByText('Esta reserva ya había terminado').waitFor();
    await page.getByRole('heading', { name: 'Compra confirmada' }).waitFor();
  });

  it('notices a confirmation made elsewhere', async () => {
    site().checkoutPage = { language: 'es', checkout: aCheckout() };
    site().api = { 'GET /api/checkouts/': () => ({ body: aCheckout({ state: 'confirmed', secondsLeft: 0 }) }) };
    const page = await open('/c/nothing-yet');
    await page.clock.install();
    await page.goto(site().url + CHECKOUT);
    await page.getByRole('heading', { name: 'Está reservado' }).waitFor();
    await page.clock.runFor(13_000);
    await page.getByRole('heading', { name: 'Compra confirmada' }).waitFor();
  });

  it('leaves confirming to the seller where the shop wants that, and says who writes when there is no number', async () => {
    const page = await show({ shopperConfirms: false, whatsappUrl: null, language: 'pt' });
    expect(await page.getByRole('button', { name: 'Confirmar compra' }).count()).toBe(0);
    await page.getByText('A loja vai escrever').waitFor();
    await page.getByRole('button', { name: 'Cancelar reserva' }).waitFor();
  });

  it('copies the code and, without a sheet of the phone, the link', async () => {
    const page = await show();
    await page.evaluate(() => Object.defineProperty(navigator, 'share', { value: undefined }));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copiar código' }).click();
    await page.getByText('Código copiado').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('K7QM-2WTX-9F3A-ZB6C');
    await page.getByRole('button', { name: 'Compartir' }).click();
    await page.getByText('Enlace copiado').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'https://vidriera.example/c/K7QM2WTX9F3AZB6C',
    );
  });

  it('changes its language in place', async () => {
    const page = await show();
    await page.getByLabel('Idioma').selectOption('en');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('It is reserved');
    expect(page.url()).toContain('lang=en');
  });

  it('is kind about a code that nobody has, also when the page came without data', async () => {
    site().checkoutPage = { language: 'en', checkout: null };
    await (await open(CHECKOUT)).getByText('We could not find this reservation').waitFor();
    site().checkoutPage = undefined;
    await (await open(CHECKOUT)).getByText('No encontramos esta reserva').waitFor();
    site().api = { 'GET /api/checkouts/': () => ({ body: aCheckout() }) };
    await (await open(CHECKOUT)).getByText('Está reservado').waitFor();
  });
};
