import { describe, expect, it } from 'vitest';
import type { PageRequest } from '#core/page.ts';
import type { AuditEntry } from '../../../functions/audit/audit-entry.ts';
import type { Lead } from '../../../functions/leads/lead.ts';
import { builtInPipeline, type Pipeline } from '../../../functions/pipelines/pipeline.ts';
import { settleStages } from '../../../functions/pipelines/settle-stages.ts';
import { anId } from '../../support/builders.ts';
import { MINUTE, movedClock, NOON } from '../../support/clock.ts';
import { quickPatience } from '../../support/ports.ts';

const shopId = anId();
const pipeline: Pipeline = { ...builtInPipeline(shopId), formerStages: [{ stageId: 'gone', into: 'contacted' }] };

const aLead = (change: Partial<Lead> = {}): Lead => ({
  ...{ shopId, leadId: anId(), userIds: [], status: 'new', pipelineId: 'default', stageId: 'gone', source: 'manual' },
  ...{ tags: [], version: 1, createdAt: NOON, updatedAt: NOON },
  ...change,
});

const given = (stored: readonly Lead[], saves: (lead: Lead) => boolean = () => true, msPerLead = 0) => {
  const leads = new Map(stored.map((lead) => [lead.leadId, lead]));
  const entries: AuditEntry[] = [];
  const clock = movedClock();
  const ports = {
    leads: {
      find: async (_: string, leadId: string) => leads.get(leadId),
      save: async (_: Lead, after: Lead, told: readonly AuditEntry[]) => {
        if (!saves(after)) return false;
        clock.advance(msPerLead);
        leads.set(after.leadId, after);
        entries.push(...told);
        return true;
      },
      idsIn: async (_: string, stageId: string, { limit, cursor = '' }: PageRequest) => {
        const ids = [...leads.values()].filter((lead) => lead.stageId === stageId).map(({ leadId }) => leadId);
        const items = ids.toSorted().filter((id) => id > cursor);
        const last = items[limit - 1];
        return { items: items.slice(0, limit), ...(last !== undefined && { nextCursor: last }) };
      },
    },
    patience: quickPatience(clock),
  };
  const settle = () => {
    const until = new Date(clock().getTime() + MINUTE);
    return settleStages({ shopId, stageIds: ['gone'], pipelines: [pipeline], by: 'user:admin', until }, ports);
  };
  return { leads, entries, settle };
};

describe('leads of a stage that is gone', () => {
  it('move to the one that took its place, as many as there is time for, the rest another time', async () => {
    const stored = Array.from({ length: 25 }, () => aLead());
    const { leads, entries, settle } = given(stored, () => true, MINUTE / 10);
    expect(await settle()).toEqual({ isDone: false, moved: 10 });
    expect(await settle()).toEqual({ isDone: false, moved: 10 });
    expect(await settle()).toEqual({ isDone: true, moved: 5 });
    expect(new Set([...leads.values()].map(({ stageId, status }) => `${stageId} ${status}`))).toEqual(
      new Set(['contacted contacted']),
    );
    expect(entries).toHaveLength(25);
  });

  it('stay where somebody has moved them since, or where they went on', async () => {
    const moved = aLead({ stageId: 'negotiation', status: 'negotiation' });
    const pointer = aLead({ mergedInto: anId() });
    const { leads, entries, settle } = given([moved, pointer]);
    expect(await settle()).toEqual({ isDone: true, moved: 0 });
    expect([...leads.values()]).toEqual([moved, pointer]);
    expect(entries).toEqual([]);
  });

  it('are left for the next time when somebody keeps changing them', async () => {
    const stubborn = aLead();
    const { settle } = given([stubborn, aLead()], ({ leadId }) => leadId !== stubborn.leadId);
    expect(await settle()).toEqual({ isDone: false, moved: 1 });
  });
});
