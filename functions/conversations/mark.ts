import type { Message } from './message.ts';

/** What one message says about another: the attributes to set on its row, unless a newer mark of the kind is there. */
export interface Mark {
  set: Partial<Pick<Message, 'reaction' | 'reactionAt' | 'edited' | 'editedAt' | 'revokedAt'>>;
  /** The attribute that tells how new the mark is. */
  since: 'reactionAt' | 'editedAt' | 'revokedAt';
  at: string;
}

/** A reaction; without an emoji it takes an earlier one away. */
export const reactionMark = (emoji: string, at: string): Mark => ({
  set: { reaction: emoji, reactionAt: at },
  since: 'reactionAt',
  at,
});

/** The message as it stands since it was edited: Meta's JSON of it. */
export const editMark = (edited: string, at: string): Mark => ({
  set: { edited, editedAt: at },
  since: 'editedAt',
  at,
});

/** Its writer took the message back. */
export const revokeMark = (at: string): Mark => ({ set: { revokedAt: at }, since: 'revokedAt', at });
