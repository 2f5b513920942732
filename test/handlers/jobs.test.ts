import 'aws-sdk-client-mock-vitest/extend';
import { ConflictException, CreateScheduleCommand } from '@aws-sdk/client-scheduler';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { keys } from '#table/schema.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { anOrder, type GivenShop, givenShop } from './given.ts';

let lambdas: Lambdas;
let given: GivenShop;
let shops = 0;

beforeAll(async () => {
  lambdas = await openLambdas();
});

beforeEach(async () => {
  shops += 1;
  given = await givenShop(lambdas.table, `tienda-${shops}`);
  lambdas.scheduler.resetHistory();
  lambdas.clear();
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(() => lambdas.close());

const HOUR = 3_600_000;
const lampId = () => given.products[0]?.productId ?? '';
const levelKey = () => keys.stockLevel(given.shop.shopId, lampId(), 0);
const level = async () => (await lambdas.table.get(levelKey(), { consistent: true })) ?? {};
const checkout = async (code: string) => (await lambdas.table.get(keys.checkout(code), { consistent: true })) ?? {};

const create = async (quantity = 1): Promise<string> => {
  const order = anOrder(given.shop, given.products[0] as never, { lines: [{ productId: lampId(), quantity }] });
  return String((await lambdas.call('createCheckout', { body: order })).json['code']);
};

const advance = (milliseconds: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
};

/** The figures published in CloudWatch's embedded metric format, by name. */
const metrics = (): Record<string, unknown> =>
  Object.fromEntries(
    lambdas
      .logs()
      .filter((line) => '_aws' in line)
      .flatMap((line) => {
        const { CloudWatchMetrics: sets } = line['_aws'] as { CloudWatchMetrics: { Metrics: { Name: string }[] }[] };
        return sets.flatMap(({ Metrics }) => Metrics.map(({ Name }) => [Name, line[Name]] as const));
      }),
  );

describe('expire-checkout', () => {
  it('frees a checkout whose time is up, and finds nothing to do the second time', async () => {
    const code = await create(4);
    advance(24 * HOUR);
    expect(await lambdas.run('expireCheckout', { code })).toEqual({ outcome: 'expired' });
    expect(await checkout(code)).toMatchObject({ state: 'expired', endedBy: 'schedule' });
    expect(await level()).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
    const rows = await lambdas.rows();
    expect(await lambdas.run('expireCheckout', { code })).toEqual({ outcome: 'already-ended' });
    expect(await lambdas.rows()).toEqual(rows);
  });

  it('leaves a checkout alone that still has time', async () => {
    const code = await create();
    expect(await lambdas.run('expireCheckout', { code })).toEqual({ outcome: 'not-due' });
    expect(await checkout(code)).toMatchObject({ state: 'active' });
  });

  it('takes a code nobody has for done', async () => {
    expect(await lambdas.run('expireCheckout', { code: '0000000000000000' })).toEqual({ outcome: 'unknown' });
  });

  it('fails on what is no such event, so that the scheduler puts it aside', async () => {
    await expect(lambdas.run('expireCheckout', { id: 7 })).rejects.toThrow();
    expect(lambdas.logs()).toContainEqual(expect.objectContaining({ message: 'expire-checkout failed' }));
  });
});

describe('sweep-checkouts', () => {
  it('frees what the schedules have missed, of all shops, and publishes how late it was', async () => {
    const codes = [await create(2), await create(3)];
    advance(24 * HOUR + 90_000);
    const late = await create(1);
    const sweep = (await lambdas.run('sweepCheckouts')) as { expired: number; failed: number };
    expect(sweep.expired).toBeGreaterThanOrEqual(2);
    expect(sweep.failed).toBe(0);
    for (const code of codes) expect(await checkout(code)).toMatchObject({ state: 'expired', endedBy: 'sweeper' });
    expect(await checkout(late)).toMatchObject({ state: 'active' });
    expect(await level()).toMatchObject({ reserved: 1, available: 9 });
    expect(Number(metrics()['OverdueCheckoutAge'])).toBeGreaterThanOrEqual(89);
  });

  it('goes on when one checkout cannot be freed, and says so', async () => {
    const [broken, sound] = [await create(), await create()];
    const productId = given.products[1]?.productId ?? '';
    const stored = (await checkout(broken)) as { lines: object[] };
    const lines = [{ ...stored.lines[0], productId, holds: [{ bucket: 0, quantity: 3 }] }];
    await lambdas.table.update(keys.checkout(broken), { set: { lines: lines as never } });
    advance(25 * HOUR);
    expect(await lambdas.run('sweepCheckouts')).toMatchObject({ failed: 1 });
    expect(await checkout(sound)).toMatchObject({ state: 'expired' });
    expect(await checkout(broken)).toMatchObject({ state: 'active' });
    expect(lambdas.logs()).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: 'a checkout could not be freed' }),
    );
    expect(lambdas.logText()).not.toContain(broken);
    await lambdas.table.update(keys.checkout(broken), { set: { lines: stored.lines as never } });
    expect(await lambdas.run('sweepCheckouts')).toMatchObject({ expired: 1, failed: 0 });
  });

  it('publishes zero when nothing is late', async () => {
    expect(await lambdas.run('sweepCheckouts')).toEqual({ expired: 0, failed: 0, oldestSeconds: 0 });
    expect(metrics()).toEqual({ OverdueCheckoutAge: 0 });
  });
});

