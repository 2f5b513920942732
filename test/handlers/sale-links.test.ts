import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { patience } from '#platform/patience.ts';
import { keys } from '#table/schema.ts';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import type { Contact } from '../../functions/contacts/contact.ts';
import { contactCheckoutStore } from '../../functions/contacts/contact-checkout.store.ts';
import { identifyContact } from '../../functions/contacts/identify-contact.ts';
import { newContact } from '../../functions/contacts/identity.ts';
import { conversationStore } from '../../functions/conversations/conversation.store.ts';
import { newConversation } from '../../functions/conversations/take-in.ts';
import { anId } from '../support/builders.ts';
import type { RouteName, TestRequest } from '../support/events.ts';
import { APP_SECRET, type Lambdas, openLambdas } from '../support/lambdas.ts';
import { aShopsOwnSale, type SalesServer, startSales } from '../support/sales-server.ts';
import { anOrder, aPhone, type GivenShop, givenShop } from './given.ts';

let erp: SalesServer;
let lambdas: Lambdas;
let given: GivenShop;
let contact: Contact;
let shops = 0;

const saleLinkRoutes = [
  'getSaleSource',
  'setSaleSource',
  'removeSaleSource',
  'trySaleSource',
  'suggestSales',
  'listSaleLinks',
  'linkSale',
  'unlinkSale',
] as const satisfies RouteName[];

const features = { captureLeads: true, saleLinks: true };

const call = async (name: RouteName, request: TestRequest = {}) => {
  const { status, json, body } = await lambdas.call(name, { as: given.as('admin'), ...request });
  return { status, json: json as Record<string, never>, body };
};

const givenContact = async (change: Partial<Contact> = {}): Promise<Contact> => {
  const { shopId } = given.shop;
  const sighting = { shopId, businessId: '1', person: { phone: aPhone() }, at: new Date().toISOString() };
  const made = { ...newContact(sighting, anId()), ...change };
  await lambdas.table.put({ ...keys.contact(shopId, made.contactId), ...made });
  return made;
};

const own = (change: Partial<Contact> = {}) => ({ params: { contactId: change.contactId ?? contact.contactId } });

/** A confirmed checkout of ours; with a contact, as the worker keeps it beside them. */
const sold = async (owner?: Contact): Promise<string> => {
  const [product] = given.products;
  const order = anOrder(given.shop, product as never);
  const code = String((await lambdas.call('createCheckout', { body: order })).json['code']);
  const { json } = await lambdas.call('sellCheckout', { as: given.as('admin'), params: { code } });
  const { total, currency, createdAt, endedAt } = json as Record<'currency' | 'createdAt' | 'endedAt', never> & {
    total: number;
  };
  const row = { code, state: 'confirmed', total, currency, createdAt, endedAt } as const;
  if (owner) await contactCheckoutStore(lambdas.table).put(owner, row);
  return code;
};

