import type { Actor } from '#core/actor.ts';
import { AppError } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { Viewer } from '../shops/viewer.ts';
import { homesOf } from './change-notes.ts';
import { type FindLeadPorts, findLead } from './find-lead.ts';
import type { Lead } from './lead.ts';

export interface DeleteLeadPorts extends FindLeadPorts {
  leads: FindLeadPorts['leads'] & {
    /** These leads as they stand now, and those in which they went on. */
    behind: (shopId: string, leadIds: readonly string[]) => Promise<Lead[]>;
    /** Takes leads away and saves conversations, all or nothing; false when somebody changed one of them. */
    remove: (
      leads: readonly Lead[],
      conversations: readonly Conversation[],
      entries: readonly AuditEntry[],
    ) => Promise<boolean>;
    /** Removes the notes of leads; false when somebody was writing on one of them, and some are left. */
    clearNotes: (shopId: string, leadIds: readonly string[]) => Promise<boolean>;
  };
  contacts: { conversationsOf: (shopId: string, contactIds: readonly string[]) => Promise<Conversation[]> };
  patience: Patience;
}

/** A transaction takes a hundred writes. */
const MOST_CONVERSATIONS = 20;

/** Whoever writes in it next is heard for the first time again. */
const unheard = ({ heard: _, ...rest }: Conversation, updatedAt: string): Conversation => ({
  ...rest,
  version: rest.version + 1,
  updatedAt,
});

const entryOf = ({ shopId, leadId, status, stageId, assignedTo, source }: Lead, by: Actor, now: Date): AuditEntry =>
  auditEntry(
    {
      ...{ shopId, subject: { kind: 'lead', id: leadId }, by, action: 'lead.deleted' },
      changes: {
        status: { from: status },
        stageId: { from: stageId },
        source: { from: source },
        ...(assignedTo !== undefined && { assignedTo: { from: assignedTo } }),
      },
    },
    now,
  );

const newestFirst = (one: Conversation, other: Conversation): number =>
  one.lastMessageAt < other.lastMessageAt ? 1 : -1;

/**
 * Deletes a lead with its notes, and the leads that went on in it. Contacts and conversations stay; whoever writes again
 * becomes a lead again, where the shop wants that. Throws `not-found` for one that the viewer may not see, and
 * `change.conflict` when others kept changing it. When it is interrupted, the same again goes on with it.
 */
export const deleteLead = async (
  { shopId, leadId, viewer, by }: { shopId: string; leadId: string; viewer: Viewer; by: Actor },
  ports: DeleteLeadPorts,
): Promise<void> => {
  const { leads, contacts, patience } = ports;
  const gone = await withPatience(patience, async () => {
    const lead = await findLead({ shopId, leadId, viewer }, ports);
    const ids = homesOf(lead);
    // first, for who finds the lead gone has no way to them any more
    if (!(await leads.clearNotes(shopId, ids))) return undefined;
    const formers = (await leads.behind(shopId, ids)).filter((one) => one.leadId !== lead.leadId);
    const conversations = await contacts.conversationsOf(shopId, ids);
    const now = patience.clock();
    const heard = conversations
      .filter((one) => one.heard !== undefined && one.mergedInto === undefined)
      .toSorted(newestFirst)
      .slice(0, MOST_CONVERSATIONS)
      .map((one) => unheard(one, now.toISOString()));
    return (await leads.remove([lead, ...formers], heard, [entryOf(lead, by, now)])) ? ids : undefined;
  });
  if (gone === undefined) throw new AppError('change.conflict', 'this lead keeps changing; try again');
  // what somebody wrote down in between
  await withPatience(patience, async () => (await leads.clearNotes(shopId, gone)) || undefined);
};
