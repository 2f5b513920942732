import { describe, expect, it } from 'vitest';
import { leadStatuses } from '../../../functions/leads/lead.ts';
import {
  builtInPipeline,
  findStage,
  type Pipeline,
  placeOfNew,
  placeOfStatus,
  shownStage,
  stageIdsOf,
} from '../../../functions/pipelines/pipeline.ts';
import { anId } from '../../support/builders.ts';

const shopId = anId();
const builtIn = builtInPipeline(shopId);

const aPipeline = (change: Partial<Pipeline> = {}): Pipeline => ({
  ...builtIn,
  pipelineId: anId(),
  name: 'Mayoristas',
  isDefault: false,
  version: 1,
  stages: [
    { stageId: 'first', name: 'Primer contacto', status: 'new' },
    { stageId: 'visit', name: 'Visita', status: 'interested' },
    { stageId: 'second-visit', name: 'Segunda visita', status: 'interested' },
    { stageId: 'sold', name: 'Vendido', status: 'closed_won' },
  ],
  ...change,
});

describe('the built-in pipeline', () => {
  it('has a stage for each status, under its name', () => {
    expect(builtIn.stages.map(({ stageId, status }) => [stageId, status])).toEqual(
      leadStatuses.map((status) => [status, status]),
    );
    expect(placeOfNew([builtIn])).toEqual({ pipelineId: 'default', stageId: 'new', status: 'new' });
  });
});

describe('where a lead is shown', () => {
  const own = aPipeline();
  const { pipelineId } = own;

  it('is its stage, whichever pipeline has it', () => {
    expect(findStage([builtIn, own], 'sold')?.pipeline).toBe(own);
    expect(shownStage([builtIn, own], { pipelineId, stageId: 'visit', status: 'interested' }).stage.name).toBe(
      'Visita',
    );
  });

  it('is the stage that took the place of its own, over any number of steps', () => {
    const now = aPipeline({
      pipelineId,
      formerStages: [
        { stageId: 'b', into: 'sold' },
        { stageId: 'a', into: 'b' },
      ],
    });
    expect(shownStage([builtIn, now], { pipelineId, stageId: 'a', status: 'new' }).stage.stageId).toBe('sold');
    expect(stageIdsOf([builtIn, now], 'sold').toSorted()).toEqual(['a', 'b', 'sold']);
    expect(stageIdsOf([builtIn, now], 'visit')).toEqual(['visit']);
  });

  it('is the first stage of its status in its pipeline when nobody knows its stage, or in the default one', () => {
    const lost = { pipelineId, stageId: 'gone', status: 'interested' } as const;
    expect(shownStage([builtIn, own], lost).stage.stageId).toBe('visit');
    expect(shownStage([builtIn, own], { ...lost, pipelineId: 'gone too' })).toEqual({
      pipeline: builtIn,
      stage: builtIn.stages[2],
    });
  });

  it('is some stage even of a pipeline that lacks its status, and of stages that lead in circles', () => {
    const circle = aPipeline({
      pipelineId,
      formerStages: [
        { stageId: 'a', into: 'b' },
        { stageId: 'b', into: 'a' },
      ],
    });
    expect(shownStage([circle], { pipelineId, stageId: 'a', status: 'closed_lost' }).stage.stageId).toBe('first');
  });
});

describe('a status', () => {
  const own = aPipeline();
  const at = { pipelineId: own.pipelineId, stageId: 'second-visit', status: 'interested' } as const;

  it('leaves a lead in its stage when that has it', () => {
    expect(placeOfStatus([builtIn, own], at, 'interested')).toEqual(at);
  });

  it('moves a lead to the first stage that has it', () => {
    expect(placeOfStatus([builtIn, own], at, 'closed_won')).toEqual({ ...at, stageId: 'sold', status: 'closed_won' });
  });

  it('that no stage of the pipeline has is refused', () => {
    expect(() => placeOfStatus([builtIn, own], at, 'closed_lost')).toThrow(/no stage of this status/);
  });
});
