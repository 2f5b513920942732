import { actorOf, type Caller } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { notFound } from '#core/errors.ts';
import type { Shop } from '../shops/shop.ts';
import { viewerOf } from '../shops/viewer.ts';
import { addNote, editNote, listNotes, type NotePorts, removeNote } from './change-notes.ts';
import { crmShop } from './crm-shop.ts';
import { type DeleteLeadPorts, deleteLead } from './delete-lead.ts';
import { type DuplicatePorts, findDuplicates } from './find-duplicates.ts';
import type { leadLifeRoutes } from './lead-life.routes.ts';
import { leadViews } from './lead-view.ts';
import { type MergeLeadsPorts, mergeLeads } from './merge-leads.ts';
import { noteView } from './note.ts';
import { type BoardPorts, showBoard } from './show-board.ts';
import { showTimeline, type TimelinePorts } from './show-timeline.ts';

/** Everything that the life of leads needs. */
export interface LeadLifePorts
  extends NotePorts,
    TimelinePorts,
    MergeLeadsPorts,
    DeleteLeadPorts,
    DuplicatePorts,
    BoardPorts {
  leads: NotePorts['leads'] &
    MergeLeadsPorts['leads'] &
    DeleteLeadPorts['leads'] &
    DuplicatePorts['leads'] &
    BoardPorts['leads'];
  contacts: MergeLeadsPorts['contacts'] &
    TimelinePorts['contacts'] &
    DeleteLeadPorts['contacts'] &
    DuplicatePorts['contacts'];
  findShop: (shopId: string) => Promise<Shop | undefined>;
}

/** What answers each route of the life of leads. */
export const leadLifeHandlers = (ports: LeadLifePorts): RouteHandlers<typeof leadLifeRoutes> => {
  const askedBy = async (caller: Caller) => {
    const shop = await crmShop(ports.findShop, caller.shopId);
    return { shop, shopId: shop.shopId, caller, viewer: viewerOf(caller, shop), by: actorOf(caller) };
  };
  return {
    showBoard: async ({ caller, query }) => showBoard({ ...(await askedBy(caller)), query }, ports),
    deleteLead: async ({ caller, params }) => {
      await deleteLead({ ...(await askedBy(caller)), ...params }, ports);
    },
    showTimeline: async ({ caller, params, query: page }) =>
      showTimeline({ ...(await askedBy(caller)), ...params, page }, ports),
    listNotes: async ({ caller, params, query: page }) => {
      const found = await listNotes({ ...(await askedBy(caller)), ...params, page }, ports);
      return { ...found, items: found.items.map(noteView) };
    },
    addNote: async ({ caller, params, body, idempotencyKey }) =>
      noteView(await addNote({ ...(await askedBy(caller)), ...params, ...body, idempotencyKey }, ports)),
    editNote: async ({ caller, params, body }) =>
      noteView(await editNote({ ...(await askedBy(caller)), ...params, ...body }, ports)),
    removeNote: async ({ caller, params }) => {
      await removeNote({ ...(await askedBy(caller)), ...params }, ports);
    },
    findDuplicates: async ({ caller, params }) => ({
      items: await findDuplicates({ ...(await askedBy(caller)), ...params }, ports),
    }),
    mergeLeads: async ({ caller, params, body }) => {
      const merged = await mergeLeads({ ...(await askedBy(caller)), ...params, input: body }, ports);
      const [view] = await leadViews(merged.shopId, [merged], ports);
      return view ?? Promise.reject(notFound());
    },
  };
};
