import type { Actor } from '#core/actor.ts';
import { AppError } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { Viewer } from '../shops/viewer.ts';
import { leadEntries } from './change-lead.ts';
import { type FindLeadPorts, findLead } from './find-lead.ts';
import { homesOf, type Lead, nextLead } from './lead.ts';
import type { LeadChange } from './merge-leads-of-contacts.ts';

export interface DeleteLeadPorts extends FindLeadPorts {
  leads: FindLeadPorts['leads'] & {
    /** These leads as they stand now, and those in which they went on. */
    behind: (shopId: string, leadIds: readonly string[]) => Promise<Lead[]>;
    /** Takes leads away, saves conversations, and `rest` where one stays; all or nothing, false when somebody was faster. */
    remove: (
      leads: readonly Lead[],
      conversations: readonly Conversation[],
      entries: readonly AuditEntry[],
      rest?: LeadChange,
    ) => Promise<boolean>;
    /** Removes the notes of leads; false when somebody was writing on one of them, and some are left. */
    clearNotes: (shopId: string, leadIds: readonly string[]) => Promise<boolean>;
  };
  contacts: { conversationsOf: (shopId: string, contactIds: readonly string[]) => Promise<Conversation[]> };
  patience: Patience;
}

/** With as many conversations and a lead full of tags they fit into one transaction. */
const MOST_FORMERS = 25;
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

/** The latest conversations of those who become nobody's lead. */
const unheardOf = async (
  leads: readonly Lead[],
  { contacts, patience }: Pick<DeleteLeadPorts, 'contacts' | 'patience'>,
): Promise<Conversation[]> => {
  const [first] = leads;
  if (first === undefined) return [];
  const ids = leads.map(({ leadId }) => leadId);
  const conversations = await contacts.conversationsOf(first.shopId, ids);
  return conversations
    .filter((one) => one.heard !== undefined && one.mergedInto === undefined)
    .toSorted(newestFirst)
    .slice(0, MOST_CONVERSATIONS)
    .map((one) => unheard(one, patience.clock().toISOString()));
};

/** Takes some of those away that went on in a lead, which no longer names them then. */
const shed = async (lead: Lead, formers: readonly Lead[], by: Actor, ports: DeleteLeadPorts): Promise<boolean> => {
  const now = ports.patience.clock();
  const gone = new Set(formers.map(({ leadId }) => leadId));
  const formerLeadIds = lead.formerLeadIds?.filter((id) => !gone.has(id));
  const after = nextLead({ ...lead, formerLeadIds }, now.toISOString());
  const entries = leadEntries(lead, after, { by, action: 'lead.updated', reason: 'deletion' }, now);
  return ports.leads.remove(formers, await unheardOf(formers, ports), [], { before: lead, after, entries });
};

/** One step of a deletion, which leaves a whole lead or none. Answers whether there was anybody faster, or more to do. */
const step = async (lead: Lead, by: Actor, ports: DeleteLeadPorts): Promise<'again' | 'more' | 'done'> => {
  const { leads, patience } = ports;
  const ids = homesOf(lead);
  // first, for who finds the lead gone has no way to them any more
  if (!(await leads.clearNotes(lead.shopId, ids))) return 'again';
  const formers = (await leads.behind(lead.shopId, ids)).filter((one) => one.leadId !== lead.leadId);
  if (formers.length > MOST_FORMERS)
    return (await shed(lead, formers.slice(0, MOST_FORMERS), by, ports)) ? 'more' : 'again';
  const all = [lead, ...formers];
  const isGone = await leads.remove(all, await unheardOf(all, ports), [entryOf(lead, by, patience.clock())]);
  return isGone ? 'done' : 'again';
};

/** Throws `request.forbidden` for a lead that a seller sees but does not have. */
const assertMayDelete = ({ role, userId }: Viewer, { assignedTo }: Lead): void => {
  if (role !== 'admin' && assignedTo !== userId)
    throw new AppError('request.forbidden', 'a seller deletes only leads that are theirs');
};

/**
 * Deletes a lead with its notes, and the leads that went on in it. Contacts and conversations stay; whoever writes again
 * becomes a lead again, where the shop wants that. Throws `not-found` for one that the viewer may not see,
 * `request.forbidden` for a seller who does not have it, and `change.conflict` when others kept changing it. When it is
 * interrupted, the same again goes on with it.
 */
export const deleteLead = async (
  { shopId, leadId, viewer, by }: { shopId: string; leadId: string; viewer: Viewer; by: Actor },
  ports: DeleteLeadPorts,
): Promise<void> => {
  const { leads, patience } = ports;
  const homes = new Set<string>();
  const tryOnce = async () => {
    let done: Awaited<ReturnType<typeof step>> = 'more';
    while (done === 'more') {
      const lead = await findLead({ shopId, leadId: [...homes][0] ?? leadId, viewer }, ports);
      assertMayDelete(viewer, lead);
      for (const id of homesOf(lead)) homes.add(id);
      done = await step(lead, by, ports);
    }
    return done === 'done' ? true : undefined;
  };
  if ((await withPatience(patience, tryOnce)) === undefined)
    throw new AppError('change.conflict', 'this lead keeps changing; try again');
  // what somebody wrote down in between
  await withPatience(patience, async () => (await leads.clearNotes(shopId, [...homes])) || undefined);
};
