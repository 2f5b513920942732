import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '#core/actor.ts';
import { type Answer, type Lambdas, openLambdas } from '../support/lambdas.ts';
import { aQueueEvent, failedIn } from '../support/queue-event.ts';
import { aMessageEvent } from '../support/whatsapp-events.ts';
import { type GivenChat, givenChat, minutesAgo } from './given-chat.ts';

let lambdas: Lambdas;
let chat: GivenChat;
let shops = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});
beforeEach(async () => {
  shops += 1;
  chat = await givenChat(lambdas, `personas-${shops}`);
  lambdas.clear();
});
afterAll(() => lambdas.close());

const as = (role: Caller['role'] = 'seller') => chat.as(role);
const template = { type: 'template', template: { name: 'ofertas', language: { code: 'es' } } };
const itemsOf = ({ json }: Answer) => json['items'] as Record<string, unknown>[];

const params = async () => {
  const [conversation] = await chat.inbox();
  return { contactId: conversation?.contactId ?? '', conversationId: conversation?.conversationId ?? '' };
};
const contact = async () => {
  const { contactId } = await params();
  return (await lambdas.call('getContact', { as: as(), params: { contactId } })).json;
};
const consents = async (query: Record<string, string> = {}) => {
  const { contactId } = await params();
  return lambdas.call('listConsents', { as: as(), params: { contactId }, query });
};

describe('a word about marketing', () => {
  it('by keyword is kept as it was said, answered once, and asked before every marketing message', async () => {
    const at = minutesAgo(5);
    const content = { type: 'text', text: { body: 'BAJA, por favor' } };
    const said = aMessageEvent(chat.connection, { from: { waId: '5491161234567' }, at, content });
    await chat.receive(said);
    await chat.receive(said);
    expect(await contact()).toMatchObject({ marketing: { state: 'revoked', source: 'keyword', at } });
    expect(itemsOf(await consents())).toMatchObject([
      { state: 'revoked', source: 'keyword', channel: 'whatsapp', text: 'BAJA, por favor', by: 'customer' },
    ]);
    const { conversationId } = await params();
    const messages = itemsOf(await lambdas.call('listMessages', { as: as(), params: { conversationId } }));
    expect(messages).toMatchObject([
      { origin: 'bot', by: 'consent' },
      { body: 'BAJA, por favor', answered: true },
    ]);

    const write = (body: object) => lambdas.call('writeMessage', { as: as(), params: { conversationId }, body });
    const refused = await write({ content: template });
    expect([refused.status, refused.json['code']]).toEqual([409, 'consent.revoked']);
    const relabelled = await write({ content: template, category: 'utility' });
    expect([relabelled.status, relabelled.json['code']]).toEqual([409, 'consent.revoked']);
    const { contactId } = await params();
    const by = { as: as('admin'), params: { conversationId }, body: { content: template, category: 'utility' } };
    expect((await lambdas.call('writeMessage', by)).status).toBe(201);
    const audit = await lambdas.call('listAudit', { as: as('admin'), query: { kind: 'contact', id: contactId } });
    expect(itemsOf(audit)).toMatchObject([
      { action: 'contact.template-despite-refusal', changes: { category: { to: 'utility' } } },
    ]);
    expect((await write({ content: { type: 'text', text: { body: 'Sí, hay' } } })).status).toBe(201);

    await chat.hear('ALTA', { minutes: 1 });
    expect((await write({ content: template })).status).toBe(201);
    expect(itemsOf(await consents()).map(({ state }) => state)).toEqual(['granted', 'revoked']);
  });

  it('by hand says who heard it where; an older one undoes nothing', async () => {
    await chat.hear('hola', { minutes: 9 });
    const { contactId } = await params();
    const set = (body: object) => lambdas.call('setConsent', { as: as(), params: { contactId }, body });
    const at = minutesAgo(3);
    const said = { state: 'revoked', channel: 'phone', text: 'Llamó para pedirlo', at };
    expect((await set(said)).json).toMatchObject({
      marketing: { state: 'revoked', at, source: 'by-hand' },
    });
    await set(said);
    await set({ state: 'granted', channel: 'form', at: minutesAgo(8) });
    expect(await contact()).toMatchObject({ marketing: { state: 'revoked' } });
    const by = `user:${as().userId}`;
    expect(itemsOf(await consents())).toMatchObject([
      { state: 'revoked', channel: 'phone', text: 'Llamó para pedirlo', by },
      { state: 'granted', channel: 'form', by },
    ]);
    const first = await consents({ limit: '1' });
    const rest = await consents({ limit: '1', cursor: String(first.json['nextCursor']) });
    expect([...itemsOf(first), ...itemsOf(rest)].map(({ state }) => state)).toEqual(['revoked', 'granted']);
    expect(rest.json['nextCursor']).toBeUndefined();

    const ahead = await set({ state: 'granted', channel: 'phone', at: minutesAgo(-5) });
    expect([ahead.status, ahead.json['code']]).toEqual([400, 'request.invalid']);
    const audit = await lambdas.call('listAudit', { as: as('admin'), query: { kind: 'contact', id: contactId } });
    expect(itemsOf(audit)).toMatchObject([
      { action: 'contact.consent-changed' },
      { action: 'contact.consent-changed' },
    ]);
    expect(JSON.stringify(audit.json)).not.toContain('Llamó');
  });

  it('that takes a no back is an admin’s, who says so', async () => {
    await chat.hear('BAJA', { minutes: 9 });
    const { contactId } = await params();
    const set = (role: Caller['role'], more: object = {}) =>
      lambdas.call('setConsent', {
        as: as(role),
        params: { contactId },
        body: { state: 'granted', channel: 'in-person', ...more },
      });
    for (const role of ['seller', 'admin'] as const) {
      const refused = await set(role);
      expect([refused.status, refused.json['code']]).toEqual([409, 'consent.revoked']);
    }
    expect((await set('seller', { overRefusal: true })).status).toBe(403);
    expect(await contact()).toMatchObject({ marketing: { state: 'revoked' } });
    expect((await set('admin', { overRefusal: true })).json).toMatchObject({
      marketing: { state: 'granted', source: 'over-refusal' },
    });
  });

  it('is written down with what else people of the shop know, by name of the field only', async () => {
    await chat.hear('hola');
    const { contactId } = await params();
    await lambdas.call('updateContact', {
      as: as(),
      params: { contactId },
      body: { name: 'Doña Secreta', language: 'pt' },
    });
    const audit = await lambdas.call('listAudit', { as: as('admin'), query: { kind: 'contact', id: contactId } });
    expect(itemsOf(audit)).toMatchObject([
      { action: 'contact.changed', changes: { name: {}, language: { to: 'pt' } } },
    ]);
    expect(JSON.stringify(audit.json)).not.toContain('Secreta');
  });
});

