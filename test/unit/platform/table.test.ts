import { DynamoDBClient, ThrottlingException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it } from 'vitest';
import { openTable } from '#platform/table.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
const mock = mockClient(client);
const table = openTable(client, 'vidriera-test');
const key = { pk: 'a', sk: 'b' };
const range = { partition: 'a' };
const busy = { code: 'table.busy', status: 503, retryable: true };

afterEach(() => mock.reset());

describe('a read of a busy table', () => {
  it.each([
    ['get', () => table.get(key)],
    ['batchGet', () => table.batchGet([key])],
    ['query', () => table.query(range, { limit: 1 })],
    ['count', () => table.count(range, 1)],
    ['queryAll', () => Array.fromAsync(table.queryAll(range))],
  ])('by %s says that it may be tried again', async (_, read) => {
    mock.onAnyCommand().rejects(new ThrottlingException({ $metadata: {}, message: 'slow down' }));
    await expect(read()).rejects.toMatchObject(busy);
  });

  it('of many items asks for what is left, and gives up in the end', async () => {
    const UnprocessedKeys = { 'vidriera-test': { Keys: [key] } };
    mock.on(BatchGetCommand).resolves({ UnprocessedKeys });
    await expect(table.batchGet([key])).rejects.toMatchObject(busy);
    expect(mock.commandCalls(BatchGetCommand)).toHaveLength(8);
    mock.reset();
    mock
      .on(BatchGetCommand)
      .resolvesOnce({ UnprocessedKeys })
      .resolves({ Responses: { 'vidriera-test': [key] } });
    expect(await table.batchGet([key])).toEqual([key]);
  });
});
