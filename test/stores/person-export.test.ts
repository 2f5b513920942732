import { afterAll, beforeAll, expect, it } from 'vitest';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import { erasureStore } from '../../functions/contacts/erasure.store.ts';
import { FILES_PER_LIST } from '../../functions/contacts/person-export.ts';
import { personFileStore } from '../../functions/contacts/person-file.store.ts';
import { personExportView } from '../../functions/contacts/person-job-view.ts';
import { personExportRunner } from '../../functions/contacts/run-person-export.ts';
import type { Job } from '../../functions/jobs/job.ts';
import { leadStore } from '../../functions/leads/lead.store.ts';
import { anId } from '../support/builders.ts';
import { ana, beto, type KnowingShop, openKnowingShop, SECRET, tracesOf } from '../support/known-person.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
});
afterAll(async () => {
  await world.drop();
  await server.close();
});

const secret = async () => SECRET;

const runnerOf = ({ files }: KnowingShop) => {
  const { table } = world;
  const bucket = {
    get: async (key: string) => files.get(key),
    put: async (key: string, body: Buffer | string) => void files.set(key, Buffer.from(body)),
  };
  const rows = { ...personFileStore(table), ...erasureStore(table, secret) };
  const contacts = contactStore(table, secret);
  return personExportRunner({ rows, secret, media: bucket, files: bucket, contacts, leads: leadStore(table, secret) });
};

/** All pages of an export's files, with what is in them. */
const filesOf = async ({ files, clock }: KnowingShop, job: Job) => {
  const bucket = { get: async (key: string) => files.get(key), presignGet: async (key: string) => key };
  const all: { name: string; bytes: number; content: Buffer | undefined }[] = [];
  const pages: number[] = [];
  for (let cursor: string | undefined = '1'; cursor !== undefined; ) {
    const view: Awaited<ReturnType<typeof personExportView>> = await personExportView(
      job,
      { cursor },
      { files: bucket, clock },
    );
    pages.push(view.files.length);
    all.push(...view.files.map(({ name, bytes, url }) => ({ name, bytes, content: files.get(url) })));
    cursor = view.nextCursor;
  }
  return { all, pages };
};

/** Has somebody else go on behind every checkpoint; gives the job as it ends, and how much was ever kept with it. */
const runInPieces = async (shop: KnowingShop, job: Job) => {
  let progress = job.progress;
  let most = 0;
  for (;;) {
    const end = await runnerOf(shop)({
      job: { ...job, progress },
      checkpoint: async (next) => {
        progress = next;
        most = Math.max(most, JSON.stringify(next).length);
        return false;
      },
    });
    if (end) return { ended: { ...job, ...end } as Job, most };
  }
};

const aJob = (shopId: string, contactId: string): Job => ({
  ...{ shopId, jobId: anId(), kind: 'person-export', state: 'running', by: 'user:admin', input: { contactId } },
  ...{ progress: {}, version: 2, createdAt: '2026-11-21T18:00:00.000Z', updatedAt: '2026-11-21T18:00:00.000Z' },
});

it('puts all that a shop has of a person into files, and nothing of anybody else', async () => {
  const shop = await openKnowingShop(world);
  const { contactId, codes } = await shop.know(ana);
  await shop.know(beto);
  const before = await world.rows();
  const job = aJob(shop.shopId, contactId);
  const { ended } = await runInPieces(shop, job);
  expect(ended).toMatchObject({
    state: 'done',
    result: { counts: { contacts: 1, leads: 1, notes: 1, consents: 1, messages: 4, conversations: 1, submissions: 3 } },
  });
  const { all } = await filesOf(shop, ended);
  const text = all.map(({ content }) => content?.toString('utf8')).join('\n');
  for (const part of [ana.phone, ana.email, ana.words, ana.name, ana.userId, ...codes]) expect(text).toContain(part);
  expect(tracesOf(beto).filter((trace) => text.includes(trace))).toEqual([]);
  expect(text).not.toContain('gsi1pk');
  const names = all.map(({ name }) => name);
  expect(names).toContainEqual(expect.stringMatching(/^media\/.*\.pdf$/));
  // what the shop sent them too
  expect(names).toContainEqual(expect.stringMatching(/^media\/.*\.jpg$/));
  const made = [...shop.files.keys()].filter((key) => key.includes(job.jobId));
  expect(made.toSorted()).toEqual(
    all.map((_, index) => `person-exports/${shop.shopId}/${job.jobId}/${index + 1}`).toSorted(),
  );
  expect(await world.rows()).toEqual(expect.arrayContaining(before));
});

it('takes any number of files, one after the other, and tells of those that are gone', async () => {
  const shop = await openKnowingShop(world);
  const { shopId } = shop;
  await shop.write(ana, { type: 'text', text: { body: 'hola' } });
  const { contactId } = await shop.contactOf(ana);
  const count = 2 * FILES_PER_LIST + 30;
  const sent = Array.from({ length: count }, () => `uploads/${shopId}/${anId()}.jpg`);
  for (const [index, key] of sent.entries()) if (index !== 7) shop.files.set(key, Buffer.from(`picture ${index}`));
  const cards = (keys: string[]) => keys.map((media_key) => ({ image: { media_key } }));
  const rows = sent.map((_, index) => index).filter((index) => index % 10 === 0);
  const conversation = await shop.conversationOf(ana);
  for (const index of rows) {
    const messageId = anId();
    const key = { pk: `S#${shopId}#CONVERSATION#${conversation.conversationId}`, sk: `MESSAGE#${messageId}` };
    const found = (await world.rows()).find(
      ({ sk, pk }) => sk.startsWith('MESSAGE#') && pk.includes(conversation.conversationId),
    );
    const content = cards(sent.slice(index, index + 10));
    await world.table.put({ ...key, pk: found?.pk ?? key.pk, sk: `${found?.sk}-${index}`, messageId, content });
  }
  const { ended, most } = await runInPieces(shop, aJob(shopId, contactId));
  expect(ended.result?.['counts']).toMatchObject({ files: count - 1, filesLeftOut: 1 });
  const { all, pages } = await filesOf(shop, ended);
  expect(pages).toEqual([FILES_PER_LIST, FILES_PER_LIST, all.length - 2 * FILES_PER_LIST]);
  const pictures = all.flatMap(({ content }) =>
    content?.toString().startsWith('picture') ? [content.toString()] : [],
  );
  expect(new Set(pictures).size).toBe(count - 1);
  expect(most).toBeLessThan(50_000);
}, 60_000);
