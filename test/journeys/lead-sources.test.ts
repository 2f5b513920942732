import { beforeAll, describe, expect, it } from 'vitest';
import { signForm } from '../../functions/lead-sources/form-signature.ts';
import type { LeadView } from '../../functions/leads/lead-view.ts';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { SIMULATOR_API } from '../../local/whatsapp-simulator/simulator-api.ts';
import { openSimulator } from '../support/simulator.ts';
import { asSeller, eventually, newPhone, openTarget, reserve } from '../support/target.ts';

const target = openTarget();
const simulator = openSimulator(target);
const [{ numberId }] = defaultWorld.numbers;
const { pageId, pageToken } = defaultWorld;

interface Listed<Item> {
  items: Item[];
}
interface SubmissionShown {
  submissionId: string;
  state: string;
  reason: { code: string; text: string } | null;
  leadId: string | null;
}

/** Asks as an admin of the demo shop. Throws unless the answer is a success. */
const ask = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
  const token = await target.tokenFor('admin');
  const answer = await target.ask<Body>(method, path, { token, ...(body && { body }) });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.body;
};

const leadsWith = async (phone: string): Promise<LeadView[]> =>
  (await ask<Listed<LeadView>>('GET', `/admin/niche/leads?q=${phone.slice(-8)}`)).items;

/** The lead with this phone, once there is one that fits. */
const leadWith = (phone: string, fits: (lead: LeadView) => boolean = () => true): Promise<LeadView> =>
  eventually(async () => (await leadsWith(phone)).find(fits), 20_000);

const now = async (): Promise<string> => (await target.ask<{ now: string }>('GET', '/local/clock')).body.now;

interface MadeForm {
  form: { formKey: string; url: string };
  secret: string;
}

const sendForm = async ({ form, secret }: MadeForm, fields: object) => {
  const body = JSON.stringify(fields);
  const timestamp = String(Math.floor(Date.parse(await now()) / 1000));
  const headers = {
    'x-vidriera-timestamp': timestamp,
    'x-vidriera-signature': signForm(secret, timestamp, Buffer.from(body)),
  };
  const send = () => target.ask<string>('POST', `/webhooks/leads/${form.formKey}`, { body, headers });
  return { answer: await send(), again: send };
};

const fillAd = (fields: Record<string, string>, more: { formId?: string; boxes?: Record<string, boolean> } = {}) =>
  target.ask('POST', `${SIMULATOR_API}/leads`, { body: { pageId, fields, ...more } });

const connectPage = () => ask('POST', '/admin/niche/lead-pages', { pageId, token: pageToken });

const referral = {
  sourceUrl: 'https://fb.me/velas',
  sourceType: 'ad',
  headline: 'Velas que abrigan',
  clickId: 'C-1',
} as const;

let categoryId = '';
let productId = '';

beforeAll(async () => {
  const seller = asSeller(target, await target.tokenFor('admin'));
  ({ categoryId } = await seller.addCategory('Fuentes'));
  ({ productId } = await seller.addProduct(categoryId, 'Vela de las fuentes', 20));
});

describe('a lead comes', () => {
  it('by the first message of somebody unknown', async () => {
    const { phoneId, phone = '' } = await simulator.newCustomer('Inés Luna');
    await simulator.say({ phoneId, numberId }, 'Hola, ¿hacen envíos?');
    const lead = await leadWith(phone);
    expect(lead).toMatchObject({ source: 'whatsapp', status: 'new', name: 'Inés Luna' });
  });

  it('by an advertisement that leads to the chat; the first one is kept, and later clicks are told', async () => {
    const { phoneId, phone = '' } = await simulator.newCustomer('Jano Paz');
    const click = (sourceId: string) =>
      simulator.send(
        { phoneId, numberId },
        { type: 'text', body: 'Vi el anuncio', referral: { ...referral, sourceId } },
      );
    await click('120210000000000011');
    const lead = await leadWith(phone);
    expect(lead).toMatchObject({ source: 'click_to_whatsapp', referral: { sourceId: '120210000000000011' } });
    await click('120210000000000012');
    const entries = await eventually(async () => {
      const path = `/admin/audit?kind=lead&id=${lead.leadId}`;
      const { items } = await ask<Listed<{ action: string; changes?: object }>>('GET', path);
      return items.length > 0 && items;
    });
    expect(entries).toMatchObject([{ action: 'lead.ad-clicked', changes: { sourceId: { to: '120210000000000012' } } }]);
    expect((await leadsWith(phone))[0]?.referral).toMatchObject({ sourceId: '120210000000000011' });
  });

  it('by a checkout', async () => {
    const phone = newPhone();
    const { status } = await reserve(target, [{ productId, quantity: 1 }], { phone });
    expect(status).toBe(201);
    expect(await leadWith(phone)).toMatchObject({ source: 'checkout', firstName: 'Ana', lastName: 'Compradora' });
  });

  it('by a signed form of the shop’s own site, once however often it is sent', async () => {
    const form = await ask<MadeForm>('POST', '/admin/niche/lead-forms', {
      name: 'Contacto',
      source: 'website',
      tags: ['web'],
    });
    const phone = newPhone();
    const { answer, again } = await sendForm(form, { nombre: 'Kari Sosa', celular: phone, email: 'kari@example.com' });
    expect(answer.status).toBe(200);
    expect((await again()).text).toBe(answer.text);
    expect(await leadWith(phone)).toMatchObject({
      source: 'website',
      firstName: 'Kari',
      email: 'kari@example.com',
      tags: ['web'],
    });
    const forged = await sendForm({ ...form, secret: 'f'.repeat(32) }, { celular: newPhone() });
    expect(forged.answer.status).toBe(401);
  });

  it('by a form that could not be read at first, once its mapping was mended', async () => {
    const form = await ask<MadeForm>('POST', '/admin/niche/lead-forms', { name: 'Sorteo' });
    const phone = newPhone();
    // a number written without its country, in a field that nobody has heard of, may be anything
    const { answer } = await sendForm(form, { 'tu número': phone.slice('+549'.length) });
    const submissions = async () => (await ask<Listed<SubmissionShown>>('GET', '/admin/niche/submissions')).items;
    const failed = await eventually(async () =>
      (await submissions()).find(({ submissionId }) => submissionId === answer.text),
    );
    expect(failed.reason).toMatchObject({ code: 'phone-missing' });
    await ask('PATCH', `/admin/niche/lead-forms/${form.form.formKey}`, { mapping: { phone: 'tu número' } });
    await ask('POST', `/admin/niche/submissions/${failed.submissionId}/retry`);
    await leadWith(phone);
  });

  it('by Lead Ads; while the page’s token is refused it says so, and the lead comes when it is good again', async () => {
    await connectPage();
    const phone = newPhone();
    await fillAd({ full_name: 'Lara Ríos', phone_number: phone });
    expect(await leadWith(phone)).toMatchObject({ source: 'lead_ads', firstName: 'Lara', lastName: 'Ríos' });

    const later = newPhone();
    await simulator.turn({ tokenExpired: true });
    try {
      await fillAd({ full_name: 'Mora Gil', phone_number: later });
      const pending = async () =>
        (await ask<Listed<SubmissionShown>>('GET', '/admin/niche/submissions?state=pending')).items;
      await eventually(async () => (await pending()).some(({ reason }) => reason?.code === 'token-refused'));
      const { items } = await ask<Listed<{ problem: unknown }>>('GET', '/admin/niche/lead-pages');
      expect(items).toMatchObject([{ problem: { code: 'token-refused' } }]);
    } finally {
      await simulator.calm();
    }
    await connectPage();
    expect(await leadWith(later)).toMatchObject({ firstName: 'Mora' });
  });
});

