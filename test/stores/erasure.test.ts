import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import { erasureStore } from '../../functions/contacts/erasure.store.ts';
import { Erasure } from '../../functions/contacts/erasure.ts';
import { repeatErasure } from '../../functions/contacts/repeat-erasure.ts';
import { erasureRunner, type RunErasurePorts } from '../../functions/contacts/run-erasure.ts';
import { jobStore } from '../../functions/jobs/job.store.ts';
import type { Job } from '../../functions/jobs/job.ts';
import type { Runner } from '../../functions/jobs/run-job.ts';
import { leadStore } from '../../functions/leads/lead.store.ts';
import { readContent } from '../../functions/whatsapp/outbound-content.ts';
import { anId } from '../support/builders.ts';
import { openImportWorld } from '../support/import-world.ts';
import { ana, beto, type KnowingShop, type Known, openKnowingShop, SECRET, tracesOf } from '../support/known-person.ts';
import { seededRandom } from '../support/random.ts';
import { startTables, type TestTable } from '../support/table.ts';
import { aMessageEvent, anEventOf } from '../support/whatsapp-events.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
beforeAll(async () => {
  server = await startTables();
});
afterAll(() => server.close());
beforeEach(async () => {
  world = await server.openTestTable();
});
afterEach(() => world.drop());

const secret = async () => SECRET;

const portsOf = ({ files }: KnowingShop, change: Partial<RunErasurePorts> = {}): RunErasurePorts => {
  const { table } = world;
  const bucket = {
    getRange: async (key: string, from: number, length: number) => {
      const body = files.get(key);
      return body && { body: body.subarray(from, from + length) };
    },
    firstKey: async (prefix: string, after = '') =>
      [...files.keys()].toSorted().find((key) => key.startsWith(prefix) && key > after),
    remove: async (key: string) => {
      files.delete(key);
    },
  };
  return {
    ...{ rows: erasureStore(table, secret), secret, media: bucket, files: bucket, jobs: jobStore(table) },
    ...{ contacts: contactStore(table, secret), leads: leadStore(table, secret) },
    ...change,
  };
};

const aJob = ({ shopId }: KnowingShop, contactId: string): Job => ({
  ...{ shopId, jobId: anId(), kind: 'erasure', state: 'running', by: 'user:admin', input: { contactId }, progress: {} },
  ...{ version: 2, createdAt: '2026-11-21T18:00:00.000Z', updatedAt: '2026-11-21T18:00:00.000Z' },
});

/** Runs it to its end, however often it dies; gives what was ever saved of its progress. `rest`: what others do while it rests. */
const run = async (runner: Runner, job: Job, rest: () => Promise<unknown> = async () => undefined) => {
  const saved: Job['progress'][] = [];
  let progress = job.progress;
  for (;;) {
    try {
      const end = await runner({
        job: { ...job, progress },
        checkpoint: async (next, restSeconds) => {
          progress = next;
          saved.push(next);
          if (restSeconds !== undefined) await rest();
          return restSeconds === undefined;
        },
      });
      if (end) return { end, saved };
    } catch {
      // it begins anew behind its last checkpoint
    }
  }
};

/** DynamoDB keeps no order of members. */
const inOrder = (row: object): string =>
  JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [two]) => (one < two ? -1 : 1)))
      : value,
  );

const rawOf = async ({ shopId, files }: KnowingShop): Promise<string> => {
  const rows = (await world.rows()).filter((row) => JSON.stringify(row).includes(shopId));
  const bytes = [...files].map(([key, content]) => `${key} ${content.toString('utf8').replaceAll('\0', '')}`);
  return [...rows.map(inOrder).sort(), ...bytes].join('\n');
};

const tracesIn = (raw: string, who: Known): string[] => tracesOf(who).filter((trace) => raw.includes(trace));

/** The rows of somebody who is left, to be compared. */
const rowsWith = async (texts: readonly string[]): Promise<string[]> =>
  (await world.rows())
    .map(inOrder)
    .filter((row) => texts.some((text) => row.includes(text)))
    .sort();

/** The step that takes the names away. */
const CUT_STEP = 8;

const saying = (body: string) => ({ type: 'text', text: { body } });

