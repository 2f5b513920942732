import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { $ZodError } from 'zod/v4/core';
import { type ItemKind, itemKind, type Key } from '#table/schema.ts';
import { logger } from './logger.ts';

/** A change of one item: as it was and as it is. `id` is unique and stays the same when the change comes again. */
export interface ItemChange {
  id: string;
  sequence: string;
  kind: ItemKind;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

const plain = (image: Image) => image && unmarshall(image as Record<string, AttributeValue>);

const toChange = (record: DynamoDBRecord): ItemChange => ({
  id: record.eventID ?? '',
  sequence: record.dynamodb?.SequenceNumber ?? '',
  kind: itemKind((plain(record.dynamodb?.Keys) ?? { pk: '', sk: '' }) as unknown as Key),
  before: plain(record.dynamodb?.OldImage),
  after: plain(record.dynamodb?.NewImage),
});

const failFrom = (id: string, sequence: string, error: unknown): DynamoDBBatchResponse => {
  logger.error('change failed', { changeId: id, error });
  return { batchItemFailures: [{ itemIdentifier: sequence }] };
};

const runEach = async (
  changes: readonly ItemChange[],
  run: (change: ItemChange) => Promise<void>,
): Promise<DynamoDBBatchResponse> => {
  for (const change of changes) {
    try {
      await run(change);
    } catch (error) {
      if (!(error instanceof $ZodError)) return failFrom(change.id, change.sequence, error);
      // It will not be readable the next time either, and others wait behind it.
      logger.error('change given up', { changeId: change.id, error });
    }
  }
  return { batchItemFailures: [] };
};

/**
 * The handler of a table's change stream: runs each change in order; at the first failure asks for the rest again from
 * there, so that nothing is skipped and nothing before it is repeated. `flush` does what the changes that ran have left
 * to be done together; when it fails, all of them come again.
 */
export const changeConsumer = (
  run: (change: ItemChange) => Promise<void>,
  flush: () => Promise<void> = async () => undefined,
) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(async ({ Records }: DynamoDBStreamEvent) => {
    const changes = Records.map(toChange);
    const outcome = await runEach(changes, run);
    try {
      await flush();
    } catch (error) {
      return failFrom('the whole batch', changes[0]?.sequence ?? '', error);
    }
    return outcome;
  });
