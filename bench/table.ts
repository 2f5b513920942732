import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { openTable, type Table } from '#platform/table.ts';
import { tableSchema } from '#table/schema.ts';
import { createClock } from '../local/clock.ts';
import { startDynamodb } from '../local/engines/dynamodb.ts';
import { type Faults, injectFaults } from '../test/support/faults.ts';

/** Capacity units that calls have used. */
export interface Units {
  write: number;
  read: number;
  calls: number;
}

/** A table on the local DynamoDB, in memory, that counts the capacity its calls use. */
export interface BenchTable {
  table: Table;
  units: Units;
  /** What calls may meet: conflicts above all, which the local server by itself never gives. */
  faults: Faults;
  close: () => Promise<void>;
}

const TableName = 'vidriera-bench';
const keyNames = [tableSchema, ...Object.values(tableSchema.indexes)];

const definition = {
  TableName,
  AttributeDefinitions: keyNames
    .flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])
    .map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [
    { AttributeName: tableSchema.partitionKey, KeyType: 'HASH' },
    { AttributeName: tableSchema.sortKey, KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: Object.entries(tableSchema.indexes).map(([IndexName, { partitionKey, sortKey }]) => ({
    IndexName,
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'ALL' },
  })),
};

interface Consumed {
  CapacityUnits?: number;
  ReadCapacityUnits?: number;
  WriteCapacityUnits?: number;
}

const isWrite = (command: string): boolean => /^(Transact(Write)|Put|Update|Delete)/.test(command);

const consumedOf = (output: unknown): Consumed[] => {
  const { ConsumedCapacity } = output as { ConsumedCapacity?: Consumed | Consumed[] };
  return ConsumedCapacity === undefined ? [] : [ConsumedCapacity].flat();
};

/** DynamoDB bills a refused write as if it had been made: a unit for each action, two within a transaction. */
const refusedUnits = (error: unknown): number => {
  const { name, CancellationReasons } = error as { name?: string; CancellationReasons?: unknown[] };
  if (name === 'TransactionCanceledException') return 2 * (CancellationReasons?.length ?? 0);
  return name === 'ConditionalCheckFailedException' ? 1 : 0;
};

/** Asks every call for the capacity it used, and adds it up. */
const countUnits = (client: DynamoDBClient, units: Units): void => {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const result = await next(args).catch((error: unknown) => {
          units.write += refusedUnits(error);
          throw error;
        });
        const used = consumedOf(result.output).reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
        units[isWrite(commandName) ? 'write' : 'read'] += used;
        units.calls += 1;
        return result;
      },
    { step: 'initialize', name: 'countUnits' },
  );
};

/** Opens an empty table. */
export const openBenchTable = async (): Promise<BenchTable> => {
  const engine = await startDynamodb({ clock: createClock(), region: 'us-east-1', accountId: '000000000000' });
  await engine.createTable(definition);
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint: engine.endpoint, credentials });
  const units: Units = { write: 0, read: 0, calls: 0 };
  countUnits(client, units);
  const faults = injectFaults(client);
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    table: openTable(documents, TableName),
    units,
    faults,
    close: async () => {
      client.destroy();
      await engine.close();
    },
  };
};

/** The units that one piece of work uses. */
export const measureUnits = async (units: Units, work: () => Promise<unknown>): Promise<Units> => {
  const before = { ...units };
  await work();
  return { write: units.write - before.write, read: units.read - before.read, calls: units.calls - before.calls };
};
