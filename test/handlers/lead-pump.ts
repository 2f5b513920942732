import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { keys } from '#table/schema.ts';
import { Lead } from '../../functions/leads/lead.ts';
import type { Lambdas } from '../support/lambdas.ts';
import { aQueueEvent, failedIn } from '../support/queue-event.ts';

type Row = Record<string, unknown>;

/** What follows from what was written: the stream to the relay, and the queue of leads to its worker. */
export const openLeadPump = (lambdas: Lambdas) => {
  let seen = new Map<string, Row>();
  let changes = 0;

  const image = (item: Row) => marshall(item, { removeUndefinedValues: true }) as never;
  const recordOf = (after: Row, before: Row | undefined): DynamoDBRecord => {
    changes += 1;
    return {
      eventID: `event-${changes}`,
      eventName: before ? 'MODIFY' : 'INSERT',
      dynamodb: {
        Keys: image({ pk: after['pk'], sk: after['sk'] }),
        SequenceNumber: String(changes),
        NewImage: image(after),
        ...(before && { OldImage: image(before) }),
      },
    };
  };

  const rowsNow = async (): Promise<Map<string, Row>> => {
    const rows = (await lambdas.rows()).map((text) => JSON.parse(text) as Row);
    return new Map(rows.map((row) => [`${row['pk']} ${row['sk']}`, row]));
  };

  /** The changes since the last look. */
  const stream = async (): Promise<DynamoDBRecord[]> => {
    const now = await rowsNow();
    const records = [...now].flatMap(([key, row]) => {
      const before = seen.get(key);
      return JSON.stringify(before) === JSON.stringify(row) ? [] : [recordOf(row, before)];
    });
    seen = now;
    return records;
  };

  const relayed = async (Records: DynamoDBRecord[]): Promise<void> => {
    const answer = JSON.stringify(await lambdas.run('relayChanges', { Records }));
    if (answer !== '{"batchItemFailures":[]}') throw new Error(`the stream is held up: ${answer}`);
  };

  const takeWork = (): object[] => {
    const work = lambdas.services.sent.filter(({ queue }) => queue === 'leads').map(({ body }) => body as object);
    lambdas.services.sent.length = 0;
    return work;
  };

  /** Runs pieces of work at once; those that failed, with what they were. */
  const work = async (bodies: readonly object[], receiveCount = 1): Promise<object[]> => {
    const event = aQueueEvent(
      'leads',
      bodies.map((body) => ({ body, receiveCount })),
    );
    const failed = failedIn(await lambdas.run('captureLeads', event));
    return failed.flatMap((id) => bodies[Number(id.slice(1))] ?? []);
  };

  return {
    stream,
    work,
    /** Hands what was written to the relay, and gives what it posted to the queue of leads. */
    relay: async (): Promise<object[]> => {
      await relayed(await stream());
      return takeWork();
    },
    /** Until nothing follows from anything any more. Work that waits is given back. */
    settle: async (): Promise<object[]> => {
      const waiting: object[] = [];
      for (let round = 0; round < 10; round += 1) {
        const Records = await stream();
        if (Records.length === 0) return waiting;
        await relayed(Records);
        const bodies = takeWork();
        for (let from = 0; from < bodies.length; from += 10)
          waiting.push(...(await work(bodies.slice(from, from + 10))));
      }
      throw new Error('something follows from it without end');
    },
    /** Every lead of a shop, also those that went on in others. */
    leadsOf: async (shopId: string): Promise<Lead[]> => {
      const prefix = keys.lead(shopId, '').pk;
      return [...(await rowsNow()).values()]
        .filter(({ pk, sk }) => String(pk).startsWith(prefix) && sk === 'META')
        .map((row) => Lead().parse(row));
    },
    rowsOf: async (prefix: string): Promise<Row[]> =>
      [...(await rowsNow()).values()].filter(({ pk, sk }) => `${pk} ${sk}`.startsWith(prefix)),
  };
};

export type LeadPump = ReturnType<typeof openLeadPump>;
