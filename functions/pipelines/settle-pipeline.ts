import { AppError } from '#core/errors.ts';
import type { LeadWorkOf } from '../lead-sources/lead-work.ts';
import type { Pipeline } from './pipeline.ts';
import { type SettlePorts, settleStages } from './settle-stages.ts';

export interface SettlePipelinePorts extends SettlePorts {
  pipelines: {
    all: (shopId: string) => Promise<Pipeline[]>;
    /** Has the rest of a pipeline's leads settled as if it had changed; nothing happens to one that is gone. */
    settleOn: (pipeline: Pipeline, at: string) => Promise<void>;
  };
}

/** Well within the time of a worker, which has other work beside it. */
const MOST_MS = 12_000;

/**
 * Moves the leads of a pipeline's former stages to where they are shown, however many there are: what is left when the
 * time is up is posted anew, by way of the table. Safe to repeat. Throws `change.conflict` when none could be moved.
 */
export const settlePipeline = async (
  { shopId, pipelineId }: LeadWorkOf<'settle'>,
  ports: SettlePipelinePorts,
): Promise<void> => {
  const pipelines = await ports.pipelines.all(shopId);
  const pipeline = pipelines.find((one) => one.pipelineId === pipelineId);
  if (pipeline === undefined) return;
  const { clock } = ports.patience;
  const stageIds = pipeline.formerStages.map(({ stageId }) => stageId);
  const until = new Date(clock().getTime() + MOST_MS);
  const { isDone, moved } = await settleStages({ shopId, stageIds, pipelines, by: 'capture', until }, ports);
  if (isDone) return;
  if (moved === 0) throw new AppError('change.conflict', 'leads of a stage that is gone keep changing');
  await ports.pipelines.settleOn(pipeline, clock().toISOString());
};
