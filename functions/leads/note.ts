import * as z from 'zod/mini';
import { type Actor, actorOf, type Caller } from '#core/actor.ts';
import { idField, textField, timeField } from '#core/fields.ts';
import { newId } from '#core/ids.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

const noteTextField = () => textField(4000);

/** What somebody of the shop wrote down about a lead. Its id tells when. */
export const Note = lazy(() =>
  z.object({
    shopId: idField(),
    /** Under which lead it was written; that one may go on in another since. */
    leadId: idField(),
    noteId: idField(),
    at: timeField(),
    by: z.string(),
    text: z.string(),
    editedAt: z.optional(timeField()),
    /** Who edited it, when it was not its writer. */
    editedBy: z.optional(z.string()),
  }),
);
export type Note = z.infer<Lazy<typeof Note>>;

/** What a note shall say. */
export const WriteNote = lazy(() => z.strictObject({ text: noteTextField() }));
export type WriteNote = z.infer<Lazy<typeof WriteNote>>;

/** A note as the people of its shop see it. */
export const NoteView = lazy(() => z.omit(Note(), { shopId: true, leadId: true }));
export type NoteView = z.infer<Lazy<typeof NoteView>>;

export const noteView = ({ shopId: _, leadId: __, ...view }: Note): NoteView => view;

/** A note that is written now. */
export const newNote = (
  { shopId, leadId }: Pick<Note, 'shopId' | 'leadId'>,
  text: string,
  by: Actor,
  now: Date,
): Note => ({
  ...{ shopId, leadId, noteId: newId(now) },
  ...{ at: now.toISOString(), by, text },
});

/** Notes are their writer's; admins may change and remove all. */
export const mayChangeNote = (caller: Pick<Caller, 'userId' | 'role' | 'shopId'>, note: Pick<Note, 'by'>): boolean =>
  caller.role === 'admin' || note.by === actorOf(caller);

/** The note with another text. */
export const editedNote = (note: Note, text: string, by: Actor, at: string): Note => {
  const { editedBy: _, ...rest } = note;
  return { ...rest, text, editedAt: at, ...(by !== note.by && { editedBy: by }) };
};
