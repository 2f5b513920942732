import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRows } from '#core/csv-rows.ts';
import { UTF8_MARK } from '#core/csv-text.ts';
import { writePace } from '#platform/write-pace.ts';
import { keys } from '#table/schema.ts';
import { changeConsent } from '../../../functions/contacts/change-consent.ts';
import { cancelJob } from '../../../functions/jobs/cancel-job.ts';
import { importStore } from '../../../functions/lead-files/import.store.ts';
import { runImport } from '../../../functions/lead-files/import-run.ts';
import { aUser } from '../../support/builders.ts';
import { type ImportWorld, openImportWorld } from '../../support/import-world.ts';
import { quickPatience } from '../../support/ports.ts';
import { startTables, type TestTable } from '../../support/table.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
let opened: TestTable;
let world: ImportWorld;

beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.close());
beforeEach(async () => {
  opened = await tables.openTestTable();
  world = openImportWorld(opened);
});

const phoneOf = (number: number): string => `+549112${String(1_000_000 + number)}`;
const csv = (...lines: string[]): string => ['Teléfono,Nombre,Email,Etiquetas', ...lines].join('\n');
const lines = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `${phoneOf(from + index)},Ana ${from + index},,vip`);

const byPhone = async () => new Map((await world.stored()).map((lead) => [lead.phone, lead]));

