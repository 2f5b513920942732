import { afterAll, beforeAll, expect, it } from 'vitest';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import { erasureStore } from '../../functions/contacts/erasure.store.ts';
import { personFileStore } from '../../functions/contacts/person-file.store.ts';
import { type ExportedFile, personExportRunner } from '../../functions/contacts/run-person-export.ts';
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

it('puts all that a shop has of a person into files, and nothing of anybody else', async () => {
  const shop = await openKnowingShop(world);
  const { contactId, codes } = await shop.know(ana);
  await shop.know(beto);
  const before = await world.rows();
  const jobId = anId();
  const job: Job = {
    ...{ shopId: shop.shopId, jobId, kind: 'person-export', state: 'running', by: 'user:admin', input: { contactId } },
    ...{ progress: {}, version: 2, createdAt: '2026-11-21T18:00:00.000Z', updatedAt: '2026-11-21T18:00:00.000Z' },
  };
  let progress = job.progress;
  let end: Awaited<ReturnType<ReturnType<typeof runnerOf>>>;
  // the time is up behind every step: somebody else goes on
  while (end === undefined) {
    end = await runnerOf(shop)({
      job: { ...job, progress },
      checkpoint: async (next) => {
        progress = next;
        return false;
      },
    });
  }
  expect(end).toMatchObject({
    state: 'done',
    result: { counts: { contacts: 1, leads: 1, notes: 1, consents: 1, messages: 4, conversations: 1, submissions: 3 } },
  });
  const files = end.result?.['files'] as ExportedFile[];
  expect(files.every(({ key }) => key.startsWith(`person-exports/${shop.shopId}/${jobId}/`))).toBe(true);
  const text = files.map(({ key }) => shop.files.get(key)?.toString('utf8')).join('\n');
  for (const part of [ana.phone, ana.email, ana.words, ana.name, ana.userId, ...codes]) expect(text).toContain(part);
  expect(tracesOf(beto).filter((trace) => text.includes(trace))).toEqual([]);
  expect(text).not.toContain('gsi1pk');
  expect(files.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^media\/.*\.pdf$/));
  expect(await world.rows()).toEqual(expect.arrayContaining(before));
});
