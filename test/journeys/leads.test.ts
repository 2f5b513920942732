import { beforeAll, describe, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { openInbox } from '../support/inbox.ts';
import { openSimulator } from '../support/simulator.ts';
import { eventually, newKey, newPhone, openTarget } from '../support/target.ts';

interface Lead {
  leadId: string;
  name?: string;
  phone?: string;
  status: string;
  stageId: string;
  assignedTo?: string;
  source: string;
  tags: string[];
  nextActionAt?: string;
  version?: number;
}
interface Page<Item> {
  items: Item[];
  nextCursor?: string;
}
interface TimelineItem {
  kind: string;
  note?: { text: string };
  message?: { body?: string };
  change?: { action: string; by: string };
}
interface Column {
  stageId: string;
  count: number;
  items: Lead[];
}

const target = openTarget();
const simulator = openSimulator(target);
const [{ numberId }] = defaultWorld.numbers;
const run = Date.now().toString(36);
let admin = '';
let seller = '';
let sellerId = '';

const ask = <Body = Record<string, unknown>>(token: string, method: string, path: string, body?: unknown) =>
  target.ask<Body>(method, path, { token, ...(body !== undefined && { body }) });

const enter = async (token: string, input: object): Promise<Lead> => {
  const answer = await target.ask<Lead>('POST', '/admin/niche/leads', {
    token,
    body: input,
    headers: { 'idempotency-key': newKey() },
  });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
};

const userIdIn = (token: string): string =>
  String(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub);

const list = async (token: string, query: string): Promise<Lead[]> =>
  (await ask<Page<Lead>>(token, 'GET', `/admin/niche/leads?${query}`)).body.items;

beforeAll(async () => {
  [admin, seller] = await Promise.all([target.tokenFor('admin'), target.tokenFor('seller')]);
  sellerId = userIdIn(seller);
});

describe('a day of a seller', () => {
  it('begins with a lead entered by hand, found again by name and phone, moved, tagged, noted and won', async () => {
    const phone = newPhone();
    const lead = await enter(seller, { phone, firstName: 'Águeda', lastName: `Ñandú ${run}`, source: 'referral' });
    expect(lead).toMatchObject({ status: 'new', source: 'referral', assignedTo: sellerId, phone });

    const again = await ask(seller, 'POST', '/admin/niche/leads', { phone, firstName: 'Otra' });
    expect(again).toMatchObject({ status: 409, body: { code: 'lead.exists' } });
    for (const q of [`nandu ${run}`, 'AGUE', phone.slice(-8), phone]) {
      const found = await eventually(async () => {
        const leads = await list(seller, new URLSearchParams({ q }).toString());
        return leads.some(({ leadId }) => leadId === lead.leadId) && leads;
      });
      expect(found.length, q).toBeGreaterThan(0);
    }

    const path = `/admin/niche/leads/${lead.leadId}`;
    const tagged = await ask<Lead>(seller, 'POST', `${path}/tags`, { add: [`Feria ${run}`] });
    expect(tagged.body.tags).toEqual([`Feria ${run}`]);
    expect((await ask(seller, 'POST', `${path}/notes`, { text: 'Prefiere que la llamen a la tarde' })).status).toBe(
      201,
    );
    const next = { nextActionAt: '2030-03-01T15:00:00.000Z' };
    expect((await ask<Lead>(seller, 'PATCH', path, next)).body).toMatchObject(next);
    const moved = await ask<Lead>(seller, 'PUT', `${path}/stage`, { status: 'negotiation' });
    expect(moved.body).toMatchObject({ status: 'negotiation', stageId: 'negotiation' });
    const won = await ask<Lead>(seller, 'PUT', `${path}/stage`, { status: 'closed_won', reason: 'compró en la feria' });
    expect(won.body).toMatchObject({ status: 'closed_won' });

    const tag = new URLSearchParams({ tag: `feria ${run}`, status: 'closed_won' }).toString();
    const byTag = await eventually(async () => {
      const leads = await list(seller, tag);
      return leads.length > 0 && leads;
    });
    expect(byTag.map(({ leadId }) => leadId)).toEqual([lead.leadId]);

    const story = await ask<Page<TimelineItem>>(seller, 'GET', `${path}/timeline`);
    const actions = story.body.items.flatMap(({ change }) => (change ? [change.action] : []));
    expect(actions.filter((action) => action === 'lead.stage-moved')).toHaveLength(2);
    expect(story.body.items.find(({ kind }) => kind === 'note')?.note?.text).toBe('Prefiere que la llamen a la tarde');
    const trail = await ask<Page<{ action: string; by: string }>>(
      admin,
      'GET',
      `/admin/audit?kind=lead&id=${lead.leadId}`,
    );
    expect(new Set(trail.body.items.map(({ by }) => by))).toEqual(new Set([`user:${sellerId}`]));
    expect(JSON.stringify(trail.body)).not.toContain('Ñandú');
  });

  it('shows the leads of each stage on a board, and a lead’s chat in its story', async () => {
    const customer = await simulator.newCustomer(`Berta Sol ${run}`, { phone: newPhone() });
    const lead = await enter(admin, { phone: customer.phone, firstName: 'Berta', lastName: 'Sol' });
    expect(lead.assignedTo).toBeUndefined();
    await simulator.say({ phoneId: customer.phoneId, numberId }, `Hola, soy Berta ${run}`);
    const { conversationId } = await openInbox(target, admin).conversationWith(customer.phone);
    const path = `/admin/niche/leads/${lead.leadId}`;
    await eventually(async () => {
      const { body } = await ask<Page<TimelineItem>>(seller, 'GET', `${path}/timeline`);
      return body.items.some(({ message }) => message?.body === `Hola, soy Berta ${run}`);
    });
    expect((await ask<Lead>(admin, 'POST', `${path}/assign`, { userId: sellerId })).body.assignedTo).toBe(sellerId);
    await eventually(async () => {
      const { body } = await ask<{ assignedTo?: string }>(admin, 'GET', `/admin/conversations/${conversationId}`);
      return body.assignedTo === sellerId;
    });
    const board = await eventually(async () => {
      const { body } = await ask<{ columns: Column[] }>(seller, 'GET', '/admin/niche/leads/board?seller=me');
      const column = body.columns.find(({ stageId }) => stageId === 'new');
      return column?.items.some(({ leadId }) => leadId === lead.leadId) && body;
    });
    expect(board.columns.map(({ stageId }) => stageId)).toEqual([
      ...['new', 'contacted', 'interested', 'negotiation', 'closed_won', 'closed_lost'],
    ]);
    expect(board.columns[0]?.count).toBeGreaterThanOrEqual(1);
  });

  it('gives leads to sellers in turn, and shows a seller nothing of another', async () => {
    const lead = await enter(admin, { phone: newPhone(), firstName: 'Ciro' });
    const path = `/admin/niche/leads/${lead.leadId}`;
    const given = await ask<Lead>(admin, 'POST', `${path}/assign`, { roundRobin: true });
    expect(given.status, given.text).toBe(200);
    expect(given.body.assignedTo).toBeDefined();
    const kept = await ask<Lead>(admin, 'POST', `${path}/assign`, { userId: userIdIn(admin) });
    expect(kept.body.assignedTo).toBe(userIdIn(admin));
    expect(await ask(seller, 'GET', path)).toMatchObject({ status: 404 });
    expect(await ask(seller, 'PUT', `${path}/stage`, { status: 'contacted' })).toMatchObject({ status: 404 });
    const own = await list(seller, `q=${encodeURIComponent(lead.phone ?? '')}`);
    expect(own).toEqual([]);
  });

  it('merges two numbers of one person, as somebody decided who looked', async () => {
    const email = `dora.${run}@example.com`;
    const one = await enter(admin, { phone: newPhone(), firstName: 'Dora', email, tags: ['mayorista'] });
    const two = await enter(admin, { phone: newPhone(), firstName: 'Dora', lastName: 'Paz', email, tags: ['vip'] });
    const path = `/admin/niche/leads/${one.leadId}`;
    const found = await eventually(async () => {
      const { body } = await ask<Page<{ lead: Lead; reasons: string[]; reviewed: object }>>(
        admin,
        'GET',
        `${path}/duplicates`,
      );
      return body.items.find(({ lead }) => lead.leadId === two.leadId);
    });
    expect(found.reasons).toContain('same-email');
    const decided = { otherId: two.leadId, reviewed: found.reviewed };
    const merged = await ask<Lead>(admin, 'POST', `${path}/merge`, decided);
    expect(merged.body).toMatchObject({ leadId: one.leadId, name: 'Dora Paz' });
    expect(merged.body.tags.toSorted()).toEqual(['mayorista', 'vip']);
    const followed = await ask<Lead>(admin, 'GET', `/admin/niche/leads/${two.leadId}`);
    expect(followed.body.leadId).toBe(one.leadId);
  });
});