describe('an import', () => {
  it('makes a lead of each row, with a contact, and lists and finds it', async () => {
    const { counts, outcome, job } = await world.run(
      csv('011 15-2345-6789,Ana María Pérez,ana@example.com,"vip, feria"'),
    );
    expect(outcome).toBe('done');
    expect(counts).toEqual({ rows: 1, created: 1, updated: 0, unchanged: 0, skipped: 0, failed: 0 });
    const [lead] = await world.stored();
    expect(lead).toMatchObject({
      phone: '+5491123456789',
      firstName: 'Ana',
      lastName: 'María Pérez',
      email: 'ana@example.com',
      tags: ['vip', 'feria'],
      ...{ status: 'new', stageId: 'new', source: 'import', importId: job.jobId, importRow: 2 },
    });
    const contact = await world.contacts.find(world.shop.shopId, lead?.leadId ?? '');
    expect(contact).toMatchObject({
      phone: '+5491123456789',
      name: 'Ana María Pérez',
      marketing: { state: 'unknown' },
    });
    const again = await world.see({ phone: '+541123456789' });
    expect(again.contactId).toBe(lead?.leadId);
    const list = { shopId: world.shop.shopId, filter: { tag: 'FERIA' }, order: 'created', newestFirst: true } as const;
    expect((await world.leads.list(list, { limit: 10 })).items).toHaveLength(1);
  });

  it('makes one lead of one person, however their number is written, and however often', async () => {
    const { counts } = await world.run(
      csv('+5491123456789,Ana', '1123456789,Ana', '+541123456789,Ana', '011 15 2345 6789,Ana'),
    );
    expect(counts).toMatchObject({ rows: 4, created: 1, skipped: 3 });
    expect(await world.stored()).toHaveLength(1);
  });

  it('makes a lead of a contact that wrote before, and keeps the contact as it is', async () => {
    const contact = await world.see({ phone: '+5491123456789', profileName: 'Anita' });
    await world.run(csv('+5491123456789,Ana Pérez'));
    const [lead] = await world.stored();
    expect(lead).toMatchObject({ leadId: contact.contactId, firstName: 'Ana', knownAs: 'Anita' });
    expect(await world.contacts.find(world.shop.shopId, contact.contactId)).toEqual(contact);
  });

  describe('of somebody who is a lead already', () => {
    const given = () => world.capture({ phone: phoneOf(1) }, { firstName: 'Luz', tags: ['vieja'], source: 'form' });
    const file = csv(`${phoneOf(1)},Ana Pérez,ana@example.com,nueva`);

    it('skips the row', async () => {
      const { lead } = await given();
      expect((await world.run(file, { duplicates: 'skip' })).counts).toMatchObject({ skipped: 1, updated: 0 });
      expect(await world.stored()).toEqual([lead]);
    });

    it('fills what is missing', async () => {
      await given();
      const { counts, job } = await world.run(file, { duplicates: 'fill' });
      expect(counts).toMatchObject({ updated: 1 });
      const [lead] = await world.stored();
      expect(lead).toMatchObject({
        firstName: 'Luz',
        email: 'ana@example.com',
        tags: ['vieja', 'nueva'],
        source: 'form',
      });
      expect(lead).toMatchObject({ importId: job.jobId, importRow: 2, version: 2 });
      expect(lead?.lastName).toBeUndefined();
    });

    it('overwrites with what the file says, and with nothing it does not', async () => {
      await given();
      await world.run(csv(`${phoneOf(1)},Ana Pérez,,nueva`), { duplicates: 'overwrite', tags: ['feria'] });
      const [lead] = await world.stored();
      expect(lead).toMatchObject({
        firstName: 'Ana',
        lastName: 'Pérez',
        tags: ['vieja', 'feria', 'nueva'],
        source: 'form',
      });
    });

    it('overwrites no last name by a file that has none, unless the first name is another', async () => {
      await world.capture({ phone: phoneOf(1) }, { firstName: 'José', lastName: 'Pérez' });
      await world.run(csv(`${phoneOf(1)},JOSE,jose@example.com,`), { duplicates: 'overwrite' });
      expect((await byPhone()).get(phoneOf(1))).toMatchObject({ firstName: 'JOSE', lastName: 'Pérez' });
      await world.run(csv(`${phoneOf(1)},Ana,,`), { duplicates: 'overwrite' });
      const lead = (await byPhone()).get(phoneOf(1));
      expect([lead?.firstName, lead?.lastName]).toEqual(['Ana', undefined]);
    });

    it('writes nothing when nothing is new, and an audit entry when something is', async () => {
      await given();
      await world.run(file, { duplicates: 'fill' });
      const entries = (await opened.rows()).filter(({ pk }) => pk.includes('#AUDIT#lead#'));
      expect(entries).toEqual([expect.objectContaining({ action: 'lead.updated', by: 'user:ana', reason: 'import' })]);
      expect(JSON.stringify(entries)).not.toContain('ana@example.com');
      const before = await world.stored();
      expect((await world.run(file, { duplicates: 'fill' })).counts).toMatchObject({ unchanged: 1 });
      expect(await world.stored()).toEqual(before);
    });
  });

  it('refuses rows one by one, with their numbers and reasons, in a file that can be mended and imported again', async () => {
    const file = csv(
      `${phoneOf(1)},Ana`,
      ',Nadie',
      '',
      '12,Luz',
      '5.49112E+12,Eva',
      `${phoneOf(2)},Sol,sol@,`,
      '"=HYPERLINK(""http://x"")",Mal',
      `${phoneOf(3)},"Pía`,
      `${phoneOf(4)},Teo`,
    );
    const { counts, reasons, progress } = await world.run(file);
    expect(counts).toEqual({ rows: 8, created: 3, updated: 0, unchanged: 0, skipped: 0, failed: 5 });
    expect(progress).toMatchObject({ warned: 1, warnings: { 'email-invalid': 1 } });
    expect(reasons).toEqual({
      ...{ 'phone-missing': 1, 'phone-invalid': 2, 'phone-rounded': 1, 'open-quote': 1 },
    });
    const [errors] = progress?.errors ?? [];
    const bytes = world.bucket.files.get(errors?.key ?? '') ?? Buffer.alloc(0);
    expect(bytes.toString().startsWith(UTF8_MARK)).toBe(true);
    const { rows } = readRows(bytes, true, { encoding: 'utf-8-bom', delimiter: ',' }, 3);
    expect(rows.map(({ cells }) => cells.slice(0, 4))).toEqual([
      ['Fila', 'Motivo', 'Teléfono', 'Nombre'],
      ['3', 'Falta el teléfono', '', 'Nadie'],
      ['5', expect.stringContaining('no es válido'), '12', 'Luz'],
      ['6', expect.stringContaining('redondeó'), '5.49112E+12', 'Eva'],
      ['7', 'Importada sin este dato: El correo no es válido', phoneOf(2), 'Sol'],
      ['8', expect.anything(), `'=HYPERLINK("http://x")`, 'Mal'],
      ['9', expect.stringContaining('comilla'), phoneOf(3), 'Pía'],
    ]);
  });

  it('tries a file without writing anything', async () => {
    await world.capture({ phone: phoneOf(1) });
    const before = (await opened.rows()).filter(({ pk }) => !pk.includes('#JOB#'));
    const { counts } = await world.run(csv(...lines(3), ...lines(2), ',x'), { dryRun: true });
    expect(counts).toEqual({ rows: 6, created: 2, updated: 0, unchanged: 0, skipped: 3, failed: 1 });
    expect((await opened.rows()).filter(({ pk }) => !pk.includes('#JOB#'))).toEqual(before);
  });

  it('gives leads to sellers in turn, by name, or to one', async () => {
    await world.run(csv(...lines(4)), { sellers: ['ana', 'luz'] });
    const sellers = (await world.stored()).map(({ assignedTo }) => assignedTo).sort();
    expect(sellers).toEqual(['ana', 'ana', 'luz', 'luz']);
    const seller = aUser({ shopId: world.shop.shopId, role: 'seller', name: 'José Núñez', email: 'jose@example.com' });
    await opened.table.put({ ...keys.user(seller.shopId, seller.userId), ...seller });
    const file = `Tel,Vendedor\n${phoneOf(8)},jose nunez\n${phoneOf(9)},JOSE@example.com\n${phoneOf(10)},nadie`;
    const { counts, progress } = await world.run(file, { mapping: { phone: 0, seller: 1 } });
    expect(counts).toMatchObject({ created: 3, failed: 0 });
    expect(progress?.warnings).toEqual({ 'seller-unknown': 1 });
    const found = await byPhone();
    expect(found.get(phoneOf(8))?.assignedTo).toBe(seller.userId);
    expect(found.get(phoneOf(9))?.assignedTo).toBe(seller.userId);
  });

  it('puts leads in the stage that a row, or the import, names', async () => {
    const file = `Tel,Etapa,Fecha,Origen\n${phoneOf(1)},Negociación,21/11/2026,Feria Norte\n${phoneOf(2)},,2026-12-01,\n${phoneOf(3)},Ganadísimo,,`;
    const { counts } = await world.run(file, {
      mapping: { phone: 0, stage: 1, nextActionAt: 2, source: 3 },
      stageId: 'contacted',
    });
    expect(counts).toMatchObject({ created: 3, failed: 0 });
    const found = await byPhone();
    expect(found.get(phoneOf(3))).toMatchObject({ status: 'contacted' });
    expect(found.get(phoneOf(1))).toMatchObject({
      status: 'negotiation',
      nextActionAt: '2026-11-21T12:00:00.000Z',
      source: 'feria_norte',
    });
    expect(found.get(phoneOf(2))).toMatchObject({ status: 'contacted', source: 'import' });
  });

  it('writes down the consent that was given, and never over a refusal', async () => {
    const refused = await world.see({ phone: phoneOf(2) });
    await world.contacts.save({ ...refused, marketing: { state: 'revoked', at: refused.createdAt }, version: 2 });
    const consent = { text: 'Acepto recibir novedades', at: world.clock().toISOString() };
    await world.run(csv(...lines(2, 1)), { consent });
    const states = new Map((await world.stored()).map((lead) => [lead.phone, lead.leadId]));
    const stateOf = async (phone: string) =>
      (await world.contacts.find(world.shop.shopId, states.get(phone) ?? ''))?.marketing.state;
    expect([await stateOf(phoneOf(1)), await stateOf(phoneOf(2))]).toEqual(['granted', 'revoked']);
    const ledger = (await opened.rows()).filter(({ sk }) => sk.startsWith('CONSENT#'));
    expect(ledger).toEqual([expect.objectContaining({ state: 'granted', channel: 'import', text: consent.text })]);
  });

  it('loses what a file says of a person to a no that was said before and is told after', async () => {
    await world.run(csv(...lines(1)), { consent: { text: 'Acepto', at: world.clock().toISOString() } });
    const [lead] = await world.stored();
    const word = { shopId: world.shop.shopId, contactId: lead?.leadId ?? '', state: 'revoked' } as const;
    const at = new Date(world.clock().getTime() - 60 * 60_000).toISOString();
    const how = { source: 'keyword', channel: 'whatsapp', by: 'customer' } as const;
    await changeConsent({ ...word, at, ...how }, { contacts: world.contacts, patience: quickPatience(world.clock) });
    expect((await world.contacts.find(word.shopId, word.contactId))?.marketing).toMatchObject({ state: 'revoked', at });
  });

  it('stops when another file stands in the place of the one that was started', async () => {
    const job = await world.start(csv(...lines(3)));
    world.bucket.files.set(`imports/${world.shop.shopId}/${job.jobId}/file.csv`, Buffer.from(csv(...lines(4))));
    expect(await world.work(job)).toBe('failed');
    expect(await world.stored()).toEqual([]);
  });
});

