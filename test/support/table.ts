import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { openTable, type Table } from '#platform/table.ts';
import { tableSchema } from '#table/schema.ts';
import { startDynoxide } from '../../local/engines/dynoxide.ts';
import { type Faults, injectFaults } from './faults.ts';

type Row = Record<string, unknown> & { pk: string; sk: string };

/** What calls have cost since the last look. */
export interface Units {
  read: number;
  write: number;
}

/** A table of its own on a real DynamoDB engine, with faults on demand. */
export interface TestTable {
  table: Table;
  documents: DynamoDBDocumentClient;
  faults: Faults;
  /** Every item as it is stored. */
  rows: () => Promise<Row[]>;
  /** Puts an item as it stands, past all rules. */
  tamper: (item: Row) => Promise<void>;
  /** Capacity units used by what `run` does. */
  unitsOf: (run: () => Promise<unknown>) => Promise<Units>;
  drop: () => Promise<void>;
}

const names = [tableSchema, ...Object.values(tableSchema.indexes)];

const keySchema = ({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) => [
  { AttributeName: partitionKey, KeyType: 'HASH' as const },
  { AttributeName: sortKey, KeyType: 'RANGE' as const },
];

const createTable = (TableName: string) =>
  new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names
      .flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])
      .map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keySchema(tableSchema),
    GlobalSecondaryIndexes: Object.entries(tableSchema.indexes).map(([IndexName, index]) => ({
      IndexName,
      KeySchema: keySchema(index),
      Projection: { ProjectionType: 'ALL' },
    })),
  });

interface Consumed {
  CapacityUnits?: number;
}

/** Asks for the consumed capacity of every call and adds it up. */
const meter = (client: DynamoDBClient) => {
  const units: Units = { read: 0, write: 0 };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = { ...args.input, ReturnConsumedCapacity: 'TOTAL' };
      const result = await next({ ...args, input } as typeof args);
      const consumed = (result.output as { ConsumedCapacity?: Consumed | Consumed[] }).ConsumedCapacity;
      const total = [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      units[/^(Get|BatchGet|Query)/.test(String(context['commandName'])) ? 'read' : 'write'] += total;
      return result;
    },
    { step: 'initialize', name: 'meter' },
  );
  return units;
};

const scan = async (documents: DynamoDBDocumentClient, TableName: string): Promise<Row[]> => {
  const rows: Row[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey }));
    rows.push(...((page.Items ?? []) as Row[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return rows;
};

/** Starts a DynamoDB engine in memory. One for each test file; each table on it is its own world. */
export const startTables = async () => {
  const server = await startDynoxide({ onDeath: (error) => console.error(error) });
  const options = {
    region: 'us-east-1',
    endpoint: server.endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // as many attempts as in a Lambda, but without the waits between them
    retryStrategy: new ConfiguredRetryStrategy(4, () => 0),
  };
  const plain = new DynamoDBClient(options);
  let opened = 0;

  const openTestTable = async (): Promise<TestTable> => {
    opened += 1;
    const TableName = `vidriera-test-${opened}`;
    await plain.send(createTable(TableName));
    const client = new DynamoDBClient({ ...options, retryStrategy: new ConfiguredRetryStrategy(4, () => 0) });
    const faults = injectFaults(client);
    const units = meter(client);
    const marshallOptions = { removeUndefinedValues: true };
    const documents = DynamoDBDocumentClient.from(client, { marshallOptions });
    const behind = DynamoDBDocumentClient.from(plain, { marshallOptions });
    return {
      table: openTable(documents, TableName),
      documents,
      faults,
      rows: () => scan(behind, TableName),
      tamper: async (item) => {
        await behind.send(new PutCommand({ TableName, Item: item }));
      },
      unitsOf: async (run) => {
        Object.assign(units, { read: 0, write: 0 });
        await run();
        return { ...units };
      },
      drop: async () => {
        client.destroy();
        await plain.send(new DeleteTableCommand({ TableName }));
      },
    };
  };

  const close = async () => {
    plain.destroy();
    await server.stop();
  };
  return { openTestTable, close };
};
