import { actorOf, type Caller } from '#core/actor.ts';
import { AppError, notFound } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { type RepeatableRequest, repeatable } from '#core/repeatable.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Viewer } from '../shops/viewer.ts';
import { type FindLeadPorts, findLead } from './find-lead.ts';
import { homesOf, type Lead } from './lead.ts';
import { editedNote, mayChangeNote, type Note, newNote } from './note.ts';

export interface NotePorts extends FindLeadPorts {
  notes: {
    /** The note, under whichever of these leads it stands. */
    find: (shopId: string, leadIds: readonly string[], noteId: string) => Promise<Note | undefined>;
    findRepeat: (request: RepeatableRequest) => Promise<string | undefined>;
    /** Writes a note on a lead that is there; false when it is gone or goes on in another since, or was written. */
    add: (note: Note, request: RepeatableRequest | undefined) => Promise<boolean>;
    /** Changes a note, or removes it when there is no other, with the entry that tells so; false when somebody was faster. */
    replace: (before: Note, after: Note | undefined, entry: AuditEntry) => Promise<boolean>;
    page: (shopId: string, leadIds: readonly string[], page: PageRequest) => Promise<Page<Note>>;
  };
  patience: Patience;
}

/** A caller with what they see, and the lead that they mean. */
export interface OfLead {
  caller: Caller;
  viewer: Viewer;
  leadId: string;
}

const findSeenLead = ({ caller: { shopId }, viewer, leadId }: OfLead, ports: NotePorts): Promise<Lead> =>
  findLead({ shopId, leadId, viewer }, ports);

const conflict = () => new AppError('change.conflict', 'this note keeps changing; try again');

/** The notes of a lead, newest first. Throws `not-found` for one that the caller may not see, `request.invalid`. */
export const listNotes = async (which: OfLead & { page: PageRequest }, ports: NotePorts): Promise<Page<Note>> => {
  const lead = await findSeenLead(which, ports);
  return ports.notes.page(lead.shopId, homesOf(lead), which.page);
};

const repeatOf = async (request: RepeatableRequest | undefined, lead: Lead, { notes }: NotePorts) => {
  const noteId = request && (await notes.findRepeat(request));
  return noteId === undefined ? undefined : notes.find(lead.shopId, homesOf(lead), noteId);
};

/**
 * Writes a note on a lead. The same idempotency key again gives the same note. Throws `not-found` for a lead that the
 * caller may not see, `idempotency.key-reused`, `change.conflict`.
 */
export const addNote = async (
  { text, idempotencyKey, ...which }: OfLead & { text: string; idempotencyKey: string | undefined },
  ports: NotePorts,
): Promise<Note> => {
  const request = repeatable(which.caller.shopId, 'add-note', idempotencyKey, { leadId: which.leadId, text });
  const written = await withPatience(ports.patience, async () => {
    const lead = await findSeenLead(which, ports);
    const repeated = await repeatOf(request, lead, ports);
    if (repeated) return repeated;
    const note = newNote(lead, text, actorOf(which.caller), ports.patience.clock());
    return (await ports.notes.add(note, request)) ? note : undefined;
  });
  return written ?? Promise.reject(conflict());
};

/** That a note changed, and whose it was; never what it said. */
const noteEntry = (
  { shopId, noteId, by }: Note,
  leadId: string,
  caller: Caller,
  action: string,
  now: Date,
): AuditEntry =>
  auditEntry(
    {
      ...{ shopId, subject: { kind: 'lead', id: leadId }, by: actorOf(caller), action },
      changes: { noteId: { from: noteId }, writtenBy: { from: by }, text: {} },
    },
    now,
  );

/** Throws `request.forbidden` for the note of somebody else, and `not-found`. */
const changeNote = async (
  { noteId, ...which }: OfLead & { noteId: string },
  { action, change }: { action: string; change: (note: Note, now: Date) => Note | undefined },
  ports: NotePorts,
): Promise<Note | undefined> => {
  const done = await withPatience(ports.patience, async () => {
    const lead = await findSeenLead(which, ports);
    const before = await ports.notes.find(lead.shopId, homesOf(lead), noteId);
    if (before === undefined) throw notFound();
    if (!mayChangeNote(which.caller, before)) throw new AppError('request.forbidden', 'this note is somebody else’s');
    const now = ports.patience.clock();
    const after = change(before, now);
    if (after?.text === before.text) return { after: before };
    const entry = noteEntry(before, lead.leadId, which.caller, action, now);
    return (await ports.notes.replace(before, after, entry)) ? { after } : undefined;
  });
  if (done === undefined) throw conflict();
  return done.after;
};

/**
 * Changes what a note says: the caller's own, or any for an admin. Throws `not-found`, `request.forbidden` and
 * `change.conflict`.
 */
export const editNote = async (
  { text, ...which }: OfLead & { noteId: string; text: string },
  ports: NotePorts,
): Promise<Note> => {
  const by = actorOf(which.caller);
  const change = (note: Note, now: Date) => editedNote(note, text, by, now.toISOString());
  return (await changeNote(which, { action: 'lead.note-edited', change }, ports)) ?? Promise.reject(notFound());
};

/** Removes a note: the caller's own, or any for an admin. Throws as `editNote` does. */
export const removeNote = async (which: OfLead & { noteId: string }, ports: NotePorts): Promise<void> => {
  await changeNote(which, { action: 'lead.note-removed', change: () => undefined }, ports);
};
