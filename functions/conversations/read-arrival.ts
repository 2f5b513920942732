import {
  type InboundMessage,
  mediaOf,
  opensWindow,
  previewOf,
  readInbound,
  repliesToOf,
} from '../whatsapp/inbound-message.ts';
import { isSamePhone } from '../whatsapp/person.ts';
import type { WebhookEvent } from '../whatsapp/webhook-event.ts';
import { fieldsOf, idOf } from '../whatsapp/wire.ts';
import { editMark, type Mark, reactionMark, revokeMark } from './mark.ts';
import { messageIdOf, rawForRow } from './message.ts';
import type { Arrived } from './receive-message.ts';
import type { Arrival } from './take-in.ts';

/** Meta lets people write 4096 characters. */
const LONGEST_EDIT = 30_000;
const LONGEST_WORD = 60;
const LONGEST_FILE_NAME = 240;

/** What says something about another message, or nothing to anybody. */
const marks: ReadonlySet<string> = new Set(['reaction', 'edit', 'revoke', 'system', 'request_welcome']);

/** What a message says about the one that Meta knows by this id. */
export interface Marking {
  metaId: string;
  mark: Mark;
}

/** What a message says about another one, if it does. `payload`: Meta's JSON of it. */
export const markOf = (message: InboundMessage, payload: unknown, at: string): Marking | undefined => {
  if (message.type === 'reaction') return { metaId: message.reactsTo, mark: reactionMark(message.emoji, at) };
  if (message.type === 'revoke') return { metaId: message.revokes, mark: revokeMark(at) };
  if (message.type !== 'edit') return undefined;
  const edited = JSON.stringify(fieldsOf(fieldsOf(payload)['edit'])['message']);
  // beside the message as it was: one that fills the row stands for itself alone
  return edited.length > LONGEST_EDIT ? undefined : { metaId: message.edits, mark: editMark(edited, at) };
};

const mediaFrom = (message: InboundMessage, as: Arrival['as']): Arrived['media'] => {
  const media = as === 'mark' ? undefined : mediaOf(message);
  return (
    media && {
      state: 'pending',
      metaId: media.id,
      ...(media.mimeType && { mimeType: media.mimeType }),
      ...(media.fileName && { fileName: media.fileName.slice(0, LONGEST_FILE_NAME) }),
    }
  );
};

const kindOf = ({ kind }: WebhookEvent, message: InboundMessage): Arrival['as'] => {
  if (marks.has(message.type)) return 'mark';
  return kind === 'echo' || kind === 'history' ? kind : 'message';
};

/** In a history both sides have written; an echo is always the shop's. */
const isOurs = ({ kind, payload, displayPhoneNumber }: WebhookEvent): boolean => {
  if (kind !== 'history') return kind === 'echo';
  const from = idOf(fieldsOf(payload)['from']);
  return from !== undefined && displayPhoneNumber !== undefined && isSamePhone(from, displayPhoneNumber);
};

/** Reads a message, an echo or a piece of history: what its conversation must know of it, and what its row keeps. */
export const readArrival = (event: WebhookEvent): { arrived: Arrived; message: InboundMessage } => {
  const message = readInbound(event.payload);
  const { metaId, metaType } = message;
  const told = message.at ?? event.time;
  const at = told ?? event.receivedAt;
  const as = kindOf(event, message);
  const ours = isOurs(event);
  const repliesTo = repliesToOf(message);
  const media = mediaFrom(message, as);
  const mark = markOf(message, event.payload, at);
  const { id, timestamp, type } = fieldsOf(event.payload);
  const stored = rawForRow(event.payload, { id, timestamp, type }, event.archiveKey);
  const arrived: Arrived = {
    messageId: messageIdOf(metaId),
    metaId,
    at,
    direction: ours ? 'outbound' : 'inbound',
    ...(told === undefined && { undated: true }),
    type: metaType.slice(0, LONGEST_WORD) || 'unknown',
    preview: previewOf(message),
    as,
    opensWindow: !ours && opensWindow(message),
    ...(as === 'message' && message.referral && !stored.tooLarge && { fromAd: true }),
    ...stored,
    ...(repliesTo && { repliesTo }),
    ...(media && { media }),
    ...(mark && { mark }),
  };
  return { arrived, message };
};
