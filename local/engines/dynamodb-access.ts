import type { Access } from './engine.ts';

type Json = Record<string, unknown>;
type ArnOf = (tableName: string) => string;

const asObject = (value: unknown): Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {};
const asList = (value: unknown): Json[] => (Array.isArray(value) ? value.map(asObject) : []);
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The partition keys that a request shows, for `dynamodb:LeadingKeys`. */
const leadingKeys = (...holders: Json[]): Access['context'] => {
  const keys = holders.map((holder) => asText(asObject(holder['pk'])['S'])).filter((key) => key !== '');
  return keys.length > 0 ? { 'dynamodb:LeadingKeys': [...new Set(keys)] } : undefined;
};

const transactActions: Record<string, string> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Get: 'dynamodb:GetItem',
};

const transactAccess = (body: Json, arnOf: ArnOf): Access[] =>
  asList(body['TransactItems']).flatMap((item) =>
    Object.entries(item).map(([kind, detail]) => {
      const { TableName, Item, Key } = asObject(detail);
      const context = leadingKeys(asObject(Item), asObject(Key));
      return { action: transactActions[kind] ?? `dynamodb:${kind}`, resource: arnOf(asText(TableName)), context };
    }),
  );

const batchWriteKeys = (requests: unknown): Json[] =>
  asList(requests).map((request) => ({
    ...asObject(asObject(request['PutRequest'])['Item']),
    ...asObject(asObject(request['DeleteRequest'])['Key']),
  }));

const batchAccess = (operation: string, body: Json, arnOf: ArnOf): Access[] =>
  Object.entries(asObject(body['RequestItems'])).map(([tableName, detail]) => {
    const keys = operation === 'BatchGetItem' ? asList(asObject(detail)['Keys']) : batchWriteKeys(detail);
    return { action: `dynamodb:${operation}`, resource: arnOf(tableName), context: leadingKeys(...keys) };
  });

const tableAccess = (operation: string, body: Json, arnOf: ArnOf): Access => {
  const action = `dynamodb:${operation}`;
  const name = asText(body['TableName']);
  if (name === '') return { action, resource: asText(body['ResourceArn']) || '*' };
  const index = asText(body['IndexName']);
  const resource = index === '' ? arnOf(name) : `${arnOf(name)}/index/${index}`;
  return { action, resource, context: leadingKeys(asObject(body['Item']), asObject(body['Key'])) };
};

/** The permissions that a call of the table API needs; a transaction needs those of each of its parts. */
export function dynamodbAccess(operation: string, body: Json, arnOf: ArnOf): Access[] {
  if (operation.startsWith('Transact')) return transactAccess(body, arnOf);
  if (operation.startsWith('Batch')) return batchAccess(operation, body, arnOf);
  return [tableAccess(operation, body, arnOf)];
}

/** The permission that a call of the streams API needs; `streamOf` finds the stream behind a shard iterator. */
export function streamsAccess(operation: string, body: Json, streamOf: (iterator: string) => string): Access[] {
  const stream = asText(body['StreamArn']) || streamOf(asText(body['ShardIterator']));
  return [{ action: `dynamodb:${operation}`, resource: stream || '*' }];
}
