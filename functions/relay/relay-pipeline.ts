import * as z from 'zod/mini';
import { lazy } from '#core/lazy.ts';
import type { LeadWork } from '../lead-sources/lead-work.ts';
import { Pipeline } from '../pipelines/pipeline.ts';
import type { Change } from './change.ts';
import type { Post } from './outbox.ts';

export interface RelayPipelinePorts {
  post: Post;
}

/** Only what is needed: a row that can't be read whole must not hold up the stream. */
const Relayed = lazy(() =>
  z.extend(z.pick(Pipeline(), { shopId: true, pipelineId: true, formerStages: true }), {
    settleAt: z.optional(z.string()),
  }),
);

/** What follows from a change of a pipeline: the leads of stages that went with it are moved. Safe to repeat. */
export const relayPipeline = ({ before, after }: Change, { post }: RelayPipelinePorts): void => {
  if (after === undefined) return;
  const { shopId, pipelineId, formerStages, settleAt } = Relayed().parse(after);
  const had = before === undefined ? undefined : Relayed().parse(before);
  const isNew = ({ stageId }: { stageId: string }) => !had?.formerStages.some((one) => one.stageId === stageId);
  if (!formerStages.some(isNew) && (settleAt === undefined || settleAt === had?.settleAt)) return;
  const body: LeadWork = { do: 'settle', shopId, pipelineId };
  post('leads', { body, group: shopId });
};