describe('the rights of a person', () => {
  it('to know: a job puts all that there is into files, for admins', async () => {
    await chat.hear('mi secreto');
    const { contactId } = await params();
    const begun = await lambdas.call('exportPerson', { as: as('admin'), params: { contactId } });
    expect(begun.status).toBe(201);
    expect(begun.json).toMatchObject({ contactId, state: 'queued', counts: {} });
    const jobId = String(begun.json['jobId']);
    const body = { shopId: chat.shop.shopId, jobId };
    expect(failedIn(await lambdas.run('runPersonJobs', aQueueEvent('personJobs', [{ body }])))).toEqual([]);
    const done = await lambdas.call('getPersonExport', { as: as('admin'), params: { jobId } });
    expect(done.json).toMatchObject({ state: 'done', counts: { contacts: 1, conversations: 1, messages: 1 } });
    const files = done.json['files'] as { name: string; url: string; bytes: number }[];
    expect(files.map(({ name }) => name)).toContain('person.json');
    for (const { url } of files) expect(url).toContain('X-Amz-Signature=');
    const text = [...lambdas.files].filter(([key]) => key.includes(jobId)).map(([, { content }]) => String(content));
    expect(text.join('')).toContain('mi secreto');
    expect(lambdas.logText()).not.toContain('mi secreto');
  });

  it('to be forgotten: a job that says who asked, and nothing of the person', async () => {
    await chat.hear('hola');
    const { contactId } = await params();
    const begun = await lambdas.call('erasePerson', { as: as('admin'), params: { contactId } });
    const jobId = String(begun.json['jobId']);
    const found = await lambdas.call('getErasure', { as: as('admin'), params: { jobId } });
    expect(found.json).toMatchObject({ jobId, contactId, state: 'queued' });
    const row = (await lambdas.rows()).find((one) => one.includes(`#JOB#${jobId}`));
    expect(row).not.toContain('5491161234567');
    const audit = await lambdas.call('listAudit', { as: as('admin'), query: { kind: 'erasure', id: jobId } });
    expect(itemsOf(audit)).toMatchObject([{ action: 'erasure.requested', by: `user:${as('admin').userId}` }]);
    expect(itemsOf(await lambdas.call('listErasures', { as: as('admin') }))).toEqual([]);
  });
});
