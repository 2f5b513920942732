import { beforeAll, describe, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { openInbox } from '../support/inbox.ts';
import { openSimulator } from '../support/simulator.ts';
import { eventually, newKey, newPhone, openTarget } from '../support/target.ts';

interface ImportView {
  importId: string;
  state: string;
  counts: Record<'rows' | 'created' | 'updated' | 'unchanged' | 'skipped' | 'failed', number>;
  reasons: Record<string, number>;
  errorFiles?: { name: string; url: string }[];
}
interface Upload {
  import: ImportView;
  upload: { url: string; method: string; headers: Record<string, string> };
}
interface Page<Item> {
  items: Item[];
}

const target = openTarget();
const simulator = openSimulator(target);
const [{ numberId }] = defaultWorld.numbers;
const run = Date.now().toString(36);
let admin = '';

const ask = <Body>(method: string, path: string, body?: unknown) =>
  target.ask<Body>(method, path, {
    token: admin,
    ...(body !== undefined && { body }),
    headers: method === 'POST' ? { 'idempotency-key': newKey() } : {},
  });

beforeAll(async () => {
  admin = await target.tokenFor('admin');
});

/** Uploads a file as a browser would, and gives its import. */
const upload = async (fileName: string, bytes: Buffer): Promise<ImportView> => {
  const asked = await ask<Upload>('POST', '/admin/niche/imports', { fileName, bytes: bytes.length });
  expect(asked.status, asked.text).toBe(201);
  const { url, method, headers } = asked.body.upload;
  const put = await fetch(url, { method, headers, body: new Uint8Array(bytes) });
  expect(put.status).toBe(200);
  return asked.body.import;
};

const ended = (path: string) =>
  eventually(async () => {
    const { body } = await ask<ImportView & { files?: { url: string }[] }>('GET', path);
    return ['done', 'failed', 'cancelled'].includes(body.state) && body;
  }, 60_000);

describe('a file of leads', () => {
  const phones = [newPhone(), newPhone(), newPhone()];
  const rows = [
    'Nombre;Apellido;Teléfono;Correo;Etiquetas',
    `Ñusta;Quiroga ${run};${phones[0]};nusta.${run}@example.com;feria ${run}`,
    `=Malicia;Peña ${run};${phones[1]};;feria ${run}`,
    `Sin;Número;no tiene;;feria ${run}`,
    `"Dos\nlíneas";Peña ${run};${phones[2]};;feria ${run}`,
  ];
  // as a spreadsheet of this part of the world saves it
  const file = Buffer.from(rows.join('\r\n'), 'latin1');
  const mapping = {} as Record<string, unknown>;

  it('is previewed, tried, imported, and counted to the row', async () => {
    const { importId } = await upload(`clientes-${run}.csv`, file);
    const path = `/admin/niche/imports/${importId}`;
    const preview = await ask<{ encoding: string; delimiter: string; mapping: object }>('GET', `${path}/preview`);
    expect(preview.body).toMatchObject({ encoding: 'windows-1252', delimiter: ';' });
    Object.assign(mapping, preview.body.mapping);

    const tried = await ask('POST', `${path}/start`, { mapping, dryRun: true });
    expect(tried.status, tried.text).toBeLessThan(300);
    expect((await ended(path)).counts).toMatchObject({ rows: 4, created: 3, failed: 1 });
    const started = await ask('POST', `${path}/start`, { mapping });
    expect(started.status, started.text).toBeLessThan(300);
    const done = await eventually(async () => {
      const { body } = await ask<ImportView & { settings?: { dryRun: boolean } }>('GET', path);
      return body.state === 'done' && body.settings?.dryRun === false && body;
    }, 60_000);
    expect(done.counts).toMatchObject({ rows: 4, created: 3, failed: 1 });
    const [errors] = done.errorFiles ?? [];
    const refused = await (await fetch(errors?.url ?? '')).text();
    expect(refused).toContain('no tiene');
    expect(refused.match(/Número/g)).toHaveLength(1);

    const again = await upload(`clientes-${run}-2.csv`, file);
    await ask('POST', `/admin/niche/imports/${again.importId}/start`, { mapping });
    const repeated = await ended(`/admin/niche/imports/${again.importId}`);
    expect(repeated.counts).toMatchObject({ rows: 4, created: 0, failed: 1 });
  });

  it('comes out again by the filters of the list, and opens in no spreadsheet as a formula', async () => {
    const asked = await ask<{ exportId: string }>('POST', '/admin/niche/exports', { filter: { tag: `feria ${run}` } });
    expect(asked.status, asked.text).toBe(201);
    const done = await ended(`/admin/niche/exports/${asked.body.exportId}`);
    const [link] = done.files ?? [];
    const text = await (await fetch(link?.url ?? '')).text();
    expect(text).toContain('Ñusta');
    expect(text).toContain("'=Malicia");
    for (const phone of phones) expect(text).toContain(phone.slice(1));
  });
});

describe('a person', () => {
  it('says no by a word, is written to no more by marketing, is exported and erased', async () => {
    const customer = await simulator.newCustomer(`Estela Adiós ${run}`, { phone: newPhone() });
    const talk = { phoneId: customer.phoneId, numberId };
    await simulator.say(talk, 'Hola');
    const inbox = openInbox(target, admin);
    const { conversationId } = await inbox.conversationWith(customer.phone);
    await simulator.say(talk, 'BAJA');
    const contact = await eventually(async () => {
      const { body } = await ask<{ contact: { contactId: string; marketing: { state: string } } }>(
        'GET',
        `/admin/conversations/${conversationId}`,
      );
      return body.contact.marketing.state === 'revoked' && body.contact;
    });
    const template = { type: 'template', template: { name: 'aviso_pedido', language: { code: 'es_AR' } } };
    const refused = await inbox.send(conversationId, template);
    expect(refused).toMatchObject({ status: 409, body: { code: 'consent.revoked' } });

    const path = `/admin/contacts/${contact.contactId}`;
    const ledger = await ask<Page<{ state: string; source: string }>>('GET', `${path}/consents`);
    expect(ledger.body.items[0]).toMatchObject({ state: 'revoked', source: 'keyword' });
    const asked = await ask<{ jobId: string }>('POST', `${path}/export`);
    expect(asked.status, asked.text).toBeLessThan(300);
    // an erasure waits for work that would bring the person back
    const exported = await ended(`/admin/person-exports/${asked.body.jobId}`);
    expect(exported.state).toBe('done');
    const erased = await ask<{ jobId: string }>('POST', `${path}/erase`);
    expect(erased.status, erased.text).toBeLessThan(300);
    await eventually(async () => (await ask('GET', path)).status === 404, 60_000);
    await eventually(async () => (await ask('GET', `/admin/conversations/${conversationId}`)).status === 404, 60_000);
  });
});
