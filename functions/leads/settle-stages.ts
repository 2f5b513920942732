import type { Actor } from '#core/actor.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type Lead, nextLead } from './lead.ts';
import { type Pipeline, placeIn, type StageOfPipeline, shownStage } from './pipeline.ts';

export interface SettlePorts {
  leads: {
    find: (shopId: string, leadId: string) => Promise<Lead | undefined>;
    /** Saves a changed lead with the entries that tell of it; false when somebody was faster. */
    save: (before: Lead, after: Lead, entries: readonly AuditEntry[]) => Promise<boolean>;
    /** Some of the leads of a stage, at most `limit`, perhaps as it was a moment ago. */
    idsIn: (shopId: string, stageId: string, limit: number) => Promise<string[]>;
  };
  patience: Patience;
}

/** What one request moves in a few seconds. The rest is shown where it belongs, and moves at the next occasion. */
export const MOST_SETTLED = 1000;
const AT_ONCE = 10;

const isSame = (lead: Lead, { pipeline, stage }: StageOfPipeline): boolean =>
  lead.pipelineId === pipeline.pipelineId && lead.stageId === stage.stageId && lead.status === stage.status;

const settled = (lead: Lead, to: StageOfPipeline, by: Actor, now: Date): [Lead, AuditEntry] => {
  const after = nextLead({ ...lead, ...placeIn(to) }, now.toISOString());
  const entry = auditEntry(
    {
      shopId: lead.shopId,
      subject: { kind: 'lead', id: lead.leadId },
      by,
      action: 'lead.stage-moved',
      changes: {
        stageId: { from: lead.stageId, to: after.stageId },
        ...(lead.status !== after.status && { status: { from: lead.status, to: after.status } }),
      },
      reason: 'stage-removed',
    },
    now,
  );
  return [after, entry];
};

/** Moves one lead from a stage that is gone to the one that took its place; leaves one alone that somebody moved. */
const settleLead = async (
  { shopId, leadId, pipelines, by }: { shopId: string; leadId: string; pipelines: readonly Pipeline[]; by: Actor },
  { leads, patience }: SettlePorts,
): Promise<boolean> => {
  const done = await withPatience(patience, async () => {
    const lead = await leads.find(shopId, leadId);
    if (lead === undefined || lead.mergedInto !== undefined) return true;
    const to = shownStage(pipelines, lead);
    if (isSame(lead, to)) return true;
    const [after, entry] = settled(lead, to, by, patience.clock());
    return (await leads.save(lead, after, [entry])) || undefined;
  });
  return done ?? false;
};

/**
 * Moves leads out of stages that are gone into those that took their place; false when some are left, for the next
 * change of a pipeline. Until then they are shown there all the same.
 */
export const settleStages = async (
  { shopId, pipelines, by }: { shopId: string; pipelines: readonly Pipeline[]; by: Actor },
  ports: SettlePorts,
): Promise<boolean> => {
  const stageIds = pipelines.flatMap(({ formerStages }) => formerStages.map(({ stageId }) => stageId));
  const found = await Promise.all(stageIds.map((stageId) => ports.leads.idsIn(shopId, stageId, MOST_SETTLED + 1)));
  const leadIds = [...new Set(found.flat())];
  const waiting = leadIds.slice(0, MOST_SETTLED);
  let isDone = leadIds.length <= MOST_SETTLED;
  while (waiting.length > 0) {
    const some = waiting.splice(0, AT_ONCE);
    const done = await Promise.all(some.map((leadId) => settleLead({ shopId, leadId, pipelines, by }, ports)));
    isDone &&= done.every(Boolean);
  }
  return isDone;
};
