import type { Clock } from '../clock.ts';
import { type Backend, TABLE_API } from './dynamodb-backend.ts';
import type { TableDefinition } from './dynamodb-table.ts';
import { AwsError } from './engine.ts';

type Item = Record<string, Record<string, unknown>>;

interface Watched {
  tableName: string;
  keyNames: string[];
  attribute: string;
}

/** Deletes expired items, which AWS does within days and the local server never. */
export interface TtlSweep {
  watch(definition: TableDefinition, attribute: string): void;
  /** One look over every watched table; the number of items deleted. */
  run(): Promise<number>;
  /** True once for a removal that a sweep of this process made: a stream marks it as the service's own. */
  wasExpired(tableName: string, keys: Item): boolean;
  stop(): Promise<void>;
}

const keyText = (tableName: string, keys: Item): string =>
  JSON.stringify([tableName, ...Object.entries(keys).sort(([a], [b]) => Number(a > b) - Number(a < b))]);

const expiredItems = async function* (backend: Backend, table: Watched, nowSeconds: string) {
  let start: unknown;
  do {
    const page: Record<string, unknown> = await backend.call(`${TABLE_API}.Scan`, {
      TableName: table.tableName,
      FilterExpression: '#ttl < :now AND attribute_type(#ttl, :number)',
      ExpressionAttributeNames: { '#ttl': table.attribute },
      ExpressionAttributeValues: { ':now': { N: nowSeconds }, ':number': { S: 'N' } },
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    yield* page['Items'] as Item[];
    start = page['LastEvaluatedKey'];
  } while (start);
};

/** False where the item was renewed, or is gone, since it was looked at. */
const deleteExpired = async (backend: Backend, table: Watched, Key: Item, nowSeconds: string): Promise<boolean> => {
  try {
    await backend.call(`${TABLE_API}.DeleteItem`, {
      TableName: table.tableName,
      Key,
      ConditionExpression: '#ttl < :now',
      ExpressionAttributeNames: { '#ttl': table.attribute },
      ExpressionAttributeValues: { ':now': { N: nowSeconds } },
    });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return false;
    throw error;
  }
};

const pick = (item: Item, names: string[]): Item => Object.fromEntries(names.map((name) => [name, item[name] ?? {}]));

/** Looks for expired items every so many seconds of real time, and after each step of the clock. */
export function startTtlSweep(backend: Backend, clock: Clock, everySeconds: number): TtlSweep {
  const watched: Watched[] = [];
  const ours = new Set<string>();
  let running: Promise<number> = Promise.resolve(0);

  const sweepTable = async (table: Watched): Promise<number> => {
    const nowSeconds = String(Math.floor(clock.now() / 1000));
    let deleted = 0;
    for await (const item of expiredItems(backend, table, nowSeconds)) {
      const keys = pick(item, table.keyNames);
      const mark = keyText(table.tableName, keys);
      // noted before the deed: the stream may be read before the answer arrives
      ours.add(mark);
      if (await deleteExpired(backend, table, keys, nowSeconds)) deleted += 1;
      else ours.delete(mark);
    }
    return deleted;
  };
  const sweepAll = async (): Promise<number> => {
    let deleted = 0;
    for (const table of watched) deleted += await sweepTable(table);
    return deleted;
  };
  /** One sweep at a time: two would take each other's marks. */
  const run = (): Promise<number> => {
    running = running.catch(() => 0).then(sweepAll);
    return running;
  };
  const runAndReport = () => {
    run().catch((error: unknown) => console.error('the sweep of expired items failed', error));
  };
  const timer = setInterval(runAndReport, everySeconds * 1000).unref();
  const unsubscribe = clock.onAdvance(runAndReport);

  return {
    watch({ TableName: tableName, KeySchema }, attribute) {
      if (watched.some((table) => table.tableName === tableName)) return;
      watched.push({ tableName, attribute, keyNames: KeySchema.map((key) => key.AttributeName) });
    },
    run,
    wasExpired: (tableName, keys) => ours.delete(keyText(tableName, keys)),
    async stop() {
      clearInterval(timer);
      unsubscribe();
      await running.catch(() => 0);
    },
  };
}