/** Everything of the table but links to sales, their settings and who made them. */
const otherRows = async (): Promise<string[]> =>
  (await lambdas.rows()).filter((row) => !/#SALE-LINKS#|#AUDIT#sale-(link|source)#/.test(row));

const connectErp = () => call('setSaleSource', { body: { ...erp.settings, secret: erp.key } });

const link = (saleId: unknown, source = 'http', to: Partial<Contact> = {}) =>
  call('linkSale', { ...own(to), body: { source, saleId: String(saleId) } });

beforeAll(async () => {
  erp = await startSales();
  lambdas = await openLambdas();
});
beforeEach(async () => {
  shops += 1;
  given = await givenShop(lambdas.table, `tienda-${shops}`, { features, nicheType: 'crm_sales' });
  contact = await givenContact();
  Object.assign(erp.world, { sales: [], mood: 'well', calls: [], onCall: async () => undefined });
});
afterEach(() => vi.useRealTimers());
afterAll(async () => {
  await lambdas.close();
  await erp.close();
});

describe('switched off, as it is by default', () => {
  it('shows the source and takes it back with its secret, and asks it nothing', async () => {
    await connectErp();
    await given.settle({ features: { captureLeads: true, saleLinks: false } });
    expect((await call('getSaleSource')).json).toMatchObject({ url: erp.settings.url, hasSecret: true });
    expect((await call('removeSaleSource')).status).toBe(204);
    const names = [...lambdas.services.secrets.keys()].filter((name) => name.includes(given.shop.shopId));
    expect(names.map((name) => lambdas.services.deleted.has(name))).toEqual([true]);
    expect((await call('getSaleSource')).json['code']).toBe('not-found');
    expect(erp.world.calls).toEqual([]);
  });

  it('answers every other route with its code, and reads nothing but the shop', async () => {
    await given.settle({ features: { captureLeads: true, saleLinks: false } });
    const withdrawing: RouteName[] = ['getSaleSource', 'removeSaleSource'];
    for (const name of saleLinkRoutes.filter((route) => !withdrawing.includes(route))) {
      lambdas.clear();
      const body = { linkSale: { source: 'http', saleId: '1' }, trySaleSource: { phone: '+5491145678901' } }[
        name as 'linkSale'
      ];
      const params = { ...own().params, linkId: 'x' };
      const answer = await call(name, { params, body: name === 'setSaleSource' ? erp.settings : body });
      expect([name, answer.status, answer.json['code']]).toEqual([name, 404, 'sale-links.not-enabled']);
      expect(lambdas.commands().map(({ command }) => command)).toEqual(['GetCommand']);
    }
    expect(erp.world.calls).toEqual([]);
  });
});

describe('the source', () => {
  it('is set, shown without its secret, tried and removed; the audit trail says so without it too', async () => {
    expect((await call('getSaleSource')).status).toBe(404);
    const set = await connectErp();
    expect([set.status, set.json]).toMatchObject([200, { url: erp.settings.url, hasSecret: true }]);
    expect(set.body).not.toContain(erp.key);
    expect((await call('getSaleSource')).json).toEqual(set.json);

    erp.world.sales = [aShopsOwnSale({ customer: { email: 'ana@example.com' } }), aShopsOwnSale({ status: 'draft' })];
    const tried = await call('trySaleSource', { body: { email: 'ANA@example.com' } });
    expect(tried.json).toMatchObject({ source: { state: 'ok' }, found: 1, sales: [{ total: 15_050 }] });

    const rows = (await lambdas.rows()).filter((row) => row.includes(given.shop.shopId)).join('\n');
    expect(rows).not.toContain(erp.key);
    expect(rows).toContain('sale-source.set');
    const names = () => [...lambdas.services.secrets.keys()].filter((name) => name.includes(given.shop.shopId));
    expect(names()).toHaveLength(1);

    expect((await call('removeSaleSource')).status).toBe(204);
    expect((await call('getSaleSource')).status).toBe(404);
    expect(names().every((name) => lambdas.services.deleted.has(name))).toBe(true);
  });

  it('keeps its secret with its host: another one needs its own', async () => {
    await connectErp();
    const { secret: _, ...settings } = { ...erp.settings, secret: undefined };
    expect((await call('setSaleSource', { body: { ...settings, timeoutMs: 900 } })).json).toMatchObject({
      hasSecret: true,
      timeoutMs: 900,
    });
    const elsewhere = { ...settings, url: 'https://evil.example/?p={phone}', saleUrl: undefined };
    const refused = await call('setSaleSource', { body: elsewhere });
    expect([refused.status, refused.json['errors']]).toMatchObject([400, [{ field: 'secret', code: 'required' }]]);
    const split = { ...settings, saleUrl: 'https://evil.example/{saleId}' };
    expect((await call('setSaleSource', { body: split })).json['errors']).toMatchObject([{ code: 'other-host' }]);
    expect((await call('setSaleSource', { body: { ...elsewhere, secret: null } })).json).toMatchObject({
      hasSecret: false,
    });
  });

  it.each([
    'http://erp.example/?p={phone}',
    'https://169.254.169.254/latest/meta-data/?p={phone}',
    'https://10.0.0.7/?p={phone}',
    'https://[fd00:ec2::254]/?p={phone}',
    'https://2852039166/?p={phone}',
  ])('is not set at %s', async (url) => {
    const { saleUrl: _, ...settings } = erp.settings;
    const { status, json } = await call('setSaleSource', { body: { ...settings, url } });
    expect([status, json['errors']]).toMatchObject([400, [{ field: 'url', code: 'not-allowed' }]]);
  });
});

describe('suggestions', () => {
  it('are of both sources, the surest first, and none is linked by itself', async () => {
    await connectErp();
    const email = 'ana@example.com';
    await lambdas.table.put({
      ...keys.lead(given.shop.shopId, contact.contactId),
      leadId: contact.contactId,
      email,
    });
    const code = await sold(contact);
    erp.world.sales = [
      aShopsOwnSale({ id: 'by-email', customer: { email } }),
      aShopsOwnSale({ id: 'by-phone', customer: { phone: contact.phone ?? '' } }),
      aShopsOwnSale({ id: 'of-another-country', customer: { phone: `+34 9${contact.phone?.slice(-8)}` } }),
      aShopsOwnSale({ id: 'unpaid', status: 'draft', customer: { email } }),
      aShopsOwnSale({ id: 'unreadable', amounts: { total: 'free', currency: 'ARS' }, customer: { email } }),
    ];
    const before = await lambdas.rows();
    const { status, json } = await call('suggestSales', own());
    expect([status, json]).toMatchObject([200, { source: { state: 'ok', unreadable: 1 } }]);
    const items = json['items'] as unknown as {
      saleId: string;
      confidence: string;
      matchedBy: string[];
      linked: boolean;
    }[];
    expect(items.map(({ saleId, confidence, matchedBy }) => [saleId, confidence, matchedBy.join()])).toEqual([
      [code, 'high', 'contact'],
      ['by-phone', 'high', 'phone'],
      ['by-email', 'medium', 'email'],
      ['of-another-country', 'low', 'phone-ending'],
    ]);
    expect(items.map(({ linked }) => linked)).toEqual([false, false, false, false]);
    expect(await lambdas.rows()).toEqual(before);
    expect(erp.world.calls.every((one) => one.startsWith('GET '))).toBe(true);
  });

  it('keep ids that are too long for a number', async () => {
    await connectErp();
    erp.world.sales = [aShopsOwnSale({ id: '#9007199254740993', customer: { phone: contact.phone ?? '' } })];
    expect((await call('suggestSales', own())).json['items']).toMatchObject([{ saleId: '9007199254740993' }]);
    expect((await link('9007199254740993')).json).toMatchObject({ saleId: '9007199254740993' });
  });
});

describe('a link', () => {
  it('keeps the sale as it was, and what the contact bought, whatever becomes of the source', async () => {
    await connectErp();
    const customer = { phone: contact.phone ?? '' };
    erp.world.sales = [
      aShopsOwnSale({ id: 1, number: 'A-1', customer }),
      aShopsOwnSale({ id: 2, number: 'A-2', customer, amounts: { total: '20.00', currency: 'USD' } }),
    ];
    const code = await sold(contact);
    const before = await otherRows();
    const linked = await link(1);
    expect([linked.status, linked.json]).toMatchObject([
      201,
      {
        source: 'http',
        saleId: '1',
        total: 15_050,
        currency: 'ARS',
        reference: 'A-1',
        linkedBy: `user:${given.shop.slug}-admin`,
      },
    ]);
    await link(2);
    expect((await link(code, 'checkouts')).json).toMatchObject({ source: 'checkouts', saleId: code, total: 1500 });

    erp.world.mood = 'broken';
    erp.world.sales = [];
    const { json } = await call('listSaleLinks', own());
    expect(json).toMatchObject({
      sales: {
        count: 3,
        totals: [
          { currency: 'ARS', count: 2, total: 16_550 },
          { currency: 'USD', count: 1, total: 2000 },
        ],
        sentence: 'Este cliente tiene 3 ventas anteriores',
      },
      items: [{ saleId: code }, { saleId: expect.any(String) }, { saleId: expect.any(String) }],
    });
    // neither the contact nor the checkout has changed, nor anything else
    expect(await otherRows()).toEqual(before);
  });

  it('is made once, however often and by how many it is made at once', async () => {
    await connectErp();
    const customer = { phone: contact.phone ?? '' };
    erp.world.sales = [
      aShopsOwnSale({ id: 1, customer }),
      aShopsOwnSale({ id: 2, customer }),
      aShopsOwnSale({ id: 3, customer }),
    ];
    const answers = await Promise.all([1, 1, 2, 2, 3, 3].map((id) => link(id)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
    const { json } = await call('listSaleLinks', own());
    expect([json['sales'], json['items']]).toMatchObject([{ count: 3 }, { length: 3 }]);
    const [first] = answers;
    erp.world.sales = [aShopsOwnSale({ id: 1, customer, amounts: { total: 1, currency: 'ARS' } })];
    expect((await link(1)).json).toEqual(first?.json);
    const entries = (await lambdas.rows()).filter(
      (row) => row.includes(contact.contactId) && row.includes('sale-link.linked'),
    );
    expect(entries).toHaveLength(3);
  });

  it('ends, and counts no more', async () => {
    const [code, other] = [await sold(contact), await sold()];
    const before = await otherRows();
    const { linkId } = (await link(code, 'checkouts')).json as unknown as { linkId: string };
    // a checkout of somebody else’s phone may be theirs too, if a person says so
    await link(other, 'checkouts');
    const params = { ...own().params, linkId };
    expect((await call('unlinkSale', { params })).status).toBe(204);
    expect((await call('listSaleLinks', own())).json).toMatchObject({
      sales: { count: 1 },
      items: [{ saleId: other }],
    });
    expect((await call('unlinkSale', { params })).status).toBe(404);
    expect(await otherRows()).toEqual(before);
  });

  it('is not made to what is no sale', async () => {
    await connectErp();
    const order = anOrder(given.shop, given.products[0] as never);
    const { json } = await lambdas.call('createCheckout', { body: order });
    expect((await link(json['code'], 'checkouts')).json['code']).toBe('sale.not-found');
    expect((await link('nothing', 'checkouts')).json['code']).toBe('sale.not-found');
    expect((await link('404')).json['code']).toBe('sale.not-found');
    erp.world.sales = [aShopsOwnSale({ id: 7, status: 'draft' })];
    expect((await link(7)).json['code']).toBe('sale.not-found');
    expect((await link('..')).status).toBe(400);
  });

  it('is looked for among the contact’s sales where the source knows no address for one', async () => {
    const { saleUrl: _, ...settings } = erp.settings;
    await call('setSaleSource', { body: { ...settings, secret: erp.key } });
    erp.world.sales = [aShopsOwnSale({ id: 1, customer: { phone: contact.phone ?? '' } }), aShopsOwnSale({ id: 2 })];
    expect((await link(1)).status).toBe(201);
    expect((await link(2)).json['code']).toBe('sale.not-found');
  });

  it('stays with a person whose contacts turned out to be one, and counts once', async () => {
    await connectErp();
    const customer = { phone: contact.phone ?? '' };
    erp.world.sales = [aShopsOwnSale({ id: 1, customer }), aShopsOwnSale({ id: 2, customer })];
    const older = await givenContact();
    await link(1);
    await link(1, 'http', older);
    await link(2, 'http', older);
    const { shopId } = given.shop;
    const merged = { ...contact, mergedInto: older.contactId };
    await lambdas.table.put({ ...keys.contact(shopId, contact.contactId), ...merged });
    const survivor = { ...older, formerContactIds: [contact.contactId] };
    await lambdas.table.put({ ...keys.contact(shopId, older.contactId), ...survivor });
    const { json } = await call('listSaleLinks', own());
    expect([json['sales'], json['items']]).toMatchObject([{ count: 2 }, { length: 2 }]);
    const one = (json['items'] as unknown as { saleId: string; linkId: string }[]).find(({ saleId }) => saleId === '1');
    expect((await call('unlinkSale', { params: { ...own().params, linkId: one?.linkId ?? '' } })).status).toBe(204);
    expect((await call('listSaleLinks', own())).json).toMatchObject({ sales: { count: 1 }, items: [{ saleId: '2' }] });
  });

  it('is made by a seller only to a sale that fits the contact, and by an admin to any', async () => {
    await connectErp();
    const [phone = '', seller] = [contact.phone, given.as('seller')];
    erp.world.sales = [
      aShopsOwnSale({ id: 1, customer: { phone } }),
      aShopsOwnSale({ id: 2, customer: { phone: '+59899123456', email: 'other@example.com' } }),
      aShopsOwnSale({ id: 3 }),
      aShopsOwnSale({ id: 4, customer: { phone, email: 'other@example.com' } }),
    ];
    const { shopId } = given.shop;
    await lambdas.table.put({
      ...keys.lead(shopId, contact.contactId),
      ...{ leadId: contact.contactId, assignedTo: seller.userId, email: 'ana@example.com' },
    });
    const as = (who: typeof seller, saleId: number) =>
      call('linkSale', { ...own(), as: who, body: { source: 'http', saleId: String(saleId) } });
    for (const guessed of [2, 3]) {
      const { status, json, body } = await as(seller, guessed);
      expect([status, json['code']]).toEqual([404, 'sale.not-found']);
      expect(body).not.toContain('150');
    }
    expect((await as(seller, 1)).json).toMatchObject({ saleId: '1', confidence: 'high' });
    expect((await as(seller, 4)).json).toMatchObject({ saleId: '4', confidence: 'medium' });
    const forced = await as(given.as('admin'), 2);
    expect([forced.status, forced.json['confidence']]).toEqual([201, undefined]);
    const { json } = await call('listSaleLinks', own());
    const confidences = (json['items'] as unknown as { saleId: string; confidence?: string }[])
      .map(({ saleId, confidence }) => `${saleId} ${confidence}`)
      .sort();
    expect(confidences).toEqual(['1 high', '2 undefined', '4 medium']);
    const told = (await lambdas.rows()).filter((row) => row.includes('#AUDIT#sale-link#') && row.includes(shopId));
    expect(told.filter((row) => row.includes('"confidence":{"to":"high"}')).length).toBe(1);
    expect(told.filter((row) => row.includes('"confidence"')).length).toBe(2);
  });

  it('is not made to somebody who was erased meanwhile', async () => {
    await connectErp();
    erp.world.sales = [aShopsOwnSale({ id: 1, customer: { phone: contact.phone ?? '' } })];
    // the row goes while the source is asked
    erp.world.onCall = () => lambdas.table.delete(keys.contact(given.shop.shopId, contact.contactId));
    expect((await link(1)).status).toBe(404);
    const left = (await lambdas.rows()).filter((row) => row.includes(contact.contactId));
    expect(left).toEqual([]);
  });
});

describe('what a customer has bought', () => {
  const bought = { sales: { count: 1, sentence: 'Este cliente tiene 1 venta anterior' } };

  /** A conversation and a lead of the contact. */
  const meet = async () => {
    const { shopId } = given.shop;
    const { contactId } = contact;
    const now = new Date();
    const fresh = newConversation({ shopId, phoneNumberId: '100000000000001', contactId }, now.toISOString(), now);
    await conversationStore(lambdas.table).save({ ...fresh, state: 'open', version: 1 });
    await call('createLead', { body: { phone: contact.phone } });
    return { conversationId: fresh.conversationId };
  };

  /** Reads of links to sales that anything but their own function made. */
  const reads = () =>
    lambdas
      .commands()
      .filter(
        ({ functionName, input }) => functionName !== 'saleLinks' && JSON.stringify(input).includes('#SALE-LINKS#'),
      );

  it('stands in conversations and leads, of one read for a whole list', async () => {
    const person = { phone: contact.phone ?? '' };
    const { shopId } = given.shop;
    const contacts = contactStore(lambdas.table, async () => APP_SECRET);
    contact = await identifyContact(
      { shopId, businessId: '1', person, at: new Date().toISOString() },
      { contacts, patience: patience() },
    );
    const params = await meet();
    const lead = { params: { leadId: contact.contactId } };
    expect((await call('getConversation', { params })).json).not.toHaveProperty('sales');
    await link(await sold(contact), 'checkouts');
    const shown: [RouteName, TestRequest][] = [
      ['getConversation', { params }],
      ['getLead', lead],
      ['listConversations', { query: { state: 'open' } }],
      ['listLeads', {}],
    ];
    for (const [name, request] of shown) {
      lambdas.clear();
      const { json } = await call(name, request);
      expect([name, 'items' in json ? json['items'][0] : json]).toMatchObject([name, bought]);
      expect([name, reads().length]).toEqual([name, 1]);
    }

    await given.settle({ features: { captureLeads: true, saleLinks: false } });
    lambdas.coldStart();
    lambdas.clear();
    for (const [name, request] of shown) {
      const { json } = await call(name, request);
      expect([name, JSON.stringify(json).includes('"sales"')]).toEqual([name, false]);
    }
    expect(reads()).toEqual([]);
  });
});

describe('a person whose leads were merged by hand', () => {
  const identified = async (): Promise<Contact> => {
    const { shopId } = given.shop;
    const contacts = contactStore(lambdas.table, async () => APP_SECRET);
    const sighting = { shopId, businessId: '1', person: { phone: aPhone() }, at: new Date().toISOString() };
    return identifyContact(sighting, { contacts, patience: patience() });
  };

  /** The sales that a chat, a lead, a list of links say. */
  const countsOf = async (conversationId: string, leadId: string, contactIds: string[]) => {
    const countOf = ({ json }: { json: unknown }) => (json as { sales?: { count: number } }).sales?.count;
    return [
      countOf(await call('getConversation', { params: { conversationId } })),
      countOf(await call('getLead', { params: { leadId } })),
      ...(await Promise.all(
        contactIds.map(async (contactId) => countOf(await call('listSaleLinks', { params: { contactId } }))),
      )),
    ];
  };

  it('has bought the same in the chat, on the lead, in the list, and in suggestions by all of their phones', async () => {
    await connectErp();
    const { shopId } = given.shop;
    const [survivor, other] = [await identified(), await identified()];
    const now = new Date();
    const chat = { shopId, phoneNumberId: '100000000000001', contactId: other.contactId };
    const fresh = newConversation(chat, now.toISOString(), now);
    await conversationStore(lambdas.table).save({ ...fresh, state: 'open', version: 1 });
    for (const { phone } of [survivor, other]) {
      expect((await call('createLead', { body: { phone } })).status).toBe(201);
    }
    erp.world.sales = [
      aShopsOwnSale({ id: 1, customer: { phone: survivor.phone ?? '' } }),
      aShopsOwnSale({ id: 2, customer: { phone: other.phone ?? '' } }),
    ];
    await link(1, 'http', survivor);
    await link(2, 'http', other);
    const ids = [survivor.contactId, other.contactId];
    expect(await countsOf(fresh.conversationId, survivor.contactId, ids)).toEqual([1, 1, 1, 1]);

    const versionOf = async ({ contactId }: Contact) =>
      Number((await lambdas.table.get(keys.lead(shopId, contactId)))?.['version']);
    const reviewed = { version: await versionOf(survivor), otherVersion: await versionOf(other) };
    const body = { otherId: other.contactId, reviewed };
    expect((await call('mergeLeads', { params: { leadId: survivor.contactId }, body })).json).toMatchObject({
      leadId: survivor.contactId,
    });
    expect(await countsOf(fresh.conversationId, survivor.contactId, ids)).toEqual([2, 2, 2, 2]);
    for (const contactId of ids) {
      const { json } = await call('suggestSales', { params: { contactId } });
      expect([contactId, json['items']]).toMatchObject([contactId, { length: 2 }]);
      const items = json['items'] as unknown as { confidence: string; linked: boolean }[];
      expect(items.every(({ confidence, linked }) => confidence === 'high' && linked)).toBe(true);
    }
    // linked to either of them, it is linked: nobody links it again
    expect((await link(1, 'http', other)).status).toBe(201);
    expect(await countsOf(fresh.conversationId, survivor.contactId, ids)).toEqual([2, 2, 2, 2]);
    const rows = (await lambdas.rows()).filter((row) => row.includes('#SALE-LINKS#') && row.includes(other.contactId));
    expect(rows.some((row) => row.includes('LINK#http#1"'))).toBe(false);
  });
});

describe('a source that is down', () => {
  it.each([
    ['broken', 'refused'],
    ['elsewhere', 'refused'],
    ['gibberish', 'unreadable'],
    ['endless', 'too-large'],
    ['slow', 'too-slow'],
    ['hung-up', 'unreachable'],
  ] as const)('because it is %s takes away only its own sales', async (mood, reason) => {
    await connectErp();
    const code = await sold(contact);
    erp.world.mood = mood;
    const { status, json } = await call('suggestSales', own());
    expect([status, json]).toMatchObject([200, { items: [{ saleId: code }], source: { state: 'down', reason } }]);
    const linked = await link(1);
    expect([linked.status, linked.json]).toMatchObject([424, { code: 'sale-source.unavailable', reason }]);
    expect((await link(code, 'checkouts')).status).toBe(201);
    expect((await call('getSaleSource')).json['trouble']).toMatchObject({ failures: 2, reason });
  });

  it('is not to blame when the vault is: our own checkouts are still suggested', async () => {
    await connectErp();
    lambdas.coldStart();
    const code = await sold(contact);
    lambdas.services.refusals.set('GetSecretValue', { name: 'InternalServiceError', status: 500, times: 100 });
    try {
      const { status, json } = await call('suggestSales', own());
      const source = { state: 'down', reason: 'secret-unread' };
      expect([status, json]).toMatchObject([200, { items: [{ saleId: code }], source }]);
      expect((await link(1)).json).toMatchObject({ code: 'sale-source.unavailable', reason: 'secret-unread' });
      expect((await link(code, 'checkouts')).status).toBe(201);
      expect((await call('getSaleSource')).json).not.toHaveProperty('trouble');
      expect(erp.world.calls).toEqual([]);
      expect(lambdas.logText()).toContain('secret of a source of sales');
    } finally {
      lambdas.services.refusals.clear();
      lambdas.clear();
    }
  });

  it('refuses our key', async () => {
    await call('setSaleSource', { body: { ...erp.settings, secret: 'an-old-key' } });
    expect((await call('suggestSales', own())).json['source']).toEqual({ state: 'down', reason: 'unauthorised' });
  });

  it('is left alone after three failures, and asked by one when the pause is over', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await connectErp();
    erp.world.sales = [aShopsOwnSale({ id: 1, customer: { phone: contact.phone ?? '' } })];
    erp.world.mood = 'broken';
    const ask = async () => (await call('suggestSales', own())).json['source'];
    for (let count = 0; count < 3; count += 1) expect(await ask()).toMatchObject({ reason: 'refused' });
    expect(await ask()).toMatchObject({ state: 'down', reason: 'paused', retryAt: expect.any(String) });
    expect(erp.world.calls).toHaveLength(3);

    const tried = await call('trySaleSource', { body: { phone: contact.phone } });
    expect(tried.json).toEqual({ source: { state: 'down', reason: 'refused' }, found: 0, sales: [] });
    expect((await call('getSaleSource')).json['trouble']).toMatchObject({ failures: 3 });

    erp.world.mood = 'well';
    expect(await ask()).toMatchObject({ reason: 'paused' });
    vi.setSystemTime(Date.now() + 31_000);
    const states = await Promise.all([ask(), ask(), ask()]);
    expect(states.filter((one) => (one as unknown as { state: string }).state === 'ok').length).toBeGreaterThanOrEqual(
      1,
    );
    expect(await ask()).toEqual({ state: 'ok' });
    expect((await call('getSaleSource')).json).not.toHaveProperty('trouble');
  });

  it('shows nobody’s phone, name, key or answer in a log line', async () => {
    await connectErp();
    lambdas.clear();
    for (const mood of ['broken', 'gibberish', 'hung-up'] as const) {
      erp.world.mood = mood;
      await call('suggestSales', own());
      await link(1);
    }
    for (const secret of [contact.phone?.slice(1) ?? '', erp.key, '/api/sales', '<html>']) {
      expect(lambdas.logText()).not.toContain(secret);
    }
  });
});

describe('who may', () => {
  const conversationOf = async (assignedTo: string | undefined): Promise<Contact> => {
    const theirs = await givenContact();
    const { shopId } = given.shop;
    await lambdas.table.put({
      ...keys.lead(shopId, theirs.contactId),
      leadId: theirs.contactId,
      ...(assignedTo && { assignedTo }),
    });
    return theirs;
  };

  it.each([
    ['own', ['mine']],
    ['own-and-unassigned', ['mine', 'nobody’s']],
    ['all', ['mine', 'nobody’s', 'another’s']],
  ] as const)('a seller who sees %s reaches those contacts, and no more', async (sellerSees, reached) => {
    await given.settle({ sellerSees });
    const seller = given.as('seller');
    const contacts = {
      mine: await conversationOf(seller.userId),
      'nobody’s': await conversationOf(undefined),
      'another’s': await conversationOf('another-seller'),
    };
    const code = await sold();
    for (const [whose, { contactId }] of Object.entries(contacts)) {
      const params = { contactId, linkId: 'nothing' };
      const body = { source: 'checkouts', saleId: code };
      const answers = [
        await call('suggestSales', { as: seller, params }),
        await call('listSaleLinks', { as: seller, params }),
        await call('linkSale', { as: seller, params, body }),
      ];
      const expected = (reached as readonly string[]).includes(whose) ? [200, 200, 201] : [404, 404, 404];
      expect([whose, answers.map(({ status }) => status)]).toEqual([whose, expected]);
      const linkId = String(answers[2]?.json['linkId'] ?? 'nothing');
      const ended = await call('unlinkSale', { as: seller, params: { contactId, linkId } });
      expect(ended.status).toBe(expected[0] === 200 ? 204 : 404);
    }
    expect((await call('getSaleSource', { as: seller })).status).toBe(403);
  });
});