describe('a form of Lead Ads with a box for marketing', () => {
  it('is consent only for who ticked it, with the words that were agreed to', async () => {
    await connectPage();
    const formId = '7100000000000099';
    const consent = { text: 'Quiero recibir novedades por WhatsApp', field: 'novedades' };
    await ask('PUT', `/admin/niche/lead-pages/${pageId}/forms/${formId}`, { name: 'Con casilla', consent });
    const [ticks, leaves] = [newPhone(), newPhone()];
    await fillAd({ full_name: 'Pía Toro', phone_number: ticks }, { formId, boxes: { novedades: true } });
    await fillAd({ full_name: 'Quino Sur', phone_number: leaves }, { formId, boxes: { novedades: false } });
    const agreed = await leadWith(ticks, ({ marketing }) => marketing.state === 'granted');
    const { items } = await ask<Listed<{ state: string; source: string; text?: string }>>(
      'GET',
      `/admin/contacts/${agreed.leadId}/consents`,
    );
    expect(items).toMatchObject([{ state: 'granted', source: 'lead-ad', text: consent.text }]);
    const silent = await leadWith(leaves, ({ metaLeadId }) => metaLeadId !== undefined);
    expect(silent.marketing).toEqual({ state: 'unknown' });
  });
});

describe('a person who comes by message, form, checkout and Lead Ads at once', () => {
  it('is one lead, with what each of them told', async () => {
    await connectPage();
    const form = await ask<MadeForm>('POST', '/admin/niche/lead-forms', { name: 'Todo a la vez' });
    const { phoneId, phone = '' } = await simulator.newCustomer('Nadia Vera');
    // as people write it at home, without the country
    const local = `011 15-${phone.slice(-8, -4)}-${phone.slice(-4)}`;
    await Promise.all([
      simulator.say({ phoneId, numberId }, 'Hola, recién reservé'),
      sendForm(form, { telefono: local, correo: 'nadia@example.com' }),
      reserve(target, [{ productId, quantity: 1 }], { phone: local }),
      fillAd({ full_name: 'Nadia Vera', phone_number: phone }),
    ]);
    const whole = (lead: LeadView) => lead.email === 'nadia@example.com' && lead.metaLeadId !== undefined;
    const lead = await leadWith(phone, whole);
    expect(await leadsWith(phone)).toHaveLength(1);
    const { items } = await ask<Listed<{ leadId: string | null }>>('GET', '/admin/niche/submissions?state=done');
    expect(items.filter(({ leadId }) => leadId === lead.leadId)).toHaveLength(2);
  });

  it('takes the conversation along when somebody gets the lead', async () => {
    const { phoneId, phone = '' } = await simulator.newCustomer('Olga Díaz');
    await simulator.say({ phoneId, numberId }, 'Hola');
    const lead = await leadWith(phone);
    const { items: users } = await ask<Listed<{ userId: string; role: string }>>('GET', '/admin/users');
    const userId = users.find(({ role }) => role === 'seller')?.userId;
    await ask('POST', `/admin/niche/leads/${lead.leadId}/assign`, { userId });
    await eventually(async () => {
      const { items } = await ask<Listed<{ contact: { phone?: string }; assignedTo?: string | null }>>(
        'GET',
        '/admin/conversations?state=open&limit=50',
      );
      return items.some(({ contact, assignedTo }) => contact.phone === phone && assignedTo === userId);
    });
  });
});
