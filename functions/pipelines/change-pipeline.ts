import type { Actor } from '#core/actor.ts';
import { AppError, invalidField, notFound } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { type RepeatableRequest, repeatable } from '#core/repeatable.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import {
  defaultPipeline,
  findStage,
  MOST_FORMER_STAGES,
  MOST_PIPELINES,
  type Pipeline,
  type Stage,
  stageOfStatus,
} from './pipeline.ts';
import type { CreatePipeline, UpdatePipeline } from './pipeline-input.ts';
import { type SettlePorts, settleStages } from './settle-stages.ts';

export interface PipelinePorts extends SettlePorts {
  pipelines: {
    all: (shopId: string) => Promise<Pipeline[]>;
    findRepeat: (request: RepeatableRequest) => Promise<string | undefined>;
    /** Changes all of this or nothing; false when somebody was faster. */
    save: (change: {
      saved: readonly Pipeline[];
      deleted?: Pipeline;
      entries: readonly AuditEntry[];
      /** The request that made the first of `saved`. */
      request?: RepeatableRequest | undefined;
    }) => Promise<boolean>;
  };
  patience: Patience;
}

interface Which {
  shopId: string;
  pipelineId: string;
  by: Actor;
}

/** A pipeline as it was changed; `isSettling` while leads of its former stages are still on their way. */
export interface ChangedPipeline {
  pipeline: Pipeline;
  isSettling: boolean;
}

const shown = ['name', 'stages', 'isDefault'];

const entryOf = (
  before: Partial<Pipeline>,
  after: Partial<Pipeline>,
  action: string,
  by: Actor,
  now: Date,
): AuditEntry => {
  const { shopId = '', pipelineId: id = '' } = { ...before, ...after };
  const changes = changesOf(before, after, { shown, ignored: ['pipelineId', 'formerStages'] });
  return auditEntry({ shopId, subject: { kind: 'pipeline', id }, by, action, changes }, now);
};

const nextPipeline = (pipeline: Pipeline, now: Date): Pipeline => ({
  ...pipeline,
  version: pipeline.version + 1,
  updatedAt: now.toISOString(),
});

/** The others of a shop, as far as they must change with one: the built-in one is stored, the default is one alone. */
const othersAfter = (pipelines: readonly Pipeline[], changed: Pipeline, now: Date): Pipeline[] =>
  pipelines
    .filter(({ pipelineId }) => pipelineId !== changed.pipelineId)
    .filter(({ version, isDefault }) => version === 0 || (isDefault && changed.isDefault))
    .map((other) => nextPipeline({ ...other, isDefault: other.isDefault && !changed.isDefault }, now));

const newPipeline = (shopId: string, { name, stages, isDefault = false }: CreatePipeline, now: Date): Pipeline => {
  const at = now.toISOString();
  const own = stages.map((stage) => ({ stageId: newId(now), ...stage }));
  return {
    ...{ shopId, pipelineId: newId(now), name, stages: own, isDefault },
    ...{ formerStages: [], version: 1, createdAt: at, updatedAt: at },
  };
};

/**
 * Makes a pipeline. The built-in one stays beside it, as one that can be changed and deleted like others. The same
 * idempotency key again gives the same pipeline. Throws `request.invalid` for more than twenty,
 * `idempotency.key-reused`, `not-found` for one that was made with this key and is gone, `change.conflict`.
 */
export const createPipeline = async (
  {
    shopId,
    input,
    by,
    idempotencyKey,
  }: { shopId: string; input: CreatePipeline; by: Actor; idempotencyKey: string | undefined },
  { pipelines, patience }: PipelinePorts,
): Promise<Pipeline> => {
  const request = repeatable(shopId, 'create-pipeline', idempotencyKey, input);
  const made = await withPatience(patience, async () => {
    // first: what was made under this key is among all that are read after
    const repeated = request && (await pipelines.findRepeat(request));
    const all = await pipelines.all(shopId);
    if (repeated) return all.find(({ pipelineId }) => pipelineId === repeated) ?? Promise.reject(notFound());
    if (all.length >= MOST_PIPELINES)
      throw invalidField('name', 'too-many', `a shop has at most ${MOST_PIPELINES} pipelines`);
    const now = patience.clock();
    const pipeline = newPipeline(shopId, input, now);
    const saved = [pipeline, ...othersAfter(all, pipeline, now)];
    const entries = [entryOf({}, pipeline, 'pipeline.created', by, now)];
    return (await pipelines.save({ saved, entries, request })) ? pipeline : undefined;
  });
  return made ?? Promise.reject(new AppError('change.conflict', 'the pipelines keep changing; try again'));
};

