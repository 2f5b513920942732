import { setTimeout as pause } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { AppError } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { type IndexKeys, type Key, type Range, tableSchema } from '#table/schema.ts';
import { type CursorScope, fromCursor, toCursor } from './cursor.ts';
import {
  type Change,
  type Condition,
  conditionExpression,
  rangeExpression,
  updateExpression,
  type Value,
} from './expression.ts';

/** An item as it is stored: its keys and its attributes. Stores parse it before anyone else sees it. */
export type Item = Key & IndexKeys & { readonly [attribute: string]: Value | undefined };

/** One action of a transaction. */
export type Write =
  | { put: Item; if?: readonly Condition[] }
  | ({ update: Key; if?: readonly Condition[] } & Change)
  | { delete: Key; if?: readonly Condition[] }
  | { check: Key; if: readonly Condition[] };

/** A condition did not hold. `items` has, per action, the item as it was where the condition failed. */
export class ConditionFailed extends Error {
  override readonly name = 'ConditionFailed';
  readonly failed: readonly boolean[];
  readonly items: readonly (Record<string, unknown> | undefined)[];

  constructor(failed: readonly boolean[], items: readonly (Record<string, unknown> | undefined)[], cause: unknown) {
    super('a condition did not hold', { cause });
    this.failed = failed;
    this.items = items;
  }
}

/** Somebody else was writing the same items, or the table is throttling: the same call may succeed a moment later. */
export class WriteConflict extends Error {
  override readonly name: string = 'WriteConflict';
}

/** The table has no room for a write. To try at once again makes it worse; nobody else need be at the item. */
export class Throttled extends WriteConflict {
  override readonly name = 'Throttled';
}

/** True when others were writing the same items, or had changed them: what was planned must be planned anew. */
export const isContention = (error: unknown): error is ConditionFailed | WriteConflict =>
  error instanceof ConditionFailed || error instanceof WriteConflict;

/** Waits for a write: false when others were faster, or wrote at the same moment. Throws whatever else went wrong. */
export const saved = async (write: Promise<void>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isContention(error)) return false;
    throw error;
  }
};

const throttlings = new Set([
  ...['ThrottlingError', 'ProvisionedThroughputExceeded'],
  ...['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded'],
]);
const conflicts = new Set(['TransactionConflict', 'TransactionInProgressException']);

const noRoom = (cause: unknown): Throttled => new Throttled('the table has no room for the write', { cause });

const translateCancellation = (error: TransactionCanceledException): Error => {
  const reasons = error.CancellationReasons ?? [];
  if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) {
    const failed = reasons.map(({ Code }) => Code === 'ConditionalCheckFailed');
    return new ConditionFailed(
      failed,
      reasons.map(({ Item }) => Item as Record<string, unknown> | undefined),
      error,
    );
  }
  if (reasons.some(({ Code = '' }) => throttlings.has(Code))) return noRoom(error);
  const isConflict = reasons.some(({ Code = '' }) => conflicts.has(Code));
  return isConflict ? new WriteConflict('the transaction met another', { cause: error }) : error;
};

/** Names the three failures that callers act on; everything else passes as it is. */
const translate = (error: unknown): unknown => {
  if (error instanceof TransactionCanceledException) return translateCancellation(error);
  if (error instanceof ConditionalCheckFailedException) {
    return new ConditionFailed([true], [error.Item as Record<string, unknown> | undefined], error);
  }
  const name = error instanceof Error ? error.name : '';
  if (throttlings.has(name)) return noRoom(error);
  const isConflict = error instanceof TransactionConflictException || conflicts.has(name);
  return isConflict ? new WriteConflict('the write met another', { cause: error }) : error;
};

const translated = async <Result>(call: Promise<Result>): Promise<Result> => {
  try {
    return await call;
  } catch (error) {
    throw translate(error);
  }
};

/** A read has nobody to conflict with: when it meets a busy table, its caller can only try again. */
const tableBusy = (cause?: unknown): AppError => new AppError('table.busy', 'the table is busy; try again', { cause });

const read = async <Result>(call: Promise<Result>): Promise<Result> => {
  try {
    return await translated(call);
  } catch (error) {
    throw error instanceof WriteConflict ? tableBusy(error.cause) : error;
  }
};

const onFailure = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

const toTransactItem = (TableName: string, write: Write) => {
  if ('put' in write) return { Put: { TableName, Item: write.put, ...conditionExpression(write.if), ...onFailure } };
  if ('update' in write)
    return { Update: { TableName, Key: write.update, ...updateExpression(write, write.if), ...onFailure } };
  if ('delete' in write)
    return { Delete: { TableName, Key: write.delete, ...conditionExpression(write.if), ...onFailure } };
  const { ConditionExpression = '', ...names } = conditionExpression(write.if);
  return { ConditionCheck: { TableName, Key: write.check, ConditionExpression, ...names, ...onFailure } };
};

const keyNamesOf = (range: Range) => (range.index ? tableSchema.indexes[range.index] : tableSchema);

const isWithin = ({ prefix = '', between }: Range, sortKey: string): boolean =>
  sortKey.startsWith(prefix) && (between === undefined || (between[0] <= sortKey && sortKey <= between[1]));

/** DynamoDB refuses a position outside of the range, or with other attributes than its keys: so do we, as a bad cursor. */
const cursorScope = (range: Range): CursorScope => {
  const { partitionKey, sortKey } = keyNamesOf(range);
  return {
    attribute: partitionKey,
    value: range.partition,
    attributes: [...new Set([tableSchema.partitionKey, tableSchema.sortKey, partitionKey, sortKey])],
    holds: (position) => isWithin(range, position[sortKey] ?? ''),
  };
};

