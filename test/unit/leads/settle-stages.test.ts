import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../functions/audit/audit-entry.ts';
import type { Lead } from '../../../functions/leads/lead.ts';
import { builtInPipeline, type Pipeline } from '../../../functions/leads/pipeline.ts';
import { MOST_SETTLED, settleStages } from '../../../functions/leads/settle-stages.ts';
import { anId } from '../../support/builders.ts';
import { NOON } from '../../support/clock.ts';
import { quickPatience } from '../../support/ports.ts';

const shopId = anId();
const pipeline: Pipeline = { ...builtInPipeline(shopId), formerStages: [{ stageId: 'gone', into: 'contacted' }] };

const aLead = (change: Partial<Lead> = {}): Lead => ({
  ...{ shopId, leadId: anId(), userIds: [], status: 'new', pipelineId: 'default', stageId: 'gone', source: 'manual' },
  ...{ tags: [], version: 1, createdAt: NOON, updatedAt: NOON },
  ...change,
});

const given = (stored: readonly Lead[], saves: (lead: Lead) => boolean = () => true) => {
  const leads = new Map(stored.map((lead) => [lead.leadId, lead]));
  const entries: AuditEntry[] = [];
  const ports = {
    leads: {
      find: async (_: string, leadId: string) => leads.get(leadId),
      save: async (_: Lead, after: Lead, told: readonly AuditEntry[]) => {
        if (!saves(after)) return false;
        leads.set(after.leadId, after);
        entries.push(...told);
        return true;
      },
      idsIn: async (_: string, stageId: string, limit: number) =>
        [...leads.values()]
          .filter((lead) => lead.stageId === stageId)
          .map(({ leadId }) => leadId)
          .slice(0, limit),
    },
    patience: quickPatience(),
  };
  const settle = () => settleStages({ shopId, pipelines: [pipeline], by: 'user:admin' }, ports);
  return { leads, entries, settle };
};

describe('leads of a stage that is gone', () => {
  it('move to the one that took its place, as many as one request can, the rest at the next occasion', async () => {
    const { leads, entries, settle } = given(Array.from({ length: MOST_SETTLED + 5 }, () => aLead()));
    expect(await settle()).toBe(false);
    expect(await settle()).toBe(true);
    expect(new Set([...leads.values()].map(({ stageId, status }) => `${stageId} ${status}`))).toEqual(
      new Set(['contacted contacted']),
    );
    expect(entries).toHaveLength(MOST_SETTLED + 5);
  });

  it('stay where somebody has moved them since, or where they went on', async () => {
    const moved = aLead({ stageId: 'negotiation', status: 'negotiation' });
    const pointer = aLead({ mergedInto: anId() });
    const { leads, entries, settle } = given([moved, pointer]);
    expect(await settle()).toBe(true);
    expect([...leads.values()]).toEqual([moved, pointer]);
    expect(entries).toEqual([]);
  });

  it('are left for the next time when somebody keeps changing them', async () => {
    const stubborn = aLead();
    const { settle } = given([stubborn, aLead()], ({ leadId }) => leadId !== stubborn.leadId);
    expect(await settle()).toBe(false);
  });
});