describe('what cells say', () => {
  it('is cleaned of what nobody sees, and left out where it makes no sense', async () => {
    const mapping = { phone: 0, firstName: 1, nextActionAt: 2, tags: 3 };
    const file = `Tel,Nombre,Fecha,Tags\n${phoneOf(1)},A\u0000n\u202ea,0001-01-01,${'x'.repeat(41)};vip`;
    const { counts, progress } = await world.run(file, { mapping });
    expect(counts).toMatchObject({ created: 1, failed: 0 });
    expect(progress?.warnings).toEqual({ 'date-invalid': 1, 'tag-too-long': 1 });
    const [lead] = await world.stored();
    expect(lead).toMatchObject({ firstName: 'A n a', tags: ['vip'] });
    expect(lead?.nextActionAt).toBeUndefined();
  });
});

describe('an import into a table without room', () => {
  it('refuses nobody: it rests, and goes on where it was', async () => {
    const job = await world.start(csv(...lines(12)));
    let writes = 0;
    opened.faults.plan(({ operation }) => {
      if (operation !== 'TransactWriteItems') return undefined;
      writes += 1;
      return writes > 2 ? 'throttle' : undefined;
    });
    const pace = writePace(1000, quickPatience(world.clock, { budgetMs: 30_000 }));
    const paced = runImport({ ...world.importPorts(), people: importStore(opened.table, world.secret, pace) });
    expect(await world.work(job, paced)).toBe('paused');
    expect(await world.progressOf(job)).toMatchObject({ counts: { failed: 0 }, errors: [] });
    expect(writes).toBeLessThan(100);
    opened.faults.stop();
    expect(await world.work(job)).toBe('not-ours');
    world.clock.advance(61_000);
    expect(await world.work(job)).toBe('done');
    const { counts, errors } = await world.progressOf(job);
    expect(counts).toEqual({ rows: 12, created: 12, updated: 0, unchanged: 0, skipped: 0, failed: 0 });
    expect(errors).toEqual([]);
    expect(await world.stored()).toHaveLength(12);
  });
});

