import * as z from 'zod/mini';
import { timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { AuditEntryView } from '../audit/audit-view.ts';
import { ContactCheckout } from '../contacts/contact-checkout.ts';
import type { Message } from '../conversations/message.ts';
import { MessageView } from '../conversations/message-view.ts';
import { type Note, NoteView } from './note.ts';

/** What a lead's story is made of; each has its own rows, and they are merged when they are read. */
export const timelineKinds = ['change', 'checkout', 'message', 'note'] as const;
export type TimelineKind = (typeof timelineKinds)[number];

/** A row of one of its sources. */
export type TimelineRow =
  | { kind: 'change'; entry: AuditEntry }
  | { kind: 'checkout'; checkout: ContactCheckout }
  | { kind: 'message'; message: Message }
  | { kind: 'note'; note: Note };

/** Where an item stands in the story. */
export interface Moment {
  at: string;
  kind: TimelineKind;
  id: string;
}

/** The moment of a row. */
export const momentOf = (row: TimelineRow): Moment => {
  switch (row.kind) {
    case 'change':
      return { kind: row.kind, at: row.entry.at, id: row.entry.entryId };
    case 'checkout':
      return { kind: row.kind, at: row.checkout.createdAt, id: row.checkout.code };
    case 'message':
      return { kind: row.kind, at: row.message.at, id: row.message.messageId };
    case 'note':
      return { kind: row.kind, at: row.note.at, id: row.note.noteId };
  }
};

/** A moment as text: what comes later in time is greater, and no two things have the same. */
export const momentText = ({ at, kind, id }: Moment): string => `${at}#${kind}#${id}`;

const written = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)#(change|checkout|message|note)#([\w.-]+)$/;

/** Reads a moment; undefined for what is none. */
export const readMoment = (text: string): Moment | undefined => {
  const [, at, kind, id] = written.exec(text) ?? [];
  return at !== undefined && id !== undefined ? { at, kind: kind as TimelineKind, id } : undefined;
};

/**
 * Up to where the rows of a kind are read for what comes before a moment, the moment itself included: their keys are
 * `at#id`.
 */
export const upTo = (kind: TimelineKind, before: Moment): string => {
  if (kind === before.kind) return `${before.at}#${before.id}`;
  return kind < before.kind ? `${before.at}#~` : before.at;
};

/** The newest of these rows before a moment, newest first. */
export const newestRows = (rows: readonly TimelineRow[], before: Moment | undefined, limit: number): TimelineRow[] => {
  const placed = rows.map((row) => ({ row, place: momentText(momentOf(row)) }));
  const end = before && momentText(before);
  return placed
    .filter(({ place }) => end === undefined || place < end)
    .sort((one, other) => (one.place < other.place ? 1 : -1))
    .slice(0, limit)
    .map(({ row }) => row);
};

const moment = () => ({ id: z.string(), at: timeField() });

/** One thing that happened with a lead: only the member that its kind names is there. */
export const TimelineItem = lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('change'), ...moment(), change: AuditEntryView() }),
    z.object({ kind: z.literal('checkout'), ...moment(), checkout: ContactCheckout() }),
    z.object({ kind: z.literal('message'), ...moment(), message: MessageView() }),
    z.object({ kind: z.literal('note'), ...moment(), note: NoteView() }),
  ]),
);
export type TimelineItem = z.infer<Lazy<typeof TimelineItem>>;
