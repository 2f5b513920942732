import { isDeepStrictEqual } from 'node:util';
import { AppError } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { present } from '#core/present.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type FindLeadPorts, findLead, type WhichLead } from './find-lead.ts';
import { type Lead, nextLead } from './lead.ts';

export interface ChangeLeadPorts {
  leads: FindLeadPorts['leads'] & {
    /** Saves a changed lead with the entries that tell of it; false when somebody was faster. */
    save: (before: Lead, after: Lead, entries: readonly AuditEntry[]) => Promise<boolean>;
  };
  patience: Patience;
}

/** What is not personal of a lead, so that the audit trail may say how it changed. */
const shownFields = [
  'status',
  'pipelineId',
  'stageId',
  'assignedTo',
  'source',
  'tags',
  'nextActionAt',
  'metaLeadId',
  'importId',
  'importRow',
  'mergedInto',
  'formerLeadIds',
] as const satisfies readonly (keyof Lead)[];

/** Copies of what a contact says, whose change is the contact's and no news of the lead. */
const copiedFields = ['phone', 'morePhones', 'userIds', 'knownAs'] as const satisfies readonly (keyof Lead)[];

/** Who changes a lead, and what happens to it. */
export interface LeadChangeNote {
  /** `user:<id>`, or a part of the system. */
  by: string;
  /** Like `lead.stage-moved`. */
  action: string;
  reason?: string | undefined;
}

/** The entries that tell how a lead changed: one, or none when all that changed are copies of its contact's. */
export const leadEntries = (before: Lead, after: Lead, note: LeadChangeNote, now: Date): AuditEntry[] => {
  const changes = changesOf(before, after, { shown: shownFields, ignored: copiedFields });
  if (Object.keys(changes).length === 0) return [];
  const subject = { kind: 'lead', id: after.leadId } as const;
  return [auditEntry({ shopId: after.shopId, subject, changes, ...note }, now)];
};

/** Makes a change of it: some fields anew, undefined takes one away; the same object leaves it as it is. */
type Change = (lead: Lead) => Partial<Lead> | Promise<Partial<Lead>>;

/**
 * Changes a lead, or writes nothing when it is so already. Follows a merge.
 * Throws `not-found` for one that the viewer may not see, and `change.conflict` when others kept changing it.
 */
export const changeLead = async (
  { note, ...which }: WhichLead & { note: LeadChangeNote },
  change: Change,
  ports: ChangeLeadPorts,
): Promise<Lead> => {
  const done = await withPatience(ports.patience, async () => {
    const lead = await findLead(which, ports);
    const now = ports.patience.clock();
    const changed = present({ ...lead, ...(await change(lead)) });
    if (isDeepStrictEqual(changed, present(lead))) return lead;
    const next = nextLead(changed, now.toISOString());
    return (await ports.leads.save(lead, next, leadEntries(lead, next, note, now))) ? next : undefined;
  });
  if (done === undefined) throw new AppError('change.conflict', 'this lead keeps changing; try again');
  return done;
};
