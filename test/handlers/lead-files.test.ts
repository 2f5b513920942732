import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRows } from '#core/csv-rows.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { aQueueEvent } from '../support/queue-event.ts';
import { type GivenShop, givenShop } from './given.ts';
import { uploadImport } from './lead-file-attacks.ts';

let lambdas: Lambdas;
let given: GivenShop;
let shops = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});
afterAll(() => lambdas.close());
beforeEach(async () => {
  shops += 1;
  given = await givenShop(lambdas.table, `feria-${shops}`);
  await given.settle({ nicheType: 'crm_sales' });
  lambdas.coldStart();
});

const as = () => given.as('admin');

/** What the worker does with a job that was queued. */
const work = (jobId: string) =>
  lambdas.run('runJobs', aQueueEvent('jobs', [{ body: { shopId: given.shop.shopId, jobId } }]));

const file = [
  'Celular;Nombre y apellido;Correo;Grupos',
  '011 15-2345-6701;Ana Gómez;ana@example.com;vip',
  '011 15-2345-6702;Luz;;',
  ';Nadie;;',
  '011 15-2345-6701;Ana otra vez;;',
].join('\r\n');

const start = { mapping: { phone: 0, name: 1, email: 2, tags: 3 }, tags: ['feria'] };

const started = async (body: object = start): Promise<string> => {
  const importId = await uploadImport(lambdas, given, file);
  const { status } = await lambdas.call('startImport', { as: as(), params: { importId }, body });
  expect(status).toBe(200);
  return importId;
};

const show = async (importId: string) => (await lambdas.call('getImport', { as: as(), params: { importId } })).json;

