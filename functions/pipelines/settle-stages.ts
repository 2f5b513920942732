import type { Actor } from '#core/actor.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type Lead, nextLead } from '../leads/lead.ts';
import { type Pipeline, placeIn, type StageOfPipeline, shownStage } from './pipeline.ts';

export interface SettlePorts {
  leads: {
    find: (shopId: string, leadId: string) => Promise<Lead | undefined>;
    /** Saves a changed lead with the entries that tell of it; false when somebody was faster. */
    save: (before: Lead, after: Lead, entries: readonly AuditEntry[]) => Promise<boolean>;
    /** The leads of a stage, perhaps as it was a moment ago. */
    idsIn: (shopId: string, stageId: string, page: PageRequest) => Promise<Page<string>>;
  };
  patience: Patience;
}

/** How far a settling came. */
export interface Settled {
  /** No lead is left, as far as can be seen. */
  isDone: boolean;
  moved: number;
}

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
): Promise<'moved' | 'in place' | undefined> =>
  withPatience(patience, async () => {
    const lead = await leads.find(shopId, leadId);
    if (lead === undefined || lead.mergedInto !== undefined) return 'in place';
    const to = shownStage(pipelines, lead);
    if (isSame(lead, to)) return 'in place';
    const [after, entry] = settled(lead, to, by, patience.clock());
    return (await leads.save(lead, after, [entry])) ? 'moved' : undefined;
  });

/** The leads of all of these stages, some at a time. */
async function* leadsIn(shopId: string, stageIds: readonly string[], { leads }: SettlePorts): AsyncGenerator<string[]> {
  for (const stageId of stageIds) {
    let cursor: string | undefined;
    do {
      const page = await leads.idsIn(shopId, stageId, { limit: AT_ONCE, ...(cursor !== undefined && { cursor }) });
      if (page.items.length > 0) yield page.items;
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
}

/**
 * Moves leads out of stages that are gone into those that took their place, the longest untouched first, until none is
 * left or the time is up. Until they are moved they are shown there all the same.
 */
export const settleStages = async (
  {
    shopId,
    stageIds,
    pipelines,
    by,
    until,
  }: { shopId: string; stageIds: readonly string[]; pipelines: readonly Pipeline[]; by: Actor; until: Date },
  ports: SettlePorts,
): Promise<Settled> => {
  let moved = 0;
  let isDone = true;
  for await (const some of leadsIn(shopId, stageIds, ports)) {
    if (ports.patience.clock() >= until) return { isDone: false, moved };
    const done = await Promise.all(some.map((leadId) => settleLead({ shopId, leadId, pipelines, by }, ports)));
    moved += done.filter((one) => one === 'moved').length;
    isDone &&= !done.includes(undefined);
  }
  return { isDone, moved };
};