describe('a dry run that takes longer than a worker has', () => {
  it('goes on where the one before stopped, and ends', async () => {
    const job = await world.start(csv(...lines(23), ...lines(2)), { dryRun: true });
    const ports = world.importPorts();
    let slices = 0;
    const slow = runImport({
      ...ports,
      people: {
        ...ports.people,
        known: (...args) => {
          slices += 1;
          world.clock.advance(5 * 60_000);
          return ports.people.known(...args);
        },
      },
    });
    const outcomes = [];
    for (let run = 0; run < 4 && outcomes.at(-1) !== 'done'; run += 1) outcomes.push(await world.work(job, slow));
    expect(outcomes).toEqual(['paused', 'paused', 'done']);
    expect(slices).toBe(6);
    const { counts } = await world.progressOf(job);
    expect(counts.created + counts.skipped).toBe(25);
    expect(counts.rows).toBe(25);
  });
});

describe('a file whose header does not stand first', () => {
  it('has nobody made of it', async () => {
    const { counts, progress } = await world.run(`\n,,\nTeléfono,Nombre,,\n${phoneOf(1)},Ana,,\nx,Luz,,`, {
      headerRow: 3,
    });
    expect(counts).toMatchObject({ rows: 2, created: 1, failed: 1 });
    expect(world.bucket.files.get(progress?.errors[0]?.key ?? '')?.toString()).toContain('Fila,Motivo,Teléfono,Nombre');
  });
});