describe('reconcile-stock', () => {
  it('proves every shop and publishes that nothing drifted', async () => {
    await create(2);
    expect(await lambdas.run('reconcileStock')).toMatchObject({ unchecked: 0, drifts: 0 });
    expect(metrics()).toEqual({ StockDrift: 0, ShopsNotReconciled: 0 });
    const { json } = await lambdas.call('listReconciliations', { as: given.as('admin') });
    expect(json['items']).toEqual([expect.objectContaining({ products: 2, movements: 3, drifts: [] })]);
  });

  it('reports a drift in metric, log and list, with no code in them, and repairs nothing', async () => {
    const code = await create(2);
    await lambdas.table.update(levelKey(), { add: { available: 1 } });
    await lambdas.table.update(keys.checkout(code), { set: { state: 'cancelled' } });
    const before = await level();
    expect(await lambdas.run('reconcileStock')).toMatchObject({ drifts: 3 });
    expect(metrics()).toMatchObject({ StockDrift: 3 });
    expect(await level()).toEqual(before);
    const { json } = await lambdas.call('listReconciliations', { as: given.as('admin') });
    const [{ drifts } = { drifts: [] }] = json['items'] as { drifts: { problem: string }[] }[];
    expect(drifts.map(({ problem }) => problem)).toEqual([
      'available is 9, the ledger says 8',
      'the figures do not add up',
      `checkout ${code.slice(0, 4)}… holds 0, the ledger says 2`,
    ]);
    expect(lambdas.logs()).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: 'stock drift', shopId: given.shop.shopId }),
    );
    expect(lambdas.logText()).not.toContain(code);
    await lambdas.table.update(levelKey(), { add: { available: -1 } });
    await lambdas.table.update(keys.checkout(code), { set: { state: 'active' } });
  });
});

