import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keys, ranges } from '#table/schema.ts';
import { auditStore } from '../../functions/audit/audit.store.ts';
import type { Lead } from '../../functions/leads/lead.ts';
import { pipelineStore } from '../../functions/pipelines/pipeline.store.ts';
import { anId } from '../support/builders.ts';
import { startGraph } from '../support/graph-server.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { aMessageEvent, aMetaId } from '../support/whatsapp-events.ts';
import { anOrder } from './given.ts';
import { type GivenChat, givenChat, minutesAgo } from './given-chat.ts';
import { signedForm, signedText } from './lead-capture-attacks.ts';
import { type LeadPump, openLeadPump } from './lead-pump.ts';

let graph: Awaited<ReturnType<typeof startGraph>>;
let lambdas: Lambdas;
let pump: LeadPump;
let given: GivenChat;
let shops = 0;

beforeAll(async () => {
  graph = await startGraph();
  lambdas = await openLambdas({ graphUrl: graph.url });
  pump = openLeadPump(lambdas);
});
beforeEach(async () => {
  shops += 1;
  given = await givenChat(lambdas, `captura-${shops}`);
  await given.settle({ nicheType: 'crm_sales' });
  lambdas.coldStart();
  await pump.stream();
  lambdas.clear();
});
afterEach(() => {
  // tokens, phones and names stay out of every line
  expect(lambdas.logText()).not.toMatch(/EAA-page|5491161234567|61234567|Quiroga|quiroga/);
});
afterAll(async () => {
  await lambdas.close();
  await graph.close();
});

const PHONE = '+5491161234567';
const leads = (): Promise<Lead[]> => pump.leadsOf(given.shop.shopId);
const onlyLead = async (): Promise<Lead> => {
  const found = await leads();
  expect(found).toHaveLength(1);
  return found[0] as Lead;
};
const as = () => given.as('admin');
const auditOf = async (leadId: string) => {
  const subject = { kind: 'lead', id: leadId } as const;
  return (await auditStore(lambdas.table).list({ shopId: given.shop.shopId, subject }, { limit: 50 })).items;
};
const ad = (sourceId: string) => ({
  type: 'text',
  text: { body: 'Vi el anuncio' },
  referral: {
    source_id: sourceId,
    source_type: 'ad',
    source_url: 'https://fb.me/x',
    headline: 'Velas',
    ctwa_clid: 'C1',
  },
});
const order = (phone = PHONE) => ({
  ...anOrder(given.shop, given.products[0] as never),
  customerName: 'Ana Quiroga',
  phone,
});
const checkoutsOf = async (contactId: string) => {
  const range = ranges.contactCheckouts(given.shop.shopId, contactId);
  return Array.fromAsync(lambdas.table.queryAll(range, { consistent: true }));
};

const aForm = async (body: object = {}) => {
  const { json } = await lambdas.call('createLeadForm', { as: as(), body: { name: 'Contacto', ...body } });
  const { formKey } = json['form'] as { formKey: string };
  return { formKey, secret: String(json['secret']) };
};
const aPage = async () => {
  const [pageId, token] = [aMetaId(), `EAA-page-token-${aMetaId()}`];
  graph.world.tokens[token] = { appId: '1' };
  graph.world.pages[pageId] = { name: 'Página' };
  const answer = await lambdas.call('connectLeadPage', { as: as(), body: { pageId, token } });
  expect(answer.status).toBe(200);
  return { pageId, token };
};
const fillAd = (pageId: string, fields: Record<string, string>, formId = '7100000000000001') => {
  const leadgenId = aMetaId();
  const field_data = Object.entries(fields).map(([name, value]) => ({ name, values: [value] }));
  graph.world.leads[leadgenId] = { id: leadgenId, form_id: formId, field_data };
  const value = { leadgen_id: leadgenId, page_id: pageId, form_id: formId, created_time: 1 };
  const event = {
    kind: 'leadgen',
    field: 'leadgen',
    accountId: pageId,
    app: 'shared',
    receivedAt: new Date().toISOString(),
    archiveKey: 'webhooks/x.json',
    payload: value,
  } as const;
  return { leadgenId, event };
};
const submissions = async (state: string) =>
  (await lambdas.call('listSubmissions', { as: as(), query: { state } })).json['items'] as Record<string, unknown>[];