describe('an import that dies', () => {
  /** Dies at a step: before or after a call of a port. */
  const dyingPorts = (dieAt: number) => {
    let step = 0;
    const ports = world.importPorts();
    const mortal = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) => {
      return async (...args: Args): Promise<Result> => {
        step += 1;
        if (step === dieAt) throw new Error('killed');
        const result = await call(...args);
        step += 1;
        if (step === dieAt) throw new Error('killed');
        return result;
      };
    };
    const { people, files } = ports;
    return {
      ...ports,
      people: {
        ...people,
        known: mortal(people.known),
        doneRows: mortal(people.doneRows),
        commit: mortal(people.commit),
      },
      files: { ...files, getRange: mortal(files.getRange), put: mortal(files.put) },
    };
  };

  const file = () =>
    csv(
      ...lines(9),
      ',sin teléfono',
      ...lines(2, 7),
      `${phoneOf(1)},Otra,otra@example.com,x`,
      'x,mal',
      ...lines(2, 90),
    );
  const figures = async () =>
    (await world.stored())
      .map(({ phone, firstName, email, tags, importRow }) => ({ phone, firstName, email, tags, importRow }))
      .sort((one, other) => ((one.phone ?? '') < (other.phone ?? '') ? -1 : 1));

  const inOneGo = async (duplicates: 'skip' | 'fill' | 'overwrite') => {
    const { counts, reasons, progress } = await world.run(file(), { duplicates });
    const errors = (progress?.errors ?? []).map(({ key }) => world.bucket.files.get(key)?.toString());
    return { counts, reasons, errors, leads: await figures() };
  };

  it.each(['skip', 'fill', 'overwrite'] as const)(
    'comes to the same result wherever it was killed, with the policy %s',
    async (duplicates) => {
      const expected = await inOneGo(duplicates);
      for (let dieAt = 1; dieAt < 60; dieAt += duplicates === 'fill' ? 2 : 7) {
        opened = await tables.openTestTable();
        world = openImportWorld(opened);
        const job = await world.start(file(), { duplicates });
        const first = world.work(job, runImport(dyingPorts(dieAt)));
        const isKilled = await first.then(
          () => false,
          () => true,
        );
        // what failed rests for a while
        world.clock.advance(10 * 60_000);
        if (isKilled) expect(await world.work(job)).toBe('done');
        const { counts, reasons, errors } = await world.progressOf(job);
        const texts = errors.map(({ key }) => world.bucket.files.get(key)?.toString());
        expect({ counts, reasons, errors: texts, leads: await figures() }).toEqual(expected);
        if (!isKilled) break;
      }
    },
    60_000,
  );

  it('counts each row once when its worker lives on after another took over', async () => {
    const job = await world.start(file());
    const ports = world.importPorts();
    let isTaken = false;
    const slow = runImport({
      ...ports,
      people: {
        ...ports.people,
        commit: async (...args) => {
          if (!isTaken) {
            isTaken = true;
            world.clock.advance(4 * 60_000);
            expect(await world.work(job)).toBe('done');
          }
          return ports.people.commit(...args);
        },
      },
    });
    expect(await world.work(job, slow)).toBe('not-ours');
    const { counts } = await world.progressOf(job);
    expect(counts).toEqual({ rows: 16, created: 11, updated: 0, unchanged: 0, skipped: 3, failed: 2 });
    expect(await world.stored()).toHaveLength(11);
  });

  it('stops where it is when it is cancelled, and has counted what it did', async () => {
    const job = await world.start(csv(...lines(12)));
    const ports = world.importPorts();
    const cancelling = runImport({
      ...ports,
      people: {
        ...ports.people,
        commit: async (...args) => {
          const patience = quickPatience(world.clock);
          const which = { shopId: job.shopId, jobId: job.jobId, kind: job.kind, by: 'user:ana' };
          await cancelJob(which, { jobs: world.jobs, clock: world.clock, patience });
          return ports.people.commit(...args);
        },
      },
    });
    expect(await world.work(job, cancelling)).toBe('cancelled');
    const { counts } = await world.progressOf(job);
    expect(counts.created).toBe((await world.stored()).length);
    expect(counts.rows).toBe(4);
  });

  it('finds back to rows at which others were faster', async () => {
    const job = await world.start(csv(...lines(12)));
    const ports = world.importPorts();
    let isFirst = true;
    const raced = runImport({
      ...ports,
      people: {
        ...ports.people,
        commit: async (...args) => {
          if (isFirst) {
            isFirst = false;
            await Promise.all(
              [3, 4, 5].map((number) => world.capture({ phone: phoneOf(number) }, { firstName: 'Luz' })),
            );
          }
          return ports.people.commit(...args);
        },
      },
    });
    expect(await world.work(job, raced)).toBe('done');
    expect((await world.progressOf(job)).counts).toMatchObject({ rows: 12, created: 9, skipped: 3 });
    expect(await world.stored()).toHaveLength(12);
  });
});

describe('counts', () => {
  it('add up, whatever the file is made of', async () => {
    const aLine = fc.oneof(
      fc.nat(30).map((number) => `${phoneOf(number)},Ana,,`),
      fc.constantFrom('', ',x', '12,y', `${phoneOf(1)},"abierta`, '"a\nb",c', `${phoneOf(2)},"Dos\nlíneas",,x`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(aLine, { maxLength: 15 }),
        fc.constantFrom('skip', 'fill', 'overwrite'),
        fc.boolean(),
        async (some, duplicates, dryRun) => {
          const { counts, outcome } = await world.run(csv(...some), { duplicates, dryRun } as object);
          expect(outcome).toBe('done');
          const { rows = 0, ...others } = counts ?? {};
          expect(Object.values(others).reduce((sum, count) => sum + count, 0)).toBe(rows);
        },
      ),
      { numRuns: 12 },
    );
  });
});
