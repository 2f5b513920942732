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

/**
 * The handler of a table's change stream: runs each change in order; at the first failure asks for the rest again from
 * there, so that nothing is skipped and nothing before it is repeated.
 */
export const changeConsumer = (run: (change: ItemChange) => Promise<void>) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(async ({ Records }: DynamoDBStreamEvent) => {
    for (const change of Records.map(toChange)) {
      try {
        await run(change);
      } catch (error) {
        if (error instanceof $ZodError) {
          // It will not be readable the next time either, and others wait behind it.
          logger.error('change given up', { changeId: change.id, error });
          continue;
        }
        logger.error('change failed', { changeId: change.id, error });
        return { batchItemFailures: [{ itemIdentifier: change.sequence }] };
      }
    }
    return { batchItemFailures: [] };
  });
