import { beforeAll, describe, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import type { ChatMessage } from '../../local/whatsapp-simulator/simulator-api.ts';
import { cardOf, openSimulator } from '../support/simulator.ts';
import { asSeller, eventually, openTarget, reserve } from '../support/target.ts';

const target = openTarget();
const simulator = openSimulator(target);
const [{ numberId, displayNumber }] = defaultWorld.numbers;
let seller: ReturnType<typeof asSeller>;
let categoryId = '';

beforeAll(async () => {
  seller = asSeller(target, await target.tokenFor('admin'));
  ({ categoryId } = await seller.addCategory('Del chat'));
});

/** A customer with a phone in the simulator, and a product of which they reserve two. */
const reserving = async (name: string, { before }: { before?: string } = {}) => {
  const customer = await simulator.newCustomer(name);
  const talk = { phoneId: customer.phoneId, numberId };
  if (before) await simulator.say(talk, before);
  const product = await seller.addProduct(categoryId, `Vela de ${name}`, 10, 650_000);
  if (before) await eventually(async () => (await simulator.chat(talk)).some(({ tick }) => tick !== 'sent'));
  const { status, body } = await reserve(target, [{ productId: product.productId, quantity: 2 }], {
    ...(customer.phone && { phone: customer.phone }),
  });
  expect(status).toBe(201);
  return { customer, talk, product, checkout: body };
};

const isCard = (kind: string) => (message: ChatMessage) =>
  message.content.type === 'card' && message.content.kind === kind;

const saysOf = async (code: string, token: string) =>
  (await target.ask<{ items: { kind: string }[] }>('GET', `/admin/checkouts/${code}/timeline`, { token })).body;

const kindsOf = async (code: string): Promise<string[]> =>
  (await saysOf(code, await target.tokenFor('admin'))).items.map(({ kind }) => kind);

/** The text that waits in the shopper's WhatsApp, as the page's link carries it. */
const waitingText = (whatsappUrl: string | null): string => {
  const url = new URL(whatsappUrl ?? '');
  expect(url.href).toContain(displayNumber.replace('+', ''));
  return url.searchParams.get('text') ?? '';
};

describe('a checkout in the chat', () => {
  it('goes from the window to the phone, is confirmed there by a tap, and is sold', async () => {
    const { talk, product, checkout } = await reserving('Abril Sosa');
    await simulator.say(talk, waitingText(checkout.whatsappUrl));
    const answer = await simulator.arrival(talk, isCard('button'));
    expect(cardOf(answer).body).toContain(product.name);
    expect(cardOf(answer).body).toContain(`/c/${checkout.code}`);
    await simulator.tap(talk, answer, 'Confirmar');
    await simulator.arrival(talk, ({ at, content }) => at > answer.at && JSON.stringify(content).includes('confirmad'));
    expect((await seller.product(product.productId)).stock).toMatchObject({ sold: 2, reserved: 0, onHand: 8 });
    const view = await target.ask('GET', `/api/checkouts/${checkout.code}`);
    expect(view.body).toMatchObject({ state: 'confirmed' });
    await eventually(async () => {
      const kinds = await kindsOf(checkout.code);
      return ['created', 'replied', 'sent', 'delivered', 'confirmed'].every((kind) => kinds.includes(kind));
    });
  });

  it('is given back by a tap on Cancelar', async () => {
    const { talk, product, checkout } = await reserving('Bautista Ríos');
    await simulator.say(talk, `hola! te paso mi codigo ${checkout.code.toLowerCase()} gracias`);
    const answer = await simulator.arrival(talk, isCard('button'));
    await simulator.tap(talk, answer, 'Cancelar');
    await eventually(async () => (await seller.product(product.productId)).stock.reserved === 0);
    expect((await seller.product(product.productId)).stock).toMatchObject({ sold: 0, available: 10 });
    // a late tap on the other button changes nothing, and is answered kindly
    await simulator.tap(talk, answer, 'Confirmar');
    await eventually(async () => (await simulator.chat(talk)).filter(({ from }) => from === 'business').length >= 3);
    expect((await seller.product(product.productId)).stock.sold).toBe(0);
  });

  it('is sent by itself: with a link while the window is open', async () => {
    const { talk, checkout } = await reserving('Carla Núñez', { before: 'Hola, estoy mirando la vidriera' });
    const sent = await simulator.arrival(talk, isCard('cta_url'));
    expect(cardOf(sent).buttons[0]?.url).toContain(`/c/${checkout.code}`);
    expect(cardOf(sent).body).toContain('Ana');
  });

  it('is sent by itself: with the shop’s template when the customer has not written, and confirmed from it', async () => {
    const { talk, checkout, product } = await reserving('Dante Vera');
    const sent = await simulator.arrival(talk, isCard('template'));
    expect(cardOf(sent).template?.name).toBe(defaultWorld.templates.checkoutLink);
    expect(cardOf(sent).buttons.some(({ url }) => url?.includes(checkout.code))).toBe(true);
    await simulator.tap(talk, sent, 'Confirmar');
    await eventually(async () => (await seller.product(product.productId)).stock.sold === 2);
  });

  it('is nobody else’s to confirm: who only has the code sees the state, and nothing to tap', async () => {
    const { talk, checkout, product } = await reserving('Elena Paz');
    await simulator.say(talk, waitingText(checkout.whatsappUrl));
    await simulator.arrival(talk, isCard('button'));
    const stranger = await simulator.newCustomer('Facundo Gil');
    const other = { phoneId: stranger.phoneId, numberId };
    await simulator.say(other, `Mi código es ${checkout.code}`);
    const told = await simulator.arrival(other, () => true);
    expect(JSON.stringify(told.content)).not.toContain('Confirmar');
    expect((await seller.product(product.productId)).stock.sold).toBe(0);
  });

  it('is called to mind before it expires, and its expiry is told', async () => {
    const { talk, product, checkout } = await reserving('Gala Ibáñez', { before: 'Hola, miro y reservo' });
    await simulator.arrival(talk, isCard('cta_url'));
    const told =
      (text: string) =>
      ({ content }: ChatMessage) =>
        JSON.stringify(content).includes(text);
    await target.moveClock(22 * 3600 + 60);
    await simulator.arrival(talk, told('vence'));
    // an answer, so that the window is open when the time is up
    await simulator.say(talk, 'Uy, lo pienso un rato más');
    await target.moveClock(2 * 3600);
    const later = asSeller(target, await target.tokenFor('admin'));
    await eventually(async () => (await later.product(product.productId)).stock.reserved === 0, 20_000);
    await simulator.arrival(talk, told('venció'));
    await eventually(async () => (await kindsOf(checkout.code)).includes('expired'));
  });
});

describe('the funnel of a shop', () => {
  it('counts what became of its checkouts, once each', async () => {
    const token = await target.tokenFor('admin');
    const today = (await target.ask<{ now: string }>('GET', '/local/clock')).body.now.slice(0, 10);
    const from = new Date(Date.parse(today) - 30 * 86_400_000).toISOString().slice(0, 10);
    const path = `/admin/funnel?from=${from}&to=${today}`;
    const { status, body } = await target.ask('GET', path, { token });
    expect(status).toBe(200);
    const text = JSON.stringify(body);
    expect(text).toContain('created');
    expect(text).toContain('confirmed');
  });
});
