import * as z from 'zod/mini';
import { textField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { leadStatuses } from '../leads/lead.ts';
import { MOST_STAGES, Stage } from './pipeline.ts';

/** Ids of pipelines and stages: ours, or those of the built-in ones. */
export const placeIdField = () =>
  z.string().check(z.regex(/^[0-9A-Za-z_-]{1,40}$/, 'must be the id of a stage or a pipeline'));

const newStage = () => ({ name: textField(60), status: z.enum(leadStatuses) });

const stagesOf = <StageInput extends z.ZodMiniType>(stage: StageInput) =>
  z.array(stage).check(z.minLength(1), z.maxLength(MOST_STAGES));

/** A pipeline that a shop makes for itself. */
export const CreatePipeline = lazy(() =>
  z.strictObject({
    name: textField(60),
    stages: stagesOf(z.strictObject(newStage())),
    /** Makes it the one where leads go that nobody puts anywhere. */
    isDefault: z.optional(z.boolean()),
  }),
);
export type CreatePipeline = z.infer<Lazy<typeof CreatePipeline>>;

/** A change of a pipeline. `stages`: all that it shall have, in their order; those with an id stay, the others are new. */
export const UpdatePipeline = lazy(() =>
  z.strictObject({
    name: z.optional(textField(60)),
    stages: z.optional(stagesOf(z.strictObject({ stageId: z.optional(placeIdField()), ...newStage() }))),
    /** A shop has always one: another takes its place, none gives it up. */
    isDefault: z.optional(z.literal(true)),
    /** The stage where the leads go whose own stage is left out. */
    moveTo: z.optional(placeIdField()),
  }),
);
export type UpdatePipeline = z.infer<Lazy<typeof UpdatePipeline>>;

/** A pipeline as its shop sees it. */
export const PipelineView = lazy(() =>
  z.object({
    pipelineId: z.string(),
    name: z.string(),
    isDefault: z.boolean(),
    stages: z.array(Stage()),
    /** Leads of stages that are gone are still on their way; they are shown where they go. */
    isSettling: z.optional(z.boolean()),
  }),
);
export type PipelineView = z.infer<Lazy<typeof PipelineView>>;