describe('an erasure', () => {
  it('leaves no trace of a person in any row or file, and everybody else as they were', async () => {
    const shop = await openKnowingShop(world);
    const { contactId, codes } = await shop.know(ana);
    const other = await shop.know(beto);
    expect(tracesIn(await rawOf(shop), ana)).toEqual(
      expect.arrayContaining([ana.waId, ana.email, ana.userId, ana.words]),
    );
    const others = [other.contactId, ...other.codes, ...tracesOf(beto)];
    const before = await rowsWith(others);
    const filesBefore = [...shop.files].filter(([, content]) =>
      content.toString('utf8').replaceAll('\0', '').includes(beto.name),
    );

    const { end, saved } = await run(erasureRunner(portsOf(shop)), aJob(shop, contactId));
    expect(end).toMatchObject({
      state: 'done',
      result: {
        counts: {
          ...{ contacts: 1, lookups: 2, conversations: 1, messages: 4, files: 2, leads: 1, notes: 1, consents: 1 },
          ...{ auditEntries: 4, saleLinks: 2, submissions: 3, events: 1, jobFiles: 3, contactCheckouts: 1 },
        },
      },
    });

    const raw = await rawOf(shop);
    expect(tracesIn(raw, ana)).toEqual([]);
    expect(await rowsWith(others)).toEqual(before);
    for (const [key] of filesBefore) expect(shop.files.has(key)).toBe(true);
    expect(filesBefore).toHaveLength(5);
    expect(JSON.stringify(saved).length).toBeGreaterThan(100);
    expect(tracesIn(JSON.stringify(saved), ana)).toEqual([]);

    const left = (await world.rows()).filter((row) => JSON.stringify(row).includes(contactId));
    expect(left.map(({ pk }) => pk)).toEqual([`S#${shop.shopId}#ERASURES`]);
    expect(Erasure().parse(left[0])).toMatchObject({ contactId, by: 'user:admin' });
    const checkouts = (await world.rows()).filter(
      ({ pk, sk }) => codes.some((code) => pk === `CHECKOUT#${code}`) && sk === 'META',
    );
    expect(checkouts).toHaveLength(3);
    for (const one of checkouts) expect(one).toMatchObject({ customerName: '', phone: '', total: expect.any(Number) });
  });

  it.each([1, 2, 3])('is finished whatever dies and whenever (%i)', async (seed) => {
    const shop = await openKnowingShop(world);
    const { contactId } = await shop.know(ana);
    const ports = portsOf(shop);
    const random = seededRandom(seed);
    let deaths = 0;
    /** Calls die now and then, before or after their work. */
    const mortal = <Port extends object>(port: Port): Port => {
      const call =
        (work: (...args: unknown[]) => unknown) =>
        async (...args: unknown[]) => {
          const chance = random();
          if (chance < 0.08) deaths += 1;
          if (chance < 0.04) throw new Error('died before');
          const done = await work(...args);
          if (chance < 0.08) throw new Error('died after');
          return done;
        };
      const calls = Object.entries(port).map(([name, work]) => [name, call(work as (...args: unknown[]) => unknown)]);
      return Object.fromEntries(calls) as Port;
    };
    const { rows, media, files } = ports;
    const runner = erasureRunner({ ...ports, rows: mortal(rows), media: mortal(media), files: mortal(files) });
    expect((await run(runner, aJob(shop, contactId))).end).toMatchObject({ state: 'done' });
    expect(deaths).toBeGreaterThan(2);
    expect(tracesIn(await rawOf(shop), ana)).toEqual([]);
  });

  it('covers everybody whom they turned out to be', async () => {
    const shop = await openKnowingShop(world);
    const { connection, inbox, clock } = shop;
    const { waId, userId, name } = ana;
    for (const from of [
      { waId, name },
      { userId, name },
      { waId, userId, name },
    ]) {
      clock.advance(1000);
      await inbox.receive(aMessageEvent(connection, { from, at: clock().toISOString() }));
    }
    const { contactId } = await shop.contactOf(ana);
    await run(erasureRunner(portsOf(shop)), aJob(shop, contactId));
    expect(tracesIn(await rawOf(shop), ana)).toEqual([]);
    const ids = (await world.rows()).filter(({ pk }) => pk.startsWith(`S#${shop.shopId}#CONTACT#`));
    expect(ids).toEqual([]);
  });

  it.each([0, 1, 5, 9, 30, 36, 37, 38, 39, 40, 44, 60])(
    'makes a new contact of who writes in the middle of it (%i)',
    async (moment) => {
      const shop = await openKnowingShop(world);
      const { contactId } = await shop.know(ana);
      let steps = 0;
      const job = aJob(shop, contactId);
      let progress = job.progress;
      await erasureRunner(portsOf(shop))({
        job,
        checkpoint: async (next) => {
          progress = next;
          steps += 1;
          return steps <= moment;
        },
      });
      await shop.write(ana, { type: 'text', text: { body: 'sigo acá' } });
      const fresh = await shop.contactOf(ana);
      const { end } = await run(erasureRunner(portsOf(shop)), { ...job, progress });
      expect(end).toMatchObject({ state: 'done' });
      const isEarly = fresh.contactId === contactId;
      expect(isEarly).toBe(Number(progress['step'] ?? 0) <= CUT_STEP);
      const raw = await rawOf(shop);
      for (const trace of [ana.words, ana.email]) expect(raw).not.toContain(trace);
      if (isEarly) return;
      expect((await shop.contactOf(ana)).contactId).toBe(fresh.contactId);
      expect(raw).toContain('sigo acá');
    },
  );

  it.each([1, 2, 3, 4])('makes one new contact of who writes all the while (%i)', async (seed) => {
    const shop = await openKnowingShop(world);
    const { connection, inbox, shopId, clock } = shop;
    const at = () => clock().toISOString();
    // known by phone alone, and by an id from the middle of it on
    const { waId, userId, name } = ana;
    await inbox.receive(aMessageEvent(connection, { from: { waId, name }, at: at(), content: saying('antes') }));
    const { contactId } = await shop.contactOf(ana);
    const random = seededRandom(seed);
    let isOver = false;
    const writing = async () => {
      for (let count = 0; !isOver || count < 3; count += 1) {
        clock.advance(1000);
        const from = random() < 0.5 ? { waId, userId, name } : { waId, name };
        const event = aMessageEvent(connection, { from, at: at(), content: saying(`durante ${count}`) });
        for (let tries = 0; tries < 5; tries += 1) {
          if (await inbox.receive(event).catch(() => undefined)) break;
        }
        await setTimeout(random() * 10);
      }
    };
    const rest = async () => setTimeout(60);
    const erasing = run(erasureRunner(portsOf(shop)), aJob(shop, contactId), rest).finally(() => {
      isOver = true;
    });
    await Promise.all([erasing, writing()]);
    const fresh = await shop.contactOf(ana);
    expect(fresh.contactId).not.toBe(contactId);
    const rows = (await world.rows()).filter(({ pk }) => pk.startsWith(`S#${shopId}#`));
    const old = rows.filter((row) => JSON.stringify(row).includes(contactId));
    expect(old.map(({ pk }) => pk)).toEqual([`S#${shopId}#ERASURES`]);
    expect(rows.filter(({ pk }) => pk.includes('#CONTACT#'))).toHaveLength(1);
    const messages = rows.filter(({ sk }) => sk.startsWith('MESSAGE#')).length;
    expect(messages).toBeGreaterThanOrEqual(3);
    await inbox.receive(aMessageEvent(connection, { from: { waId, userId, name }, at: at(), content: saying('fin') }));
    const { byPhone, byUserId } = await inbox.contacts.known(
      shopId,
      [{ phone: ana.phone }, { businessId: connection.businessId, userId }],
      { consistent: true },
    );
    expect([byPhone?.contactId, byUserId?.contactId]).toEqual([fresh.contactId, fresh.contactId]);
  });

  it('frees a name too that the person got at the very moment', async () => {
    const shop = await openKnowingShop(world);
    const { connection, inbox, clock } = shop;
    const { waId, userId, name } = ana;
    const write = (from: object) =>
      inbox.receive(aMessageEvent(connection, { from, at: clock().toISOString(), content: saying('hola') }));
    await write({ waId, name });
    const { contactId } = await shop.contactOf(ana);
    const { rows, ...ports } = portsOf(shop);
    let isTold = false;
    const cut: typeof rows.cut = async (contact, ids) => {
      clock.advance(1000);
      if (!isTold) await write({ waId, userId, name });
      isTold = true;
      return rows.cut(contact, ids);
    };
    await run(erasureRunner({ ...ports, rows: { ...rows, cut } }), aJob(shop, contactId));
    expect(tracesIn(await rawOf(shop), ana)).toEqual([]);
    clock.advance(1000);
    expect(await write({ userId, name })).toBe('received');
  });

  it('takes away what others add who were at it when it began', async () => {
    const shop = await openKnowingShop(world);
    const { contactId } = await shop.know(ana);
    const conversation = await shop.conversationOf(ana);
    const [message] = await shop.inbox.messages.between(shop.shopId, conversation.conversationId, {
      ...{ from: '0', to: '~', limit: 1 },
    });
    if (message === undefined) throw new Error('no message');
    const rest = async () => {
      const late = {
        ...message,
        messageId: anId(),
        metaId: `wamid.${anId()}`,
        raw: JSON.stringify({ from: ana.waId }),
      };
      await shop.inbox.messages.putFindable(late, shop.clock());
    };
    await run(erasureRunner(portsOf(shop)), aJob(shop, contactId), rest);
    expect(tracesIn(await rawOf(shop), ana)).toEqual([]);
    expect((await world.rows()).filter(({ pk }) => pk.includes(conversation.conversationId))).toEqual([]);
  });

  it('leaves nothing of a message that is being sent', async () => {
    const shop = await openKnowingShop(world);
    const { contactId } = await shop.know(ana);
    const message = await shop.send(ana, { content: readContent({ type: 'text', text: { body: 'Ya va' } }) });
    const claimedUntil = new Date(shop.clock().getTime() + 60_000).toISOString();
    const claimed = await shop.outbound.claim(message, { claimedUntil });
    await run(erasureRunner(portsOf(shop)), aJob(shop, contactId));
    if (claimed === undefined) throw new Error('not claimed');
    await shop.outbound.settle(claimed, { state: 'sent', metaId: 'wamid.LATE', held: false }, shop.clock());
    expect(await rawOf(shop)).not.toContain('wamid.LATE');
    expect(tracesIn(await rawOf(shop), ana)).toEqual([]);
  });

  it('waits for an import that stands queued, which would bring the person back', async () => {
    const shop = await openKnowingShop(world);
    await shop.write(ana, saying('hola'));
    const { contactId } = await shop.contactOf(ana);
    const imports = openImportWorld(world, { clock: shop.clock, shop: shop.shop });
    const queued = await imports.start(`phone,name\n${ana.waId},${ana.name}\n${beto.waId},${beto.name}\n`);
    const uploaded = await imports.start(`phone,name\n${ana.waId},${ana.name}\n`, {}, 'uploading');
    const ports = portsOf({ ...shop, files: imports.bucket.files });
    let rests = 0;
    const { end } = await run(erasureRunner(ports), aJob(shop, contactId), async () => {
      rests += 1;
      // the third time is the one for whoever was at it when the person went
      if (rests < 3) expect((await shop.contactOf(ana)).contactId).toBe(contactId);
      if (rests === 2) expect(await imports.work(queued)).toBe('done');
    });
    expect(end).toMatchObject({ state: 'done', result: { counts: { jobFiles: 2 } } });
    expect(rests).toBe(3);
    expect(
      await imports.jobs.save({
        ...((await imports.jobs.find(shop.shopId, uploaded.jobId)) ?? uploaded),
        state: 'queued',
        version: 3,
      }),
    ).toBe(true);
    expect(await imports.work(uploaded)).toBe('failed');
    expect(tracesIn(await rawOf({ ...shop, files: imports.bucket.files }), ana)).toEqual([]);
    expect((await shop.contactOf(beto)).phone).toBe(`+${beto.waId}`);
  });

  it('goes on where it failed when it is asked for again, and finds once more who it was', async () => {
    const shop = await openKnowingShop(world);
    const { contactId } = await shop.know(ana);
    const { shopId, clock } = shop;
    const jobs = jobStore(world.table);
    const started = { ...aJob(shop, contactId), version: 1 };
    const progress: Job['progress'][] = [];
    const { rows, ...ports } = portsOf(shop);
    const broken = erasureRunner({
      ...ports,
      rows: { ...rows, closeConversation: () => Promise.reject(new Error('no')) },
    });
    await expect(broken({ job: started, checkpoint: async (next) => progress.push(next) > 0 })).rejects.toThrow('no');
    await expect(shop.contactOf(ana)).rejects.toThrow('nobody');
    const failed: Job = { ...started, state: 'failed', error: 'gave-up', progress: progress.at(-1) ?? {} };
    expect(await jobs.save(failed)).toBe(true);

    const which = { shopId, jobId: failed.jobId, by: 'user:admin' };
    const again = await repeatErasure(which, { jobs, clock });
    expect(again).toMatchObject({ state: 'queued', progress: failed.progress });
    expect(again.error).toBeUndefined();
    expect(await repeatErasure(which, { jobs, clock })).toMatchObject({ state: 'queued', version: again.version });
    const { end } = await run(erasureRunner(portsOf(shop)), again);
    expect(end).toMatchObject({ state: 'done', result: { counts: { messages: 4, leads: 1 } } });
    expect(tracesIn(await rawOf(shop), ana)).toEqual([]);

    const done: Job = { ...again, ...end, state: 'done', version: again.version + 1 };
    expect(await jobs.save(done)).toBe(true);
    const unread = { kind: 'error', field: 'odd', payload: { about: ana.waId } } as const;
    await shop.inbox.receive(anEventOf(shop.connection, unread));
    expect(tracesIn(await rawOf(shop), ana)).not.toEqual([]);
    const third = await repeatErasure(which, { jobs, clock });
    const more = await run(erasureRunner(portsOf(shop)), third);
    expect(more.end).toMatchObject({ state: 'done', result: { counts: { messages: 4, leads: 1, events: 2 } } });
    expect(tracesIn(await rawOf(shop), ana)).toEqual([]);
    const trail = (await world.rows()).flatMap((row) => (row['action'] === 'erasure.repeated' ? [row['by']] : []));
    expect(trail).toEqual(['user:admin', 'user:admin']);
  });

  it('finds who has neither phone nor address in a file by their id, and files that no job noted', async () => {
    const shop = await openKnowingShop(world);
    const { shopId, files, connection, clock } = shop;
    const from = { userId: ana.userId, name: ana.name };
    await shop.inbox.receive(aMessageEvent(connection, { from, at: clock().toISOString(), content: saying('hola') }));
    const contact = (await world.rows()).find(({ pk, sk }) => pk.includes('#CONTACT#') && sk === 'META');
    const contactId = String(contact?.['contactId']);
    const jobs = jobStore(world.table);
    const over = async (change: Pick<Job, 'kind'> & Partial<Job>) => {
      const job: Job = { ...aJob(shop, contactId), state: 'cancelled', version: 1, ...change };
      expect(await jobs.save(job)).toBe(true);
      return job;
    };
    const { jobId } = await over({ kind: 'lead-export', input: { filter: {}, delimiter: ',' } });
    files.set(`exports/${shopId}/${jobId}/leads-1.csv`, Buffer.from(`x,,,${contactId},${ana.name}\n`));
    const theirs = await over({ kind: 'person-export', progress: { made: 1, files: [] } });
    for (const name of ['1', '2', 'list-1.json']) {
      files.set(`person-exports/${shopId}/${theirs.jobId}/${name}`, Buffer.from(ana.name));
    }
    const fileName = `${ana.name}.csv`;
    const imported = await over({ kind: 'import', input: { fileName, bytes: 1 } });
    const key = `imports/${shopId}/${imported.jobId}/file.csv`;
    const long = Buffer.from(`${'nadie,5491100000000\n'.repeat(70_000)}${ana.userId}\n`);
    files.set(key, long);
    files.set(
      `imports/${shopId}/${imported.jobId}/worker-1/errors-1.csv`,
      Buffer.from(`7,${ana.userId},${ana.name}\n`),
    );
    const { end, saved } = await run(erasureRunner(portsOf(shop)), aJob(shop, contactId));
    expect(end).toMatchObject({ state: 'done' });
    expect([...files.keys()]).toEqual([]);
    expect(tracesIn(await rawOf(shop), ana)).toEqual([]);
    expect((await jobs.find(shopId, imported.jobId))?.input).toMatchObject({ fileName: '—' });
    // a worker that dies has one piece of the long file to look through again
    expect(saved.some(({ cursor }) => String(cursor).includes('"byte":1000000'))).toBe(true);
  });

  it('of nobody says so, and changes nothing', async () => {
    const shop = await openKnowingShop(world);
    const before = await rawOf(shop);
    const { end } = await run(erasureRunner(portsOf(shop)), aJob(shop, anId()));
    expect(end).toEqual({ state: 'failed', error: 'not-found' });
    expect(await rawOf(shop)).toBe(before);
  });
});
