import { AppError } from '#core/errors.ts';
import { withPatience } from '#core/patience.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { openStageIds, type Pipeline } from '../pipelines/pipeline.ts';
import { isActive, type User } from '../shops/user.ts';
import { assertMayAssign, type Viewer } from '../shops/viewer.ts';
import { type AssignablePorts, assertAssignable } from './assignable.ts';
import { type ChangeLeadPorts, changeLead, leadEntries } from './change-lead.ts';
import { findLead, type WhichLead } from './find-lead.ts';
import { type Lead, nextLead } from './lead.ts';
import { chooseSeller, compareLoads, type Turn, type TurnTaken } from './round-robin.ts';
import type { By } from './update-lead.ts';

interface Assignment extends WhichLead, By {
  reason?: string | undefined;
}

const assertGiven = (viewer: Viewer | undefined, lead: Lead, to: string | undefined): void => {
  if (viewer) assertMayAssign(viewer, lead, to);
};

/**
 * Gives a lead to a user of the shop, or to nobody. Throws `request.invalid` for whoever is no user who may sign in,
 * `not-found` for a lead that the viewer may not see, `request.forbidden` for one that is not theirs to give, and
 * `change.conflict`.
 */
export const assignLead = async (
  { by, reason, to, ...which }: Assignment & { to: string | undefined },
  ports: ChangeLeadPorts & AssignablePorts,
): Promise<Lead> => {
  // who may not see a lead learns nothing of users either
  await findLead(which, ports);
  await assertAssignable(which.shopId, to, ports);
  const change = (lead: Lead) => {
    assertGiven(which.viewer, lead, to);
    return { assignedTo: to };
  };
  return changeLead({ ...which, note: { by, action: 'lead.assigned', reason } }, change, ports);
};

export interface RoundRobinPorts extends Pick<ChangeLeadPorts, 'patience'> {
  leads: Pick<ChangeLeadPorts['leads'], 'find'> & {
    /** How many leads in these stages a seller has, counted no further than `enough`. */
    countOf: (shopId: string, sellerId: string, stageIds: readonly string[], enough: number) => Promise<number>;
    turns: (shopId: string) => Promise<Turn[]>;
    /** Saves a lead and the turn in which it was given; false when somebody was faster with either. */
    saveTurn: (before: Lead, after: Lead, entries: readonly AuditEntry[], turn: TurnTaken) => Promise<boolean>;
  };
  users: { all: (shopId: string) => Promise<User[]> };
  pipelines: { all: (shopId: string) => Promise<Pipeline[]> };
}

const workloads = async (shopId: string, ports: RoundRobinPorts) => {
  const [users, pipelines, turns] = await Promise.all([
    ports.users.all(shopId),
    ports.pipelines.all(shopId),
    ports.leads.turns(shopId),
  ]);
  const stageIds = openStageIds(pipelines);
  const sellers = users.filter((user) => user.role === 'seller' && isActive(user)).map(({ userId }) => userId);
  const loads = await compareLoads(sellers, (userId, enough) => ports.leads.countOf(shopId, userId, stageIds, enough));
  return sellers.map((userId) => ({
    userId,
    openLeads: loads.get(userId) ?? 0,
    turn: turns.find((one) => one.userId === userId),
  }));
};

/**
 * Gives a lead to the active seller with the fewest open leads; of several, to the one whose last turn was the longest
 * ago. Requests at the same moment take turns. Throws `request.invalid` when the shop has no active seller, `not-found`
 * for a lead that the viewer may not see, `request.forbidden` for one that is not theirs to give, and `change.conflict`.
 */
export const assignInTurn = async ({ by, reason, ...which }: Assignment, ports: RoundRobinPorts): Promise<Lead> => {
  const done = await withPatience(ports.patience, async () => {
    const lead = await findLead(which, ports);
    const chosen = chooseSeller(await workloads(which.shopId, ports));
    assertGiven(which.viewer, lead, chosen.userId);
    if (lead.assignedTo === chosen.userId) return lead;
    const now = ports.patience.clock();
    const next = nextLead({ ...lead, assignedTo: chosen.userId }, now.toISOString());
    const entries = leadEntries(lead, next, { by, action: 'lead.assigned', reason }, now);
    const turn = { userId: chosen.userId, at: now.toISOString(), number: (chosen.turn?.number ?? 0) + 1 };
    return (await ports.leads.saveTurn(lead, next, entries, { turn, before: chosen.turn })) ? next : undefined;
  });
  if (done === undefined) throw new AppError('change.conflict', 'this lead keeps changing; try again');
  return done;
};