describe('an import', () => {
  it('gives an address that takes one file of this size', async () => {
    const body = { fileName: 'clientes.csv', bytes: 1234 };
    const { status, json } = await lambdas.call('createImport', { as: as(), body });
    expect(status).toBe(201);
    const { url, headers, method } = json['upload'] as { url: string; headers: Record<string, string>; method: string };
    expect([method, headers]).toEqual(['PUT', { 'content-type': 'text/csv', 'content-length': '1234' }]);
    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host');
    expect(json['import']).toMatchObject({ state: 'uploading', percent: 0, counts: { rows: 0 } });
  });

  it('shows what the file is, and what its columns seem to be', async () => {
    const importId = await uploadImport(lambdas, given, file);
    const { json } = await lambdas.call('previewImport', { as: as(), params: { importId } });
    expect(json).toEqual({
      ...{ bytes: Buffer.byteLength(file), encoding: 'utf-8', delimiter: ';', hasHeader: true },
      header: ['Celular', 'Nombre y apellido', 'Correo', 'Grupos'],
      rows: file
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(';')),
      mapping: { phone: 0, name: 1, email: 2, tags: 3 },
    });
    const query = { hasHeader: 'false', delimiter: ',' };
    const other = await lambdas.call('previewImport', { as: as(), params: { importId }, query });
    expect(other.json).toMatchObject({ hasHeader: false, delimiter: ',' });
  });

  it('becomes leads, and a file of the rows that were not taken', async () => {
    const importId = await started();
    expect(await show(importId)).toMatchObject({ state: 'queued' });
    await work(importId);
    const json = await show(importId);
    expect(json).toMatchObject({
      ...{ state: 'done', percent: 100, reasons: { 'phone-missing': 1 } },
      counts: { rows: 4, created: 2, updated: 0, unchanged: 0, skipped: 1, failed: 1 },
    });
    const [errors] = json['errorFiles'] as { url: string; name: string }[];
    expect(errors?.name).toBe('errors-1.csv');
    const text = await (await fetch(errors?.url ?? '')).text();
    expect(text).toContain('4,Falta el teléfono,,Nadie,,');
    const leads = await lambdas.call('listLeads', { as: as(), query: { tag: 'feria' } });
    expect((leads.json['items'] as { name: string }[]).map(({ name }) => name).sort()).toEqual(['Ana Gómez', 'Luz']);
    const list = await lambdas.call('listImports', { as: as() });
    expect(list.json['items']).toEqual([expect.objectContaining({ importId, state: 'done' })]);
    const audit = await lambdas.call('listAudit', { as: as(), query: { kind: 'import', id: importId } });
    const actions = (audit.json['items'] as { action: string }[]).map(({ action }) => action);
    expect(actions.sort()).toEqual(['import.created', 'import.started']);
  });

  it('is tried first, and started for good from the same file', async () => {
    const importId = await started({ ...start, dryRun: true });
    await work(importId);
    expect(await show(importId)).toMatchObject({ state: 'done', counts: { created: 2, skipped: 1, failed: 1 } });
    expect((await lambdas.call('listLeads', { as: as() })).json['items']).toEqual([]);
    const again = await lambdas.call('startImport', { as: as(), params: { importId }, body: start });
    expect(again.json).toMatchObject({ state: 'queued', percent: 0, counts: { rows: 0 } });
    await work(importId);
    expect(await show(importId)).toMatchObject({ state: 'done', counts: { created: 2 } });
    const third = await lambdas.call('startImport', { as: as(), params: { importId }, body: start });
    expect([third.status, third.json['code']]).toEqual([409, 'job.not-ready']);
  });

  it('is cancelled before it begins, not begun then, and goes on when somebody says so', async () => {
    const importId = await started();
    const resume = () => lambdas.call('resumeImport', { as: as(), params: { importId } });
    expect((await resume()).json['code']).toBe('job.not-ready');
    const { json } = await lambdas.call('cancelImport', { as: as(), params: { importId } });
    expect(json).toMatchObject({ state: 'cancelled' });
    await work(importId);
    expect(await show(importId)).toMatchObject({ state: 'cancelled', counts: { rows: 0 } });
    const other = await lambdas.call('startImport', { as: as(), params: { importId }, body: start });
    expect(other.json['code']).toBe('job.not-ready');
    expect((await resume()).json).toMatchObject({ state: 'queued' });
    await work(importId);
    expect(await show(importId)).toMatchObject({ state: 'done', counts: { created: 2 } });
    expect((await resume()).json['code']).toBe('job.not-ready');
  });

  it('that was cancelled before it was started is started after all', async () => {
    const importId = await uploadImport(lambdas, given, file);
    await lambdas.call('cancelImport', { as: as(), params: { importId } });
    const { json } = await lambdas.call('startImport', { as: as(), params: { importId }, body: start });
    expect(json).toMatchObject({ state: 'queued' });
  });

  it('makes nobody of a header that stands behind blank rows', async () => {
    const importId = await uploadImport(lambdas, given, `\r\n;;;\r\n${file}`);
    const { json } = await lambdas.call('previewImport', { as: as(), params: { importId } });
    expect(json).toMatchObject({ hasHeader: true, header: ['Celular', 'Nombre y apellido', 'Correo', 'Grupos'] });
    await lambdas.call('startImport', { as: as(), params: { importId }, body: start });
    await work(importId);
    expect(await show(importId)).toMatchObject({ counts: { rows: 4, created: 2, skipped: 1, failed: 1 } });
  });

  it.each([
    ['a workbook', 'PK\u0003\u0004xl/worksheets'],
    ['a PDF', '%PDF-1.7'],
    ['a page', '<html><table><tr><td>Ana</td></tr></table></html>'],
    ['bytes that are no text', 'Tel,Nombre\n1\u00001,A\u0000\n'],
  ])('is not started from %s that is called CSV', async (_, content) => {
    const importId = await uploadImport(lambdas, given, content);
    const preview = await lambdas.call('previewImport', { as: as(), params: { importId } });
    expect([preview.status, preview.json['code']]).toEqual([409, 'file.not-csv']);
    const { json } = await lambdas.call('startImport', { as: as(), params: { importId }, body: start });
    expect(json['code']).toBe('file.not-csv');
  });

  it.each([
    ['a stage that there is not', { stageId: 'nowhere' }, 'stageId'],
    ['a user who is none', { assign: { to: 'user', userId: 'nobody' } }, 'assign.userId'],
    ['a column of consent without its words', { mapping: { phone: 0, consent: 3 } }, 'consent'],
    ['consent of another day', { consent: { text: 'Acepto', at: '2099-01-01T00:00:00.000Z' } }, 'consent.at'],
    ['no column of phones', { mapping: { name: 1 } }, 'mapping.phone'],
  ])('is not started with %s', async (_, change, field) => {
    const importId = await uploadImport(lambdas, given, file);
    const body = { ...start, ...change };
    const { status, json } = await lambdas.call('startImport', { as: as(), params: { importId }, body });
    expect([status, json['errors']]).toEqual([400, [expect.objectContaining({ field })]]);
  });

  it('is not started without its file', async () => {
    const body = { fileName: 'clientes.csv', bytes: 10 };
    const made = await lambdas.call('createImport', { as: as(), body });
    const { importId } = made.json['import'] as { importId: string };
    const { status, json } = await lambdas.call('startImport', { as: as(), params: { importId }, body: start });
    expect([status, json['code']]).toEqual([409, 'file.not-uploaded']);
  });

  it('is not there in a shop without a CRM', async () => {
    await given.settle({ nicheType: 'storefront' });
    lambdas.coldStart();
    const { status, json } = await lambdas.call('listImports', { as: as() });
    expect([status, json['code']]).toEqual([404, 'niche.not-enabled']);
  });

  it('says nothing of people in logs', async () => {
    lambdas.clear();
    await work(await started());
    for (const word of ['Gómez', '2345', 'ana@']) expect(lambdas.logText()).not.toContain(word);
  });
});

