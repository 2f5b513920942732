import middy from '@middy/core';
import * as z from 'zod/mini';
import { logger } from './logger.ts';

/**
 * The handler of a scheduled job: parses what the schedule carries, runs, logs the outcome. A failure is logged and
 * thrown on, so that the scheduler tries again and in the end puts the event aside.
 */
export const scheduledJob = <Schema extends z.ZodMiniType>(
  name: string,
  input: () => Schema,
  run: (input: z.output<Schema>) => Promise<object>,
) =>
  middy<unknown, object>(async (event: unknown) => {
    const outcome = await run(z.parse(input(), event));
    logger.info(name, { outcome });
    return outcome;
  }).onError(({ error }) => {
    logger.error(`${name} failed`, { error });
  });