type FormerStages = Pipeline['formerStages'];

/** The stages that a change asks for, and those that took the place of others: a stage of another status is another one. */
const stagesAfter = (
  pipeline: Pipeline,
  asked: NonNullable<UpdatePipeline['stages']>,
  now: Date,
): { stages: Stage[]; replaced: FormerStages } => {
  const replaced: { stageId: string; into: string }[] = [];
  const ids = asked.flatMap(({ stageId }) => stageId ?? []);
  if (new Set(ids).size < ids.length) throw invalidField('stages', 'repeated', 'each stage stands in a pipeline once');
  const stages = asked.map(({ stageId, ...rest }): Stage => {
    if (stageId === undefined) return { stageId: newId(now), ...rest };
    const own = pipeline.stages.find((stage) => stage.stageId === stageId);
    if (own === undefined) throw invalidField('stages', 'unknown', 'a stage with an id must be one of this pipeline');
    if (own.status === rest.status) return { stageId, ...rest };
    const stage = { stageId: newId(now), ...rest };
    replaced.push({ stageId, into: stage.stageId });
    return stage;
  });
  return { stages, replaced };
};

const isEmpty = async (shopId: string, stageId: string, { leads }: PipelinePorts): Promise<boolean> =>
  (await leads.idsIn(shopId, stageId, { limit: 1 })).items.length === 0;

/** Throws `stage.not-empty` when there are leads in one of these stages. */
const assertEmpty = async (shopId: string, stages: readonly Stage[], ports: PipelinePorts): Promise<void> => {
  const empty = await Promise.all(stages.map(({ stageId }) => isEmpty(shopId, stageId, ports)));
  const full = stages.filter((_, index) => !empty[index]).map(({ stageId }) => stageId);
  if (full.length > 0)
    throw new AppError('stage.not-empty', 'say with moveTo where their leads go', { details: { stageIds: full } });
};

/** Where the leads of stages go that are left out. `among`: the pipelines as they will be. */
const successorsOf = async (
  {
    gone,
    home,
    moveTo,
    among,
  }: { gone: readonly Stage[]; home: Pipeline; moveTo: string | undefined; among: readonly Pipeline[] },
  ports: PipelinePorts,
): Promise<FormerStages> => {
  if (moveTo !== undefined && findStage(among, moveTo) === undefined)
    throw invalidField('moveTo', 'unknown', 'must be a stage that stays');
  if (moveTo === undefined) await assertEmpty(home.shopId, gone, ports);
  // a lead that comes in at this very moment is shown there too
  return gone.map(({ stageId, status }) => ({ stageId, into: moveTo ?? stageOfStatus(home, status).stageId }));
};

/**
 * The pipeline with more stages that are gone. Beyond as many as it remembers the oldest are forgotten, but none that has
 * leads, and none that others lead to: their leads would be shown nowhere.
 */
const remembering = async (
  pipeline: Pipeline,
  formers: FormerStages,
  among: readonly Pipeline[],
  ports: PipelinePorts,
): Promise<Pipeline> => {
  const all = [...formers, ...pipeline.formerStages];
  const leadOn = new Set([...formers, ...among.flatMap(({ formerStages }) => formerStages)].map(({ into }) => into));
  const old = all.slice(MOST_FORMER_STAGES);
  const kept = await Promise.all(
    old.map(async ({ stageId }) => leadOn.has(stageId) || !(await isEmpty(pipeline.shopId, stageId, ports))),
  );
  return { ...pipeline, formerStages: [...all.slice(0, MOST_FORMER_STAGES), ...old.filter((_, index) => kept[index])] };
};

const changed = async (
  pipelines: readonly Pipeline[],
  pipeline: Pipeline,
  { stages: asked, moveTo, ...rest }: UpdatePipeline,
  ports: PipelinePorts,
): Promise<Pipeline> => {
  const now = ports.patience.clock();
  const { stages, replaced } = asked ? stagesAfter(pipeline, asked, now) : { stages: pipeline.stages, replaced: [] };
  const home = { ...pipeline, ...rest, stages };
  const gone = pipeline.stages.filter(
    ({ stageId }) => ![...stages, ...replaced].some((one) => one.stageId === stageId),
  );
  const among = pipelines.map((one) => (one.pipelineId === home.pipelineId ? home : one));
  const formers = await successorsOf({ gone, home, moveTo, among }, ports);
  return nextPipeline(await remembering(home, [...formers, ...replaced], pipelines, ports), now);
};