describe('relay-changes', () => {
  let sequence = 0;
  const record = (after?: Record<string, unknown>, before?: Record<string, unknown>): DynamoDBRecord => {
    sequence += 1;
    const { pk, sk } = after ?? before ?? {};
    const image = (item: Record<string, unknown>) => marshall(item, { removeUndefinedValues: true }) as never;
    return {
      eventID: `event-${sequence}`,
      eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
      dynamodb: {
        Keys: image({ pk, sk }),
        SequenceNumber: String(1000 + sequence),
        ...(after && { NewImage: image(after) }),
        ...(before && { OldImage: image(before) }),
      },
    };
  };
  const relay = (...Records: DynamoDBRecord[]) =>
    lambdas.run('relayChanges', { Records }) as Promise<DynamoDBBatchResponse>;
  const sequenceOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.SequenceNumber;

  it('gives a new checkout its expiry schedule', async () => {
    const code = await create();
    const stored = await checkout(code);
    expect(await relay(record(stored))).toEqual({ batchItemFailures: [] });
    const at = new Date(Math.ceil(new Date(String(stored['expiresAt'])).getTime() / 1000) * 1000);
    expect(lambdas.scheduler).toHaveReceivedCommandTimes(CreateScheduleCommand, 1);
    expect(lambdas.scheduler).toHaveReceivedCommandWith(CreateScheduleCommand, {
      Name: expect.stringMatching(/^expiry-[\w-]{22}$/),
      GroupName: 'vidriera-test-expiry',
      ScheduleExpression: `at(${at.toISOString().slice(0, 19)})`,
      ActionAfterCompletion: 'DELETE',
      Target: expect.objectContaining({ Input: JSON.stringify({ code }) }),
    });
  });

  it('takes a schedule that is there already for its own', async () => {
    const stored = await checkout(await create());
    const conflict = new ConflictException({ $metadata: {}, message: 'it exists', Message: 'it exists' });
    lambdas.scheduler.on(CreateScheduleCommand).rejectsOnce(conflict).resolves({ ScheduleArn: 'arn' });
    expect(await relay(record(stored))).toEqual({ batchItemFailures: [] });
  });

  it('gives an extended checkout a schedule of another name', async () => {
    const before = await checkout(await create());
    const after = { ...before, expiresAt: '2027-01-01T00:00:00.000Z' };
    await relay(record(before), record(after, before));
    const names = lambdas.scheduler.commandCalls(CreateScheduleCommand).map(({ args }) => args[0].input.Name);
    expect(new Set(names).size).toBe(2);
  });

  it('makes none for a checkout that ended, was garbage, or is something else', async () => {
    const active = await checkout(await create());
    const shop = await lambdas.table.get(keys.shop(given.shop.shopId));
    await relay(record({ ...active, state: 'confirmed' }, active), record(undefined, active), record(shop));
    expect(lambdas.scheduler).not.toHaveReceivedCommand(CreateScheduleCommand);
  });

  it('asks for the rest again from the one that failed, and repeats nothing before it', async () => {
    const [first, second, third] = [await create(), await create(), await create()];
    const records = [record(await checkout(first)), record(await checkout(second)), record(await checkout(third))];
    const refused = lambdas.scheduler.on(CreateScheduleCommand).resolvesOnce({ ScheduleArn: 'arn' });
    refused.rejectsOnce(new Error('slow down')).resolves({ ScheduleArn: 'arn' });
    expect(await relay(...records)).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceOf(records[1] as never) }],
    });
    expect(lambdas.scheduler).toHaveReceivedCommandTimes(CreateScheduleCommand, 2);
    expect(lambdas.logs()).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: 'change failed', changeId: records[1]?.eventID }),
    );
    expect(lambdas.logText()).not.toContain(second);
  });

  it('gives up a row that can not be read, and goes on with those behind it', async () => {
    const [first, second] = [await create(), await create()];
    const broken = record({ ...(await checkout(first)), expiresAt: 'broken' });
    expect(await relay(broken, record(await checkout(second)))).toEqual({ batchItemFailures: [] });
    expect(lambdas.scheduler).toHaveReceivedCommandTimes(CreateScheduleCommand, 1);
    expect(lambdas.logs()).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: 'change given up', changeId: broken.eventID }),
    );
  });

  it('asks again when the scheduler fails', async () => {
    const one = record(await checkout(await create()));
    lambdas.scheduler.on(CreateScheduleCommand).rejectsOnce(new Error('slow down')).resolves({ ScheduleArn: 'arn' });
    expect(await relay(one)).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceOf(one) }] });
    expect(await relay(one)).toEqual({ batchItemFailures: [] });
  });

  it('lists a product as available once it has stock, and as sold out once it has none', async () => {
    const listed = async () => {
      const query = { shop: given.shop.slug, available: 'true' };
      const { json } = await lambdas.call('viewProducts', { query });
      return (json['items'] as { productId: string }[]).map(({ productId }) => productId);
    };
    const empty = { ...(await level()), available: 0 };
    expect(await listed()).toEqual([]);
    await relay(record(await level(), empty));
    expect(await listed()).toEqual([lampId()]);
    const before = await level();
    await create(10);
    expect(await listed()).toEqual([]);
    await relay(record(await level(), before));
    const product = await lambdas.table.get(keys.product(given.shop.shopId, lampId()), { consistent: true });
    expect(product).toMatchObject({ soldOut: true });
    expect(product?.['gsi3pk']).toBeUndefined();
  });

  it('believes the stock as it is, not a change that comes late', async () => {
    const had = await level();
    await relay(record(had, { ...had, available: 0 }));
    await relay(record({ ...had, available: 0 }, had));
    const product = await lambdas.table.get(keys.product(given.shop.shopId, lampId()), { consistent: true });
    expect(product).toMatchObject({ soldOut: false });
  });
});

describe('add-token-claims', () => {
  const event = (sub?: string) =>
    ({ request: { userAttributes: { ...(sub && { sub }) } }, response: {} }) as PreTokenGenerationV2TriggerEvent;
  const claims = async (sub?: string) => {
    const { response } = (await lambdas.run('addTokenClaims', event(sub))) as PreTokenGenerationV2TriggerEvent;
    return response.claimsAndScopeOverrideDetails;
  };

  it.each(['admin', 'seller'] as const)('says which shop and that the role is %s', async (role) => {
    const expected = { claimsToAddOrOverride: { shop_id: given.shop.shopId, role } };
    expect(await claims(given.as(role).userId)).toEqual({
      accessTokenGeneration: expected,
      idTokenGeneration: expected,
    });
  });

  it.each(['somebody-else', undefined])('says nothing of %s, whom the API then refuses', async (sub) => {
    expect((await claims(sub))?.accessTokenGeneration?.claimsToAddOrOverride).toEqual({});
  });
});