const BATCH_GET_LIMIT = 100;

/** What a busy table leaves unread is asked for again after a while, and a longer one each time. */
const MOST_ROUNDS = 8;
const FIRST_PAUSE_MS = 10;
const MOST_PAUSE_MS = 500;

const batchesOf = <One>(all: readonly One[], size: number): One[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));

type Stored = Record<string, unknown>;

const tableReads = (client: DynamoDBDocumentClient, TableName: string) => {
  const batchGetSome = async (keys: readonly Key[], consistent: boolean): Promise<Stored[]> => {
    const found: Stored[] = [];
    let wanted: Stored[] = keys.map((key) => ({ ...key }));
    for (let round = 0; wanted.length > 0; round += 1) {
      if (round >= MOST_ROUNDS) throw tableBusy();
      if (round > 0) await pause(Math.random() * Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** round));
      const RequestItems = { [TableName]: { Keys: wanted, ConsistentRead: consistent } };
      const { Responses, UnprocessedKeys } = await read(client.send(new BatchGetCommand({ RequestItems })));
      found.push(...(Responses?.[TableName] ?? []));
      wanted = (UnprocessedKeys?.[TableName]?.Keys ?? []) as Stored[];
    }
    return found;
  };

  return {
    /** One item, or undefined. Like every read, throws `table.busy` when the table has no room for it. */
    get: async (key: Key, { consistent = false } = {}): Promise<Stored | undefined> =>
      (await read(client.send(new GetCommand({ TableName, Key: key, ConsistentRead: consistent })))).Item,

    /** The items that exist among these keys, in no order. Any number of keys. */
    batchGet: async (keys: readonly Key[], { consistent = false } = {}): Promise<Stored[]> =>
      (await Promise.all(batchesOf(keys, BATCH_GET_LIMIT).map((some) => batchGetSome(some, consistent)))).flat(),

    /** One page of a range. Throws `request.invalid` for a cursor that is not of this range's partition. */
    query: async (
      range: Range,
      page: PageRequest,
      { newestFirst = false, consistent = false } = {},
    ): Promise<Page<Stored>> => {
      const keyNames = keyNamesOf(range);
      const command = new QueryCommand({
        TableName,
        IndexName: range.index,
        ...rangeExpression(keyNames, range),
        Limit: page.limit,
        ScanIndexForward: !newestFirst,
        ConsistentRead: consistent,
        ExclusiveStartKey: fromCursor(page.cursor, cursorScope(range)),
      });
      const { Items = [], LastEvaluatedKey } = await read(client.send(command));
      return { items: Items, ...(LastEvaluatedKey && { nextCursor: toCursor(LastEvaluatedKey) }) };
    },
  };
};

/** Counts the items of a range, but no further than `enough`: what is beyond is not even read. */
const countItems = async (
  client: DynamoDBDocumentClient,
  TableName: string,
  range: Range,
  enough: number,
): Promise<number> => {
  let count = 0;
  let ExclusiveStartKey: Stored | undefined;
  do {
    const command = new QueryCommand({
      TableName,
      IndexName: range.index,
      ...rangeExpression(keyNamesOf(range), range),
      Select: 'COUNT',
      Limit: Math.max(1, enough - count),
      ExclusiveStartKey,
    });
    const page = await read(client.send(command));
    count += page.Count ?? 0;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && count < enough);
  return count;
};

/** Every write throws {@link ConditionFailed} when a condition does not hold, {@link WriteConflict} when it met another. */
const tableWrites = (client: DynamoDBDocumentClient, TableName: string) => ({
  put: async (item: Item, conditions?: readonly Condition[]): Promise<void> => {
    const expression = conditionExpression(conditions);
    await translated(client.send(new PutCommand({ TableName, Item: item, ...expression, ...onFailure })));
  },

  update: async (key: Key, change: Change, conditions?: readonly Condition[]): Promise<void> => {
    const expression = updateExpression(change, conditions);
    await translated(client.send(new UpdateCommand({ TableName, Key: key, ...expression, ...onFailure })));
  },

  delete: async (key: Key, conditions?: readonly Condition[]): Promise<void> => {
    const expression = conditionExpression(conditions);
    await translated(client.send(new DeleteCommand({ TableName, Key: key, ...expression, ...onFailure })));
  },

  /** All of these writes or none, at most a hundred, no two on one item. */
  transact: async (writes: readonly Write[]): Promise<void> => {
    const TransactItems = writes.map((write) => toTransactItem(TableName, write));
    await translated(client.send(new TransactWriteCommand({ TransactItems })));
  },
});

/** The one table behind a small typed layer: keys and ranges come from the schema, failures have names. */
export const openTable = (client: DynamoDBDocumentClient, tableName: string) => {
  const reads = tableReads(client, tableName);
  return {
    ...reads,
    ...tableWrites(client, tableName),

    /** How many items a range has, counted no further than `enough`. */
    count: (range: Range, enough: number): Promise<number> => countItems(client, tableName, range, enough),

    /** Every item of a range, page by page. */
    async *queryAll(range: Range, { consistent = false } = {}): AsyncGenerator<Stored> {
      let cursor: string | undefined;
      do {
        const page: Page<Stored> = await reads.query(range, { limit: 500, ...(cursor && { cursor }) }, { consistent });
        yield* page.items;
        cursor = page.nextCursor;
      } while (cursor !== undefined);
    },
  };
};

export type Table = ReturnType<typeof openTable>;