describe('a person who writes for the first time', () => {
  it('becomes a lead, once', async () => {
    await given.hear('Hola');
    await pump.settle();
    const lead = await onlyLead();
    expect(lead).toMatchObject({ source: 'whatsapp', status: 'new', phone: PHONE, knownAs: expect.any(String) });
    await given.hear('¿Hay stock?');
    const posted = await pump.relay();
    expect(posted).toEqual([]);
    await pump.work([
      { do: 'conversation', shopId: given.shop.shopId, conversationId: (await given.inbox())[0]?.conversationId },
    ]);
    expect(await leads()).toEqual([lead]);
  });

  it('is not held up by rows that nobody can read', async () => {
    const nobody = anId();
    const place = { conversationId: `1-${nobody}`, at: minutesAgo(1), messageId: anId() };
    const broken = [
      keys.lead(nobody, nobody),
      keys.submission(nobody, 'x'),
      keys.job(nobody, nobody),
      keys.contact(nobody, nobody),
      keys.conversation(nobody, place.conversationId),
      keys.message(nobody, place),
      keys.checkout('0'.repeat(16)),
    ];
    for (const key of broken) await lambdas.table.put({ ...key, shopId: 7, phone: 1, heard: 'chat', state: {} });
    await pump.stream();
    for (const key of broken) await lambdas.table.update(key, { set: { phone: 2, version: 'x' } });
    await given.hear('Hola');
    await pump.settle();
    await onlyLead();
    await Promise.all(broken.map((key) => lambdas.table.delete(key)));
    await pump.stream();
  });

  it('on the personal line of a seller is that seller’s lead', async () => {
    const sellerId = given.as('seller').userId;
    const line = await givenChat(lambdas, `linea-${shops}`, { sellerId });
    await line.settle({ nicheType: 'crm_sales' });
    await line.hear('Hola');
    await pump.settle();
    expect(await pump.leadsOf(line.shop.shopId)).toMatchObject([{ assignedTo: sellerId }]);
  });

  it('is no lead by history or echoes, nor in a shop that has no CRM or wants none', async () => {
    const from = { waId: '5491161234567' };
    const event = aMessageEvent(given.connection, { from, at: minutesAgo(5) });
    await given.receive({ ...event, kind: 'history', field: 'history', thread: { id: '5491161234567' } });
    await pump.settle();
    expect(await leads()).toEqual([]);
    await given.settle({ features: { captureLeads: false, saleLinks: false } });
    await given.hear('Hola');
    await pump.settle();
    await given.settle({ nicheType: 'storefront', features: { captureLeads: true, saleLinks: false } });
    await given.hear('Hola', { waId: '5491161234568' });
    await pump.settle();
    expect(await leads()).toEqual([]);
  });

  it('goes to the seller who has them as a lead already, also where nobody becomes one by themself', async () => {
    await given.settle({ features: { captureLeads: false, saleLinks: false } });
    const assignedTo = given.as('seller').userId;
    const made = await lambdas.call('createLead', { as: as(), body: { phone: PHONE, assignedTo } });
    expect(made.status).toBe(201);
    await given.hear('Hola');
    await pump.settle();
    expect((await given.inbox())[0]).toMatchObject({ assignedTo });
    expect(await onlyLead()).toMatchObject({ source: 'manual' });
  });

  it('brings the advertisement that led to it, and keeps the first; later clicks stand on the timeline, once', async () => {
    await given.hear('uno', { content: ad('111'), minutes: 9 });
    await pump.settle();
    const lead = await onlyLead();
    expect(lead).toMatchObject({
      source: 'click_to_whatsapp',
      referral: { sourceId: '111', sourceType: 'ad', headline: 'Velas', ctwaClid: 'C1' },
    });
    // in the same second
    await given.hear('dos', { content: ad('222'), minutes: 9 });
    const work = await pump.relay();
    expect(work).toMatchObject([{ do: 'conversation', messageId: expect.any(String) }]);
    for (const _ of [1, 2]) expect(await pump.work(work)).toEqual([]);
    expect((await onlyLead()).referral).toEqual(lead.referral);
    const entries = await auditOf(lead.leadId);
    expect(entries).toMatchObject([
      { action: 'lead.ad-clicked', by: 'customer', changes: { sourceId: { to: '222' }, headline: { to: 'Velas' } } },
    ]);
  });
});

