import * as z from 'zod/mini';
import { invalidField } from '#core/errors.ts';
import { idField, textField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { isOpen, type Lead, type LeadStatus, leadStatuses } from '../leads/lead.ts';

/** The pipeline of a shop that has made none; its stages are the statuses. */
export const DEFAULT_PIPELINE = 'default';

export const MOST_STAGES = 30;
export const MOST_PIPELINES = 20;
/** How many stages that are gone a pipeline remembers, and more while they have leads: these are shown elsewhere. */
export const MOST_FORMER_STAGES = 60;

/** One step of a pipeline. A lead that comes into it has its status from then on. */
export const Stage = lazy(() => z.object({ stageId: z.string(), name: textField(60), status: z.enum(leadStatuses) }));
export type Stage = z.infer<Lazy<typeof Stage>>;

/** The steps of a shop's sales, in their order. */
export const Pipeline = lazy(() =>
  z.object({
    shopId: idField(),
    pipelineId: z.string(),
    name: textField(60),
    stages: z.array(Stage()).check(z.minLength(1)),
    /** Where leads go that nobody puts anywhere. One of a shop's pipelines is. */
    isDefault: z.boolean(),
    /** Stages that are gone, here or with their pipeline, and the stage that their leads are in instead; newest first. */
    formerStages: z._default(z.array(z.object({ stageId: z.string(), into: z.string() })), []),
    /** 0 for the built-in one while it is not stored. */
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type Pipeline = z.infer<Lazy<typeof Pipeline>>;

/** Where a lead stands. */
export type LeadPlace = Pick<Lead, 'pipelineId' | 'stageId' | 'status'>;

/** A stage and its pipeline. */
export interface StageOfPipeline {
  pipeline: Pipeline;
  stage: Stage;
}

const EPOCH = '2026-11-01T00:00:00.000Z';

/** The pipeline that a shop has before it makes one. */
export const builtInPipeline = (shopId: string): Pipeline => ({
  shopId,
  pipelineId: DEFAULT_PIPELINE,
  name: 'Ventas',
  stages: leadStatuses.map((status) => ({ stageId: status, name: builtInNames[status], status })),
  isDefault: true,
  formerStages: [],
  version: 0,
  createdAt: EPOCH,
  updatedAt: EPOCH,
});

const builtInNames: Record<LeadStatus, string> = {
  new: 'Nuevo',
  contacted: 'Contactado',
  interested: 'Interesado',
  negotiation: 'Negociación',
  closed_won: 'Ganado',
  closed_lost: 'Perdido',
};

/** The pipeline for leads that nobody puts anywhere. `pipelines`: all of a shop, never empty. */
export const defaultPipeline = (pipelines: readonly Pipeline[]): Pipeline => {
  const pipeline = pipelines.find(({ isDefault }) => isDefault) ?? pipelines[0];
  if (pipeline === undefined) throw new Error('a shop without pipelines');
  return pipeline;
};

const firstStage = ({ stages }: Pipeline): Stage => {
  const [stage] = stages;
  if (stage === undefined) throw new Error('a pipeline without stages');
  return stage;
};

/** The first stage of a status in a pipeline; its first of all when it has none of that status. */
export const stageOfStatus = (pipeline: Pipeline, status: LeadStatus): Stage =>
  pipeline.stages.find((stage) => stage.status === status) ?? firstStage(pipeline);

/** The stage of this id, whichever pipeline has it; undefined for one that none has, or has any more. */
export const findStage = (pipelines: readonly Pipeline[], stageId: string): StageOfPipeline | undefined => {
  for (const pipeline of pipelines) {
    const stage = pipeline.stages.find((one) => one.stageId === stageId);
    if (stage) return { pipeline, stage };
  }
  return undefined;
};

/** The stage that took the place of one that is gone. */
const findSuccessor = (pipelines: readonly Pipeline[], stageId: string): StageOfPipeline | undefined => {
  const formers = pipelines.flatMap(({ formerStages }) => formerStages);
  const followed = new Set<string>();
  let at: string | undefined = stageId;
  while (at !== undefined && !followed.has(at)) {
    followed.add(at);
    const found = findStage(pipelines, at);
    if (found) return found;
    at = formers.find((former) => former.stageId === at)?.into;
  }
  return undefined;
};

/**
 * Where a lead is shown: in its stage; in the one that took its place when it is gone; else by its status, in its own
 * pipeline or the default one. There is always such a stage: no lead is hidden by what became of its pipeline.
 */
export const shownStage = (pipelines: readonly Pipeline[], place: LeadPlace): StageOfPipeline => {
  const found = findSuccessor(pipelines, place.stageId);
  if (found) return found;
  const pipeline = pipelines.find(({ pipelineId }) => pipelineId === place.pipelineId) ?? defaultPipeline(pipelines);
  return { pipeline, stage: stageOfStatus(pipeline, place.status) };
};

/** The ids under which leads stand that are shown in a stage: its own, and those of the stages whose place it took. */
export const stageIdsOf = (pipelines: readonly Pipeline[], stageId: string): string[] => {
  const formers = new Set(pipelines.flatMap(({ formerStages }) => formerStages.map((former) => former.stageId)));
  const own = [...formers].filter(
    (former) => former !== stageId && findSuccessor(pipelines, former)?.stage.stageId === stageId,
  );
  return [stageId, ...own];
};

/** Where a lead stands once it is in this stage: the stage says the status. */
export const placeIn = ({ pipeline, stage }: StageOfPipeline): LeadPlace => ({
  pipelineId: pipeline.pipelineId,
  stageId: stage.stageId,
  status: stage.status,
});

/** Where a lead stands in this stage. Throws `request.invalid` when no pipeline of the shop has it. */
export const placeInStage = (pipelines: readonly Pipeline[], stageId: string): LeadPlace => {
  const found = findStage(pipelines, stageId);
  if (found) return placeIn(found);
  throw invalidField('stageId', 'unknown', 'must be a stage of one of the shop’s pipelines');
};

/** Where a new lead stands: in the default pipeline, in the first stage of its status. */
export const placeOfNew = (pipelines: readonly Pipeline[], status: LeadStatus = 'new'): LeadPlace => {
  const pipeline = defaultPipeline(pipelines);
  return placeIn({ pipeline, stage: stageOfStatus(pipeline, status) });
};

/**
 * Where a lead stands once it has this status: where it is when its stage says so, else in the first stage of that
 * status in its pipeline. Throws `request.invalid` when it has none: the stage of a lead always says its status.
 */
export const placeOfStatus = (pipelines: readonly Pipeline[], lead: LeadPlace, status: LeadStatus): LeadPlace => {
  const shown = shownStage(pipelines, lead);
  if (shown.stage.status === status) return placeIn(shown);
  const stage = shown.pipeline.stages.find((one) => one.status === status);
  if (stage) return placeIn({ pipeline: shown.pipeline, stage });
  throw invalidField('status', 'no-such-stage', 'the pipeline of this lead has no stage of this status: name a stage');
};

/** Every stage in which a lead still wants work, under all names by which leads may stand in it. Each once. */
export const openStageIds = (pipelines: readonly Pipeline[]): string[] => {
  const open = pipelines.flatMap(({ stages }) => stages.filter(isOpen).map(({ stageId }) => stageId));
  return [...new Set(open.flatMap((stageId) => stageIdsOf(pipelines, stageId)))];
};
