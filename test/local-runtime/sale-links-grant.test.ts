import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exists } from '#platform/expression.ts';
import { openTable } from '#platform/table.ts';
import { keys, tableSchema } from '#table/schema.ts';
import { auditEntry } from '../../functions/audit/audit-change.ts';
import { type FunctionName, manifest } from '../../functions/manifest.ts';
import { saleLinkStore } from '../../functions/sale-links/sale-link.store.ts';
import { emptySummary, type SaleLink, withSale } from '../../functions/sale-links/sale-link.ts';
import { synthesize } from '../../lib/app.ts';
import { functionLogicalId } from '../../lib/constructs/service-function.ts';
import { createClock } from '../../local/clock.ts';
import { type DynamodbEngine, startDynamodb } from '../../local/engines/dynamodb.ts';
import { compilePolicies } from '../../local/iam.ts';
import { readTemplates } from '../../local/template.ts';
import { aPrincipal, type Cloud, failureOf, openCloud, place } from '../local/local-cloud.ts';

/**
 * Invariant 9: the bridge to sales has no code path that writes a sale or a contact. Its function cannot, by what its
 * role may do; and does not, by what its code reaches.
 */
const shopId = '01JD3V7K0PQRSTVWXYZ0123456';
const contactId = '01JD3W0A1B2C3D4E5F6G7H8J9K';
const code = 'K7QM2WTX9F3AZB6C';
const at = '2026-11-21T12:00:00.000Z';

const names = Object.keys(manifest) as FunctionName[];
const model = readTemplates(synthesize({ stage: 'local' }), { ...place, url: 'http://127.0.0.1:1' }, (logicalId) =>
  names.find((name) => functionLogicalId(name) === logicalId),
).functions.find(({ name }) => name === 'saleLinks');
if (model === undefined) throw new Error('there is no such function');
const TableName = String(model.environment['TABLE_NAME']);
const tableArn = `arn:aws:dynamodb:${place.region}:${place.accountId}:table/${TableName}`;

const contact = keys.contact(shopId, contactId);
const checkout = keys.checkout(code);

describe('what its role may write', () => {
  const decide = compilePolicies(model.policies);
  const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLInsert', 'PartiQLUpdate'];
  const mayWrite = (...partitions: string[]): string[] =>
    writes.filter((write) => {
      const context = { 'dynamodb:LeadingKeys': partitions };
      return decide({ action: `dynamodb:${write}`, resource: tableArn, context }) === 'allowed';
    });

  /** A key of each kind, made of what such a key is made of at worst: parts that look like ours. */
  const partitions = (part: string): [string, string][] =>
    Object.entries(keys).map(([name, make]) => {
      const build = make as (...parts: unknown[]) => { pk: string };
      const place = { conversationId: part, at, messageId: part, kind: part, id: part };
      const given =
        name === 'message' || name === 'auditEntry' ? [shopId, place, at, part] : [shopId, part, part, part, part];
      return [name, build(...given).pk];
    });
  const own = ['saleLink', 'saleSource', 'saleSummary'];

  it.each([contactId, 'x#SALE-LINKS#y', `S#${shopId}#SALE-LINKS#${contactId}`, '#SALE-LINKS#'])(
    'is its own partitions and no other, whatever stands in their keys: %s',
    (part) => {
      const allowed = partitions(part).filter(([, pk]) => mayWrite(pk).length > 0);
      expect(allowed.map(([name]) => name).sort()).toEqual(own);
      for (const [, pk] of allowed) expect(mayWrite(pk)).toEqual(['PutItem', 'UpdateItem', 'DeleteItem']);
    },
  );

  it('is the audit trail of its own, and of nothing else', () => {
    const audited = ['sale-link', 'sale-source', 'contact', 'lead', 'shop', 'user'].filter(
      (kind) => mayWrite(keys.auditEntry(shopId, { kind, id: contactId }, at, 'x').pk).length > 0,
    );
    expect(audited).toEqual(['sale-link', 'sale-source']);
  });

  it('is nothing where one of several partitions is another’s, or where a call names none', () => {
    const links = keys.saleSummary(shopId, contactId).pk;
    expect(mayWrite(links)).toEqual(['PutItem', 'UpdateItem', 'DeleteItem']);
    expect(mayWrite(links, contact.pk)).toEqual([]);
    expect(mayWrite(contact.pk, links)).toEqual([]);
    expect(decide({ action: 'dynamodb:PutItem', resource: tableArn })).toBe('implicitly-denied');
  });
});