describe('a checkout', () => {
  it('makes its shopper a lead, and stands with the person until it ends', async () => {
    const { json } = await lambdas.call('createCheckout', { body: order() });
    await pump.settle();
    const lead = await onlyLead();
    expect(lead).toMatchObject({ source: 'checkout', firstName: 'Ana', lastName: 'Quiroga', phone: PHONE });
    expect(await checkoutsOf(lead.leadId)).toMatchObject([{ code: json['code'], state: 'active', currency: 'ARS' }]);
    const began = { do: 'checkout', code: json['code'] };
    await lambdas.call('confirmCheckout', { params: { code: String(json['code']) } });
    await pump.settle();
    expect(await checkoutsOf(lead.leadId)).toMatchObject([{ state: 'confirmed', endedAt: expect.any(String) }]);
    await pump.work([began]);
    expect(await checkoutsOf(lead.leadId)).toHaveLength(1);
    expect(JSON.stringify(await checkoutsOf(lead.leadId))).not.toMatch(/Quiroga|61234567/);
  });

  it('stands with the person also where nobody becomes a lead', async () => {
    await given.settle({ nicheType: 'storefront' });
    await lambdas.call('createCheckout', { body: order() });
    await pump.settle();
    expect(await leads()).toEqual([]);
    const known = await given.contacts.known(given.shop.shopId, [{ phone: PHONE }], { consistent: true });
    expect(await checkoutsOf(known.byPhone?.contactId ?? '')).toHaveLength(1);
  });

  it('of somebody who was erased makes nobody a lead again', async () => {
    const { json } = await lambdas.call('createCheckout', { body: order() });
    const erased = { phone: '', customerName: '', requestDigest: '' };
    await lambdas.table.update(keys.checkout(String(json['code'])), { set: erased });
    await pump.stream();
    expect(await pump.work([{ do: 'checkout', code: json['code'] }])).toEqual([]);
    const gone = { contactId: anId(), phoneNumberId: given.connection.phoneNumberId };
    await lambdas.table.update(keys.checkout(String(json['code'])), { set: { phone: PHONE, tie: gone } });
    expect(await pump.work([{ do: 'checkout', code: json['code'] }])).toEqual([]);
    expect(await leads()).toEqual([]);
  });

  it('brings no lead back that was deleted, by being over', async () => {
    const ends = ['confirmCheckout', 'cancelCheckout'] as const;
    for (const end of ends) {
      const { json } = await lambdas.call('createCheckout', { body: order() });
      await pump.settle();
      const { leadId } = await onlyLead();
      expect((await lambdas.call('deleteLead', { as: as(), params: { leadId } })).status).toBe(204);
      await lambdas.call(end, { as: as(), params: { code: String(json['code']) } });
      await pump.settle();
      expect(await leads()).toEqual([]);
      expect((await checkoutsOf(leadId)).find(({ code }) => code === json['code'])).not.toMatchObject({
        state: 'active',
      });
    }
  });

  it('makes nobody a lead by its end when it began before the shop had a CRM', async () => {
    await given.settle({ nicheType: 'storefront' });
    const { json } = await lambdas.call('createCheckout', { body: order() });
    await pump.settle();
    await given.settle({ nicheType: 'crm_sales' });
    await lambdas.call('confirmCheckout', { as: as(), params: { code: String(json['code']) } });
    await pump.settle();
    expect(await leads()).toEqual([]);
  });

  it('of somebody who only knows a phone gives the lead with that phone no name', async () => {
    await given.hear('Hola');
    await pump.settle();
    const { json } = await lambdas.call('createCheckout', { body: order() });
    await pump.settle();
    expect(await onlyLead()).not.toHaveProperty('firstName');
    await given.hear(`Mi código: ${json['code']}`);
    await pump.settle();
    expect(await onlyLead()).toMatchObject({ firstName: 'Ana', lastName: 'Quiroga' });
  });

  it('goes over to whoever writes with its code', async () => {
    const { json } = await lambdas.call('createCheckout', { body: order('+5491161239999') });
    await pump.settle();
    const seemed = await onlyLead();
    await given.hear(`Mi código: ${json['code']}`);
    await pump.settle();
    const writer = (await leads()).find(({ phone }) => phone === PHONE);
    expect(await checkoutsOf(writer?.leadId ?? '')).toMatchObject([{ code: json['code'] }]);
    expect(await checkoutsOf(seemed.leadId)).toEqual([]);
  });
});

