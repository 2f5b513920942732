import { type Backend, TABLE_API } from './dynamodb-backend.ts';
import { AwsError } from './engine.ts';

interface KeyElement {
  AttributeName: string;
  KeyType: string;
}

interface IndexDefinition {
  IndexName: string;
  KeySchema: KeyElement[];
  Projection: object;
}

/** The properties of a CloudFormation `AWS::DynamoDB::GlobalTable` that shape the table. */
export interface TableDefinition {
  TableName: string;
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  KeySchema: KeyElement[];
  GlobalSecondaryIndexes?: IndexDefinition[];
  StreamSpecification?: { StreamViewType: string };
  TimeToLiveSpecification?: { AttributeName?: string; Enabled: boolean };
}

interface TableDescription {
  TableArn: string;
  LatestStreamArn?: string;
  KeySchema: KeyElement[];
  GlobalSecondaryIndexes?: IndexDefinition[];
}

const keysText = (keys: KeyElement[]): string =>
  keys
    .map((key) => `${key.KeyType}:${key.AttributeName}`)
    .sort()
    .join(',');

/** What must be equal for a table to be the same; a table cannot change its keys. */
const shapeOf = (table: Pick<TableDefinition, 'KeySchema' | 'GlobalSecondaryIndexes'>): string =>
  [
    keysText(table.KeySchema),
    ...(table.GlobalSecondaryIndexes ?? []).map((index) => `${index.IndexName}(${keysText(index.KeySchema)})`).sort(),
  ].join(' ');

const find = async (backend: Backend, TableName: string): Promise<TableDescription | undefined> => {
  try {
    const { Table } = await backend.call(`${TABLE_API}.DescribeTable`, { TableName });
    return Table as TableDescription;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
};

const create = async (backend: Backend, definition: TableDefinition): Promise<TableDescription> => {
  const { TableName, AttributeDefinitions, KeySchema, StreamSpecification: stream } = definition;
  const indexes = definition.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema: keys, Projection }) => ({
    IndexName,
    KeySchema: keys,
    Projection,
  }));
  const { TableDescription: made } = await backend.call(`${TABLE_API}.CreateTable`, {
    TableName,
    AttributeDefinitions,
    KeySchema,
    BillingMode: 'PAY_PER_REQUEST',
    ...(indexes?.length ? { GlobalSecondaryIndexes: indexes } : {}),
    ...(stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.StreamViewType } } : {}),
  });
  return made as TableDescription;
};

/** Tells the server which attribute expires items, so that DescribeTimeToLive answers as in AWS. */
const ensureTimeToLive = async (backend: Backend, definition: TableDefinition): Promise<void> => {
  const { TableName, TimeToLiveSpecification } = definition;
  if (!TimeToLiveSpecification?.Enabled) return;
  const { TimeToLiveDescription: now } = await backend.call(`${TABLE_API}.DescribeTimeToLive`, { TableName });
  if ((now as { TimeToLiveStatus?: string })?.TimeToLiveStatus === 'ENABLED') return;
  await backend.call(`${TABLE_API}.UpdateTimeToLive`, { TableName, TimeToLiveSpecification });
};

/** Makes the table unless it is there; throws where what is there has other keys or indexes. */
export async function ensureTable(
  backend: Backend,
  definition: TableDefinition,
): Promise<{ tableArn: string; streamArn?: string }> {
  const there = await find(backend, definition.TableName);
  if (there && shapeOf(there) !== shapeOf(definition)) {
    throw new Error(
      `the table ${definition.TableName} in the data folder is ${shapeOf(there)}, ` +
        `but the app now wants ${shapeOf(definition)}; start with --fresh to begin with empty data`,
    );
  }
  const table = there ?? (await create(backend, definition));
  await ensureTimeToLive(backend, definition);
  return { tableArn: table.TableArn, streamArn: table.LatestStreamArn };
}