describe('at the door, with its key', () => {
  const saleLinks = aPrincipal('saleLinks', model.policies);
  let engine: DynamodbEngine;
  let cloud: Cloud;
  let admin: DynamoDBDocumentClient;
  let fn: DynamoDBDocumentClient;
  const as = (principal?: typeof saleLinks) =>
    DynamoDBDocumentClient.from(new DynamoDBClient(cloud.as(principal)), {
      marshallOptions: { removeUndefinedValues: true },
    });
  const rows = async () => {
    const { Items = [] } = await admin.send(new ScanCommand({ TableName }));
    return Items.sort((a, b) => (`${a['pk']} ${a['sk']}` < `${b['pk']} ${b['sk']}` ? -1 : 1));
  };

  beforeAll(async () => {
    engine = await startDynamodb({ ...place, clock: createClock() });
    cloud = await openCloud([engine], createClock(), [saleLinks]);
    [admin, fn] = [as(), as(saleLinks)];
    const indexes = [tableSchema, ...Object.values(tableSchema.indexes)];
    const schemaOf = ({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) => [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ];
    await engine.createTable({
      TableName,
      AttributeDefinitions: indexes
        .flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])
        .map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: schemaOf(tableSchema),
      GlobalSecondaryIndexes: Object.entries(tableSchema.indexes).map(([IndexName, index]) => ({
        IndexName,
        KeySchema: schemaOf(index),
        Projection: { ProjectionType: 'ALL' },
      })),
    });
    for (const key of [contact, checkout]) {
      await admin.send(new PutCommand({ TableName, Item: { ...key, name: 'as it was', version: 1 } }));
    }
  });
  afterAll(() => cloud.close());

  const link = { ...keys.saleLink(shopId, contactId, 'http', '1'), n: 1 };
  const rest = { UpdateExpression: 'SET #n = :n', ExpressionAttributeNames: { '#n': 'name' } };
  const change = { ...rest, ExpressionAttributeValues: { ':n': 'changed' } };
  const put = (Item: object) => ({ Put: { TableName, Item: { ...Item } } });

  const attempts = (victim: { pk: string; sk: string }) => ({
    'a put': new PutCommand({ TableName, Item: { ...victim, name: 'changed' } }),
    'an update': new UpdateCommand({ TableName, Key: victim, ...change }),
    'a delete': new DeleteCommand({ TableName, Key: victim }),
    'a batch': new BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: victim } }] } }),
    'a batch beside its own': new BatchWriteCommand({
      RequestItems: { [TableName]: [{ PutRequest: { Item: link } }, { DeleteRequest: { Key: victim } }] },
    }),
    'a transaction': new TransactWriteCommand({ TransactItems: [put(victim)] }),
    'a transaction beside its own': new TransactWriteCommand({
      TransactItems: [put(link), { Update: { TableName, Key: victim, ...change } }],
    }),
    'a transaction before its own': new TransactWriteCommand({
      TransactItems: [{ Delete: { TableName, Key: victim } }, put(link)],
    }),
  });

  it.each([
    ['a contact', contact],
    ['a checkout', checkout],
    ['a row beside a contact', keys.contactCheckout(shopId, contactId, at, code)],
    ['a lead', keys.lead(shopId, contactId)],
    ['the shop', keys.shop(shopId)],
  ])('%s is read, and never written', async (_, victim) => {
    const before = await rows();
    await fn.send(new GetCommand({ TableName, Key: victim }));
    for (const [what, command] of Object.entries(attempts(victim))) {
      const failure = await failureOf(fn.send(command as PutCommand));
      expect([what, failure.name]).toEqual([what, 'AccessDeniedException']);
    }
    expect(await rows()).toEqual(before);
  });

  it('its own transaction is written, with a look at the contact that changes nothing', async () => {
    const sale = { source: 'http', saleId: '1', total: 100, currency: 'ARS', at } as const;
    const linked: SaleLink = { shopId, contactId, sale, linkedAt: at, linkedBy: 'user:ana' };
    const summary = withSale(emptySummary(shopId, contactId), sale);
    const subject = { kind: 'sale-link', id: contactId } as const;
    const entry = auditEntry({ shopId, subject, by: 'user:ana', action: 'sale-link.linked' }, new Date(at));
    const store = saleLinkStore(openTable(fn, TableName));
    expect(await store.save({ linked, summary, entry })).toBe(true);
    expect(await store.list(shopId, contactId)).toEqual([linked]);
    const unlinked = { unlinked: linked, summary: { ...summary, sales: [], version: 2 }, entry };
    expect(await store.save(unlinked)).toBe(true);
    const { Item } = await admin.send(new GetCommand({ TableName, Key: contact }));
    expect(Item).toEqual({ ...contact, name: 'as it was', version: 1 });
    const table = openTable(fn, TableName);
    await expect(table.transact([{ delete: contact, if: [exists] }])).rejects.toThrow('not authorized');
  });
});