describe('a form of the shop’s own site', () => {
  it('becomes a lead as its mapping says, with what was agreed to', async () => {
    const consent = { text: 'Acepto recibir novedades', field: 'acepto' };
    const mapping = { phone: 'Whats App', tags: ['interés'] };
    const { formKey, secret } = await aForm({ mapping, consent, source: 'website', tags: ['web'] });
    const fields = {
      'whats-app': '011 15-6123-4567',
      nombre: 'Ana Quiroga',
      email: 'ana@example.com',
      interes: 'Velas',
      acepto: 'on',
    };
    const answer = await lambdas.call('receiveLeadForm', signedForm(formKey, secret, fields));
    expect(answer.status).toBe(200);
    await pump.settle();
    const lead = await onlyLead();
    expect(lead).toMatchObject({
      ...{ source: 'website', phone: PHONE, firstName: 'Ana', lastName: 'Quiroga', email: 'ana@example.com' },
      tags: ['web', 'Velas'],
    });
    expect(await given.contacts.find(given.shop.shopId, lead.leadId)).toMatchObject({
      marketing: { state: 'granted', source: 'form' },
    });
    expect(await submissions('done')).toMatchObject([{ submissionId: answer.body, leadId: lead.leadId }]);
    const query = { leadId: lead.leadId };
    const { json } = await lambdas.call('listSubmissions', { as: as(), query });
    expect(json['items']).toMatchObject([{ submissionId: answer.body, state: 'done' }]);
  });

  it('is taken once when the same signed content comes again, and not at all after five minutes or changed', async () => {
    const { formKey, secret } = await aForm();
    const request = signedForm(formKey, secret, { phone: PHONE });
    const answers = [await lambdas.call('receiveLeadForm', request), await lambdas.call('receiveLeadForm', request)];
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, answers[0]?.body],
      [200, answers[0]?.body],
    ]);
    await pump.settle();
    expect(await submissions('done')).toHaveLength(1);
    const old = signedForm(formKey, secret, { phone: PHONE }, Date.now() - 301_000);
    expect((await lambdas.call('receiveLeadForm', old)).status).toBe(401);
    expect((await lambdas.call('receiveLeadForm', { ...request, text: '{"phone":"+5491100000000"}' })).status).toBe(
      401,
    );
    expect(await submissions('pending')).toEqual([]);
  });

  it('takes form fields too, refuses what it can’t read, and answers 404 for nobody’s key', async () => {
    const { formKey, secret } = await aForm();
    const headers = { 'content-type': 'text/plain' };
    const plain = signedForm(formKey, secret, {});
    expect(
      (await lambdas.call('receiveLeadForm', { ...plain, headers: { ...plain.headers, ...headers } })).status,
    ).toBe(415);
    const encoded = (text: string) => signedText(formKey, secret, text, 'application/x-www-form-urlencoded');
    const sent = encoded('phone=%2B54+9+11+6123-4567&name=Ana+Quiroga');
    expect((await lambdas.call('receiveLeadForm', sent)).status).toBe(200);
    // each of these is six characters once it is JSON
    expect((await lambdas.call('receiveLeadForm', encoded(`a=${'\u0001'.repeat(65_000)}`))).status).toBe(413);
    const deep = `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
    expect((await lambdas.call('receiveLeadForm', signedText(formKey, secret, deep))).status).toBe(400);
    const nobodys = signedForm('0000000000000000', secret, {});
    expect((await lambdas.call('receiveLeadForm', nobodys)).status).toBe(404);
    await pump.settle();
    expect(await onlyLead()).toMatchObject({ phone: PHONE, firstName: 'Ana', lastName: 'Quiroga' });
  });

  it('shows another secret when it is rotated; the one before is good for a day', async () => {
    const { formKey, secret } = await aForm();
    const { json } = await lambdas.call('rotateLeadFormSecret', { as: as(), params: { formKey } });
    const renewed = String(json['secret']);
    expect(renewed).not.toBe(secret);
    for (const good of [secret, renewed]) {
      expect((await lambdas.call('receiveLeadForm', signedForm(formKey, good, { phone: PHONE }))).status).toBe(200);
    }
    const key = keys.leadForm(given.shop.shopId, formKey);
    await lambdas.table.update(key, { set: { previousUntil: minutesAgo(1) } });
    expect((await lambdas.call('receiveLeadForm', signedForm(formKey, secret, { phone: PHONE, n: 2 }))).status).toBe(
      401,
    );
    expect((await lambdas.rows()).join('\n')).not.toContain(renewed);
  });

  it('gives the same secret to a repeated request, until it was changed, and for a day', async () => {
    const idempotencyKey = 'one-key-of-sixteen-and-more';
    const make = (name: string) =>
      lambdas.call('createLeadForm', { as: as(), body: { name }, headers: { 'idempotency-key': idempotencyKey } });
    const first = await make('Una');
    expect((await make('Una')).json).toEqual(first.json);
    const { formKey } = first.json['form'] as { formKey: string };
    const key = keys.leadForm(given.shop.shopId, formKey);
    await lambdas.table.update(key, { set: { createdAt: minutesAgo(24 * 60 + 1) } });
    expect(await make('Una')).toMatchObject({ status: 422, json: { code: 'idempotency.key-reused' } });
    await lambdas.table.update(key, { set: { createdAt: minutesAgo(1) } });
    expect((await make('Una')).status).toBe(201);
    await lambdas.call('rotateLeadFormSecret', { as: as(), params: { formKey } });
    const late = await make('Una');
    expect(late).toMatchObject({ status: 422, json: { code: 'idempotency.key-reused' } });
  });

  it('is listed with the reason when nobody can be told by it, and tried again once the mapping was mended', async () => {
    const { formKey, secret } = await aForm();
    await lambdas.call('receiveLeadForm', signedForm(formKey, secret, { dato: '11 6123-4567' }));
    await pump.settle();
    const [failed] = await submissions('failed');
    expect(failed).toMatchObject({ reason: { code: 'phone-missing', text: expect.stringContaining('teléfono') } });
    await lambdas.call('updateLeadForm', { as: as(), params: { formKey }, body: { mapping: { phone: 'dato' } } });
    const params = { submissionId: String(failed?.['submissionId']) };
    expect((await lambdas.call('retrySubmission', { as: as(), params })).json).toMatchObject({ state: 'pending' });
    await pump.settle();
    expect(await onlyLead()).toMatchObject({ phone: PHONE, source: 'form' });
    expect(await submissions('failed')).toEqual([]);
    const { json } = await lambdas.call('retryLeadForm', { as: as(), params: { formKey } });
    expect(json).toEqual({ retried: 0 });
  });

  it('waits while the shop captures nobody, and can be tried again when it does', async () => {
    const { formKey, secret } = await aForm();
    await given.settle({ features: { captureLeads: false, saleLinks: false } });
    await lambdas.call('receiveLeadForm', signedForm(formKey, secret, { phone: PHONE }));
    await pump.settle();
    expect(await submissions('failed')).toMatchObject([{ reason: { code: 'capture-off' } }]);
    await given.settle({ features: { captureLeads: true, saleLinks: false } });
    await lambdas.call('retryLeadForm', { as: as(), params: { formKey } });
    await pump.settle();
    await onlyLead();
  });
});

describe('a form of Lead Ads', () => {
  it('is fetched with the page’s token and becomes a lead, once for each of Meta’s ids', async () => {
    const { pageId } = await aPage();
    const { leadgenId, event } = fillAd(pageId, {
      full_name: 'Ana Quiroga',
      phone_number: PHONE,
      email: 'ana@example.com',
    });
    expect(await given.receive(event, event)).toEqual([]);
    await pump.settle();
    const lead = await onlyLead();
    expect(lead).toMatchObject({
      source: 'lead_ads',
      metaLeadId: leadgenId,
      firstName: 'Ana',
      email: 'ana@example.com',
    });
    await given.receive(event);
    expect(await pump.settle()).toEqual([]);
    expect(await submissions('done')).toHaveLength(1);
    expect(await onlyLead()).toEqual(lead);
  });

  it('is read as its own mapping says, with its country and what was ticked', async () => {
    const { pageId } = await aPage();
    const formId = aMetaId();
    const consent = { text: 'Quiero novedades', field: 'novedades' };
    const body = { name: 'Otoño', mapping: { phone: 'tu_whatsapp' }, country: 'UY', consent, tags: ['otoño'] };
    const mapped = await lambdas.call('mapLeadAdForm', { as: as(), params: { pageId, formId }, body });
    expect(mapped.status).toBe(200);
    const { leadgenId, event } = fillAd(pageId, { tu_whatsapp: '094 123 456' }, formId);
    const ticked = [{ checkbox_key: 'novedades', is_checked: '1' }];
    graph.world.leads[leadgenId] = { ...graph.world.leads[leadgenId], custom_disclaimer_responses: ticked };
    await given.receive(event);
    await pump.settle();
    const lead = await onlyLead();
    expect(lead).toMatchObject({ phone: '+59894123456', tags: ['otoño'] });
    expect(await given.contacts.find(given.shop.shopId, lead.leadId)).toMatchObject({
      marketing: { state: 'granted' },
    });
  });

  it('never undoes what the person said in the chat, and agrees to nothing that was not ticked', async () => {
    const { pageId } = await aPage();
    const [ticks, implies] = [aMetaId(), aMetaId()];
    const map = (formId: string, consent: object) =>
      lambdas.call('mapLeadAdForm', { as: as(), params: { pageId, formId }, body: { name: formId, consent } });
    await map(ticks, { text: 'Quiero novedades', field: 'novedades' });
    await map(implies, { text: 'Al enviar, acepto novedades' });
    const fill = async (formId: string, is_checked: string, filledInMinutesAgo: number) => {
      const { leadgenId, event } = fillAd(pageId, { phone_number: PHONE }, formId);
      const created_time = minutesAgo(filledInMinutesAgo).replace(/\.\d+Z$/, '+0000');
      const custom_disclaimer_responses = [{ checkbox_key: 'novedades', is_checked }];
      const told = { ...graph.world.leads[leadgenId], created_time, custom_disclaimer_responses };
      graph.world.leads[leadgenId] = told;
      await given.receive(event);
      await pump.settle();
      return (await given.contacts.find(given.shop.shopId, (await onlyLead()).leadId))?.marketing;
    };
    expect(await fill(ticks, '', 20)).toMatchObject({ state: 'unknown' });
    expect(await fill(implies, '', 19)).toMatchObject({ state: 'granted', isImplied: true });
    await given.hear('BAJA', { minutes: 10 });
    expect(await fill(ticks, '1', 15)).toMatchObject({ state: 'revoked' });
    expect(await fill(implies, '1', -1)).toMatchObject({ state: 'revoked' });
  });

  it('waits while Meta refuses the page’s token, says so, and becomes a lead when the page has another', async () => {
    const { pageId, token } = await aPage();
    graph.world.tokens[token] = { appId: '1', revoked: true };
    const { event } = fillAd(pageId, { phone_number: PHONE });
    await given.receive(event);
    const waiting = await pump.settle();
    expect(waiting).toMatchObject([{ do: 'submission' }]);
    expect(lambdas.services.broughtBack).toMatchObject([{ queue: 'leads', seconds: 20 }]);
    expect(await submissions('pending')).toMatchObject([{ reason: { code: 'token-refused' } }]);
    const pages = (await lambdas.call('listLeadPages', { as: as() })).json['items'];
    expect(pages).toMatchObject([{ problem: { code: 'token-refused', text: expect.stringContaining('conectala') } }]);
    expect(JSON.stringify(pages)).not.toContain(token);
    expect(await pump.work(waiting, 9)).toEqual([]);
    expect(await submissions('failed')).toHaveLength(1);
    const fresh = `${token}-new`;
    graph.world.tokens[fresh] = { appId: '1' };
    const answer = await lambdas.call('connectLeadPage', { as: as(), body: { pageId, token: fresh } });
    expect(answer.json).toMatchObject({ problem: null });
    await pump.settle();
    await onlyLead();
    expect((await lambdas.rows()).join('\n')).not.toContain(token);
  });

  it('is refused with words when the token is not good, and goes on without its page once it was let go', async () => {
    const refused = await lambdas.call('connectLeadPage', {
      as: as(),
      body: { pageId: '70001', token: 'EAA-page-nobodys-token' },
    });
    expect(refused).toMatchObject({ status: 422, json: { code: 'lead-page.refused', reason: 'token-refused' } });
    const { pageId, token } = await aPage();
    const { event } = fillAd(pageId, { phone_number: PHONE });
    await given.receive(event);
    expect((await lambdas.call('disconnectLeadPage', { as: as(), params: { pageId } })).status).toBe(204);
    await pump.settle();
    expect(await submissions('failed')).toMatchObject([{ reason: { code: 'page-disconnected' } }]);
    const gone = [...lambdas.services.secrets].filter(([, secret]) => secret.includes(token)).map(([name]) => name);
    expect(gone.every((name) => lambdas.services.deleted.has(name))).toBe(true);
    expect(graph.calls.some(({ method, path }) => method === 'DELETE' && path.includes(pageId))).toBe(true);
  });

  it('of a page that is nobody’s, or signed by another app, changes nothing', async () => {
    const { pageId } = await aPage();
    const stranger = fillAd(aMetaId(), { phone_number: PHONE });
    const foreign = fillAd(pageId, { phone_number: PHONE });
    lambdas.files.set('webhooks/x.json', { contentType: 'application/gzip', bytes: 1 });
    expect(await given.receive(stranger.event, { ...foreign.event, app: 'another-app' })).toEqual([]);
    await pump.settle();
    expect(await leads()).toEqual([]);
  });
});

describe('a person who comes by every way at once', () => {
  it('is one lead', async () => {
    const { pageId } = await aPage();
    const { formKey, secret } = await aForm();
    const { event } = fillAd(pageId, { full_name: 'Ana Quiroga', phone_number: '+54 11 6123-4567' });
    await pump.settle();
    // loaded one after the other: each reads its environment as it is then
    await given.receive();
    await lambdas.call('receiveLeadForm', { params: { formKey: '0000000000000000' }, text: '' });
    await lambdas.call('createCheckout', { body: {} });
    const fields = { telefono: '(011) 15 6123-4567', nombre: 'Ana', correo: 'ana@example.com' };
    await Promise.all([
      given.hear('Hola', { content: ad('333') }),
      given.receive(event),
      lambdas.call('receiveLeadForm', signedForm(formKey, secret, fields)),
      lambdas.call('createCheckout', { body: order() }),
    ]);
    const work = await pump.relay();
    expect(work.length).toBeGreaterThanOrEqual(4);
    // everything twice, at once, and whatever fails for the moment again
    let waiting = [...work, ...work];
    for (let round = 0; round < 5 && waiting.length > 0; round += 1) waiting = await pump.work(waiting);
    expect(waiting).toEqual([]);
    await pump.settle();
    const lead = await onlyLead();
    expect(lead).toMatchObject({
      email: 'ana@example.com',
      referral: { sourceId: '333' },
      metaLeadId: expect.any(String),
    });
    expect(await checkoutsOf(lead.leadId)).toHaveLength(1);
    const contacts = await pump.rowsOf(keys.contact(given.shop.shopId, '').pk);
    expect(contacts.filter(({ sk }) => sk === 'META')).toHaveLength(1);
  });
});

describe('what follows a lead', () => {
  it('are its conversations: to its seller, from nobody or the one before, and not from a third', async () => {
    await given.hear('Hola');
    await pump.settle();
    const { leadId } = await onlyLead();
    const assign = (userId: string | null) =>
      lambdas.call('assignLead', { as: as(), params: { leadId }, body: { userId } });
    const [admin, seller] = [as().userId, given.as('seller').userId];
    const holder = async () => (await given.inbox())[0]?.assignedTo;
    await assign(seller);
    await pump.settle();
    expect(await holder()).toBe(seller);
    await assign(admin);
    await pump.settle();
    expect(await holder()).toBe(admin);
    const conversationId = (await given.inbox())[0]?.conversationId ?? '';
    await lambdas.call('assignConversation', { as: as(), params: { conversationId }, body: { userId: seller } });
    await assign(null);
    await pump.settle();
    expect(await holder()).toBe(seller);
  });

  it('is what its contact is called and reached by', async () => {
    await lambdas.call('createCheckout', { body: order() });
    await pump.settle();
    const { leadId, knownAs } = await onlyLead();
    expect(knownAs).toBeUndefined();
    // what is told of an earlier moment is no news of a name
    await given.hear('Hola', { minutes: -1 });
    await pump.settle();
    expect(await onlyLead()).toMatchObject({ leadId, knownAs: `${given.shop.slug} customer`, firstName: 'Ana' });
  });
});

describe('leads of a stage that is gone', () => {
  it('are moved by whoever takes in leads, when the request that took it away could not', async () => {
    const { json: lead } = await lambdas.call('createLead', { as: as(), body: { phone: PHONE } });
    const stages = [
      { name: 'Stays', status: 'new' },
      { name: 'Goes', status: 'contacted' },
    ];
    const { json: made } = await lambdas.call('createPipeline', { as: as(), body: { name: 'Own', stages } });
    const [stays, goes] = (made['stages'] as { stageId: string }[]).map(({ stageId }) => stageId);
    const params = { leadId: String(lead['leadId']) };
    expect((await lambdas.call('moveLead', { as: as(), params, body: { stageId: goes } })).status).toBe(200);
    await pump.settle();
    const store = pipelineStore(lambdas.table);
    const own = (await store.all(given.shop.shopId)).find(({ pipelineId }) => pipelineId === made['pipelineId']);
    if (own === undefined || stays === undefined || goes === undefined) throw new Error('no pipeline');
    const formerStages = [{ stageId: goes, into: stays }];
    await store.save({
      saved: [{ ...own, stages: own.stages.slice(0, 1), formerStages, version: own.version + 1 }],
      entries: [],
    });
    await pump.settle();
    expect(await onlyLead()).toMatchObject({ stageId: stays, status: 'new' });
  });
});