describe('an export', () => {
  const exported = async (body: object = {}) => {
    const { json } = await lambdas.call('createExport', { as: as(), body });
    const exportId = String(json['exportId']);
    await work(exportId);
    const shown = (await lambdas.call('getExport', { as: as(), params: { exportId } })).json;
    const [link] = shown['files'] as { url: string }[];
    const bytes = Buffer.from(await (await fetch(link?.url ?? '')).arrayBuffer());
    return { shown, bytes };
  };

  it('has the leads of a filter, as a file that can be imported again', async () => {
    await work(await started());
    const body = { phone: '+5491123456703', firstName: '=SUM(A1)', lastName: 'Otra' };
    await lambdas.call('createLead', { as: as(), body });
    const { shown, bytes } = await exported({ filter: { tag: 'feria' } });
    expect(shown).toMatchObject({ state: 'done', rows: 2 });
    const { rows } = readRows(bytes, true, { encoding: 'utf-8-bom', delimiter: ',' }, 3);
    expect(rows.map(({ cells }) => cells.slice(0, 5)).sort()).toEqual([
      ['+5491123456701', 'Ana', 'Gómez', 'ana@example.com', 'Nuevo'],
      ['+5491123456702', 'Luz', '', '', 'Nuevo'],
      ['Teléfono', 'Nombre', 'Apellido', 'Email', 'Etapa'],
    ]);
    const all = await exported({ delimiter: ';' });
    expect(all.shown).toMatchObject({ rows: 3 });
    expect(all.bytes.toString()).toContain("+5491123456703;'=SUM(A1);Otra");
    const importId = await uploadImport(lambdas, given, all.bytes.toString());
    const { json } = await lambdas.call('previewImport', { as: as(), params: { importId } });
    expect(json).toMatchObject({
      encoding: 'utf-8-bom',
      delimiter: ';',
      mapping: { phone: 0, firstName: 1, email: 3 },
    });
    const { mapping } = json as { mapping: object };
    await lambdas.call('startImport', { as: as(), params: { importId }, body: { mapping, duplicates: 'overwrite' } });
    await work(importId);
    expect(await show(importId)).toMatchObject({ counts: { rows: 3, unchanged: 3 } });
  });

  it('is a file with nobody in it when there is nobody', async () => {
    const { shown } = await exported();
    expect(shown).toMatchObject({ state: 'done', rows: 0 });
  });

  it('is cancelled', async () => {
    const { json } = await lambdas.call('createExport', { as: as(), body: {} });
    const params = { exportId: String(json['exportId']) };
    expect((await lambdas.call('cancelExport', { as: as(), params })).json).toMatchObject({ state: 'cancelled' });
    const { items } = (await lambdas.call('listExports', { as: as() })).json as { items: object[] };
    expect(items).toEqual([expect.objectContaining({ state: 'cancelled' })]);
  });
});

describe('the sweep', () => {
  it('sends on a job whose worker never came', async () => {
    const importId = await started();
    const { shopId } = given.shop;
    const job = await lambdas.table.get({ pk: `S#${shopId}#JOB#${importId}`, sk: 'META' });
    const due = { gsi3pk: String(job?.['gsi3pk']), gsi3sk: `2020-01-01T00:00:00.000Z#${importId}` };
    await lambdas.table.update({ pk: `S#${shopId}#JOB#${importId}`, sk: 'META' }, { set: due });
    lambdas.services.sent.length = 0;
    expect(await lambdas.run('sweepJobs')).toMatchObject({ failed: 0 });
    const sent = lambdas.services.sent.map((one) => JSON.stringify(one));
    expect(sent.some((one) => one.includes(importId))).toBe(true);
  });
});