/** Nobody waits longer for a change: the queue moves the rest of the leads, and all when this is interrupted. */
const MOST_SETTLING_MS = 2000;

/** Moves the leads of the stages that went with this change, as many as there is time for. */
const settledPipeline = async (
  before: Pick<Pipeline, 'formerStages'>,
  pipeline: Pipeline,
  by: Actor,
  ports: PipelinePorts,
): Promise<ChangedPipeline> => {
  const { shopId, formerStages } = pipeline;
  const known = new Set(before.formerStages.map(({ stageId }) => stageId));
  const stageIds = formerStages.map(({ stageId }) => stageId).filter((stageId) => !known.has(stageId));
  if (stageIds.length === 0) return { pipeline, isSettling: false };
  const until = new Date(ports.patience.clock().getTime() + MOST_SETTLING_MS);
  const pipelines = await ports.pipelines.all(shopId);
  const { isDone } = await settleStages({ shopId, stageIds, pipelines, by, until }, ports);
  return { pipeline, isSettling: !isDone };
};

/**
 * Changes a pipeline: its name, its stages and their order, that it is the default. Leads of stages that are left out go
 * to `moveTo`; a stage that gets another status takes its leads along. Throws `not-found`, `request.invalid`,
 * `stage.not-empty` for leads without a place to go, `change.conflict`.
 */
export const updatePipeline = async (
  { shopId, pipelineId, input, by }: Which & { input: UpdatePipeline },
  ports: PipelinePorts,
): Promise<ChangedPipeline> => {
  const { pipelines, patience } = ports;
  const done = await withPatience(patience, async () => {
    const all = await pipelines.all(shopId);
    const before = all.find((one) => one.pipelineId === pipelineId);
    if (before === undefined) throw notFound();
    const after = await changed(all, before, input, ports);
    const now = patience.clock();
    const saved = [after, ...othersAfter(all, after, now)];
    const entries = [entryOf(before, after, 'pipeline.changed', by, now)];
    return (await pipelines.save({ saved, entries })) ? { before, after } : undefined;
  });
  if (done === undefined) throw new AppError('change.conflict', 'the pipeline keeps changing; try again');
  return settledPipeline(done.before, done.after, by, ports);
};

/** Which pipeline remembers where the leads of one that goes are now: the one of `moveTo`, else the default. */
const heirOf = (others: readonly Pipeline[], moveTo: string | undefined): Pipeline =>
  (moveTo === undefined ? undefined : findStage(others, moveTo)?.pipeline) ?? defaultPipeline(others);

/**
 * Deletes a pipeline; its leads go to the stage `moveTo` of another one. Throws `not-found`, `pipeline.is-default`,
 * `stage.not-empty` for leads without a place to go, `request.invalid`, `change.conflict`.
 */
export const deletePipeline = async (
  { shopId, pipelineId, moveTo, by }: Which & { moveTo: string | undefined },
  ports: PipelinePorts,
): Promise<void> => {
  const { pipelines, patience } = ports;
  const heir = await withPatience(patience, async () => {
    const all = await pipelines.all(shopId);
    const deleted = all.find((one) => one.pipelineId === pipelineId);
    if (deleted === undefined) throw notFound();
    if (deleted.isDefault) throw new AppError('pipeline.is-default', 'make another pipeline the default first');
    const others = all.filter((one) => one !== deleted);
    const home = heirOf(others, moveTo);
    const formers = await successorsOf({ gone: deleted.stages, home, moveTo, among: others }, ports);
    const now = patience.clock();
    const after = nextPipeline(await remembering(home, [...formers, ...deleted.formerStages], all, ports), now);
    const entries = [entryOf(deleted, {}, 'pipeline.deleted', by, now)];
    return (await pipelines.save({ saved: [after], deleted, entries })) ? { before: home, after } : undefined;
  });
  if (heir === undefined) throw new AppError('change.conflict', 'the pipeline keeps changing; try again');
  await settledPipeline(heir.before, heir.after, by, ports);
};