describe('what its code reaches', () => {
  const root = fileURLToPath(new URL('../../functions', import.meta.url));
  const sources = new Map<string, string>();

  /** Every file of ours that the function loads: imports of types are gone by then. */
  const reach = (file: string): void => {
    const name = relative(root, file);
    if (sources.has(name)) return;
    const text = readFileSync(file, 'utf8');
    sources.set(name, text);
    const imports = text.matchAll(/^(?:import|export)\s+(?!type\s)(?:[^;]*?\sfrom\s+)?'([#.][^']+)';/gms);
    for (const [, path = ''] of imports)
      reach(path.startsWith('#') ? join(root, path.slice(1)) : join(dirname(file), path));
  };
  reach(join(root, 'sale-links/sale-links.lambda.ts'));
  const reached = [...sources.keys()].sort();
  const having = (pattern: RegExp) => reached.filter((name) => pattern.test(sources.get(name) ?? ''));

  it('is enough to be looked at', () => {
    expect(reached).toContain('sale-links/link-sale.ts');
    expect(reached).toContain('platform/table.ts');
    expect(reached.length).toBeGreaterThan(40);
  });

  it('has no store of contacts, checkouts, leads or stock among it', () => {
    expect(reached.filter((name) => name.endsWith('.store.ts'))).toEqual([
      'audit/audit.store.ts',
      'connections/numbers-ever.store.ts',
      'contacts/assignee.store.ts',
      'contacts/same-person.store.ts',
      'sale-links/checkout-sales.store.ts',
      'sale-links/customer.store.ts',
      'sale-links/sale-link.store.ts',
      'sale-links/sale-source.store.ts',
      'sale-links/sale-summary.store.ts',
    ]);
  });

  it('writes from two files, and only what is its own', () => {
    const writers = ['sale-links/sale-link.store.ts', 'sale-links/sale-source.store.ts'];
    expect(having(/\.(put|update|delete|transact)\(/).filter((name) => name.endsWith('.store.ts'))).toEqual(writers);
    expect(having(/[{\s](put|update|delete):\s/)).toEqual(
      ['audit/audit.store.ts', ...writers, 'platform/table.ts'].sort(),
    );
    const text = writers.map((name) => sources.get(name)).join('\n');
    const used = new Set([...text.matchAll(/keys\.(\w+)\(/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(['contact', 'saleLink', 'saleSource', 'saleSummary']);
    const ofContacts = [...text.matchAll(/(\w+): keys\.contact\(/g)].map(([, part]) => part);
    expect(ofContacts).toEqual(['check']);
    expect(text.match(/keys\.contact\(/g)).toHaveLength(1);
    expect(
      [...(sources.get('audit/audit.store.ts') ?? '').matchAll(/\bkeys\.(\w+)\(/g)].map(([, name]) => name),
    ).toEqual(['auditEntry']);
  });

  it('speaks to the shop’s own system from one file, to read', () => {
    const callers = having(/\bcall(Guarded|Https)\(/).filter((name) => !name.startsWith('platform/'));
    expect(callers).toEqual(['sale-links/http-sales.client.ts']);
    const text = sources.get('sale-links/http-sales.client.ts') ?? '';
    expect(text.match(/method:/g)).toHaveLength(1);
    expect(text).toContain("method: 'GET'");
    expect(text).not.toMatch(/callGuarded\([^)]*\bbody/);
    expect(having(/node:https?'|\bfetch\(/).filter((name) => !name.startsWith('platform/'))).toEqual([]);
  });
});
