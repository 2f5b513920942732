import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreviousSales } from '../../functions/sale-links/previous-sales.ts';
import type { SaleLinksView, SaleLinkView, SuggestedSalesView } from '../../functions/sale-links/sale-views.ts';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { type Inbox, openInbox } from '../support/inbox.ts';
import { aShopsOwnSale, type SalesServer, startSales } from '../support/sales-server.ts';
import { openSimulator } from '../support/simulator.ts';
import { asSeller, eventually, openTarget, reserve } from '../support/target.ts';

const target = openTarget();
const simulator = openSimulator(target);
const [{ numberId }] = defaultWorld.numbers;
// the system in which the shop keeps its sales is played on this machine, where no deployed stage would look
const local = await target.isLocal();

describe.runIf(local)('a customer who has bought before', () => {
  let erp: SalesServer;
  let inbox: Inbox;
  let admin = '';
  let phone = '';
  let contactId = '';
  let conversationId = '';
  let code = '';

  const ask = <Body = Record<string, never>>(method: string, path: string, body?: object) =>
    target.ask<Body>(method, path, { token: admin, ...(body && { body }) });

  const switchLinks = async (saleLinks: boolean) => {
    expect((await ask('PATCH', '/admin/shop', { features: { saleLinks } })).status).toBe(200);
    // functions remember the settings of a shop for some seconds
    await target.moveClock(10);
    admin = await target.tokenFor('admin');
    inbox = openInbox(target, admin);
  };

  const suggestions = () => ask<SuggestedSalesView>('GET', `/admin/contacts/${contactId}/sales`);

  const shownInChat = async (): Promise<PreviousSales | undefined> => (await inbox.conversation(conversationId)).sales;

  const shownOnLead = async (): Promise<PreviousSales | undefined> =>
    (await ask<{ sales?: PreviousSales }>('GET', `/admin/niche/leads/${contactId}`)).body.sales;

  /** What the shop's own system and ours know of the customer: two sales there, and one confirmed checkout here. */
  const givenSales = async () => {
    erp.world.sales = [
      aShopsOwnSale({ id: 501, number: 'A-501', customer: { phone }, amounts: { total: '12500.00', currency: 'ARS' } }),
      aShopsOwnSale({ id: 502, number: 'A-502', customer: { phone }, amounts: { total: 20, currency: 'USD' } }),
      aShopsOwnSale({ id: 503, status: 'draft', customer: { phone } }),
    ];
    const seller = asSeller(target, admin);
    const { categoryId } = await seller.addCategory('Ventas anteriores');
    const { productId } = await seller.addProduct(categoryId, 'Farol de antes', 5, 800_000);
    code = (await reserve(target, [{ productId, quantity: 1 }], { phone })).body.code;
    expect((await ask('POST', `/admin/checkouts/${code}/confirm`)).status).toBe(200);
  };

  beforeAll(async () => {
    erp = await startSales();
    admin = await target.tokenFor('admin');
    inbox = openInbox(target, admin);
    const customer = await simulator.newCustomer('Irene Ocampo');
    phone = customer.phone ?? '';
    await simulator.say({ phoneId: customer.phoneId, numberId }, 'Hola, ¿se acuerdan de mí?');
    const conversation = await inbox.conversationWith(phone);
    ({ conversationId } = conversation);
    ({ contactId } = conversation.contact);
    await eventually(async () => (await ask('GET', `/admin/niche/leads/${contactId}`)).status === 200);
    await givenSales();
  });
  afterAll(async () => {
    await switchLinks(false);
    await erp.close();
  });

  it('is nobody’s business while links are switched off, as they are at first', async () => {
    expect(await suggestions()).toMatchObject({ status: 404, body: { code: 'sale-links.not-enabled' } });
    expect((await ask('PUT', '/admin/sale-links/source', erp.settings)).status).toBe(404);
    expect([await shownInChat(), await shownOnLead()]).toEqual([undefined, undefined]);
    expect(erp.world.calls).toEqual([]);
  });

  it('is suggested their sales, here and there, and none is linked by itself', async () => {
    await switchLinks(true);
    const set = await ask('PUT', '/admin/sale-links/source', { ...erp.settings, secret: erp.key });
    expect([set.status, set.text.includes(erp.key)]).toEqual([200, false]);
    const found = await eventually(async () => {
      const { body } = await suggestions();
      return body.items.length === 3 && body;
    }, 30_000);
    expect(found.source).toEqual({ state: 'ok' });
    expect(found.items.map(({ saleId }) => saleId).sort()).toEqual(['501', '502', code].sort());
    expect(found.items.every(({ confidence, linked }) => confidence === 'high' && !linked)).toBe(true);
    expect(await shownInChat()).toBeUndefined();
  });

  it('is known in the chat and on the lead once somebody links them', async () => {
    const before = await ask('GET', `/api/checkouts/${code}`);
    for (const [source, saleId] of [
      ['http', '501'],
      ['http', '502'],
      ['checkouts', code],
    ]) {
      const linked = await ask<SaleLinkView>('POST', `/admin/contacts/${contactId}/sale-links`, { source, saleId });
      expect([linked.status, linked.body.saleId]).toEqual([201, saleId]);
    }
    const shown = await shownInChat();
    expect(shown).toMatchObject({
      count: 3,
      totals: [
        { currency: 'ARS', count: 2, total: 2_050_000 },
        { currency: 'USD', count: 1, total: 2000 },
      ],
      sentence: 'Este cliente tiene 3 ventas anteriores',
    });
    expect(await shownOnLead()).toEqual(shown);
    const inList = (await inbox.conversations()).find((one) => one.conversationId === conversationId);
    expect(inList?.sales).toEqual(shown);
    expect((await ask('GET', `/api/checkouts/${code}`)).body).toEqual(before.body);
    expect(erp.world.calls.every((call) => call.startsWith('GET '))).toBe(true);
  });

  it('is known still when the shop’s own system is down, and the chat goes on', async () => {
    const shown = await shownInChat();
    erp.world.mood = 'broken';
    erp.world.sales = [];
    expect((await suggestions()).body).toMatchObject({
      items: [{ saleId: code, linked: true }],
      source: { state: 'down', reason: 'refused' },
    });
    expect(await shownInChat()).toEqual(shown);
    const { body } = await ask<SaleLinksView>('GET', `/admin/contacts/${contactId}/sale-links`);
    expect(body.items).toHaveLength(3);
    const content = { type: 'text', text: { body: '¡Claro que sí, Irene!' } };
    expect((await inbox.send(conversationId, content)).status).toBe(201);
    erp.world.mood = 'well';
  });

  it('loses a link that was a mistake, and nothing else', async () => {
    const { items } = (await ask<SaleLinksView>('GET', `/admin/contacts/${contactId}/sale-links`)).body;
    const wrong = items.find(({ saleId }) => saleId === '502')?.linkId;
    expect((await ask('DELETE', `/admin/contacts/${contactId}/sale-links/${wrong}`)).status).toBe(204);
    expect(await shownInChat()).toMatchObject({ count: 2, sentence: 'Este cliente tiene 2 ventas anteriores' });
  });

  it('is not spoken of any more when links are switched off, and is again when they are on', async () => {
    await switchLinks(false);
    await eventually(async () => (await shownInChat()) === undefined);
    expect(await shownOnLead()).toBeUndefined();
    await switchLinks(true);
    await eventually(async () => (await shownInChat())?.count === 2);
  });
});
