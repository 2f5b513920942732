import { appOf, type Connection } from '../connections/connection.ts';
import type { Contact } from '../contacts/contact.ts';
import { type Reaction, reactionTo } from '../whatsapp/error-dictionary.ts';
import type { Accepted } from '../whatsapp/graph-answer.ts';
import { GraphError } from '../whatsapp/graph-error.ts';
import { toGraphBody } from '../whatsapp/outbound-content.ts';
import type { Pace, Scope } from '../whatsapp/outbound-pace.ts';
import { callbackDataOf, isMarketing, type Message, type Place } from './message.ts';
import { FILE_MISSING, uploadMedia } from './send-media.ts';
import { errorOfObstacle, errorOfRefusal, type Loaded, type Obstacle, type Parcel, parcelOf } from './send-parcel.ts';
import { insist, type SettlePorts, settleMessage } from './settle-message.ts';
import { noteWaId } from './settle-recipient.ts';
import { actOnRefusal, type RefusalPorts } from './settle-refusal.ts';

/** A connection with its token at hand. Its calls throw {@link GraphError}. */
export interface Line {
  send: (body: object) => Promise<Accepted>;
  /** Meta's id of a file of ours; undefined when our bucket lacks it. */
  upload: (mediaKey: string) => Promise<string | undefined>;
}

/** What a claim notes on the row. */
export interface Claim {
  claimedUntil: string;
  media?: Message['media'];
  /** The row is taken only while this contact is as it was when it was asked about marketing. */
  asked?: Contact;
}

export interface SendPorts extends RefusalPorts {
  outbound: SettlePorts['outbound'] & {
    /** The row with all that sending it needs, as they are now. */
    load: (shopId: string, place: Place) => Promise<Loaded | undefined>;
    /** Takes a queued row for one attempt: as it is then, or undefined when somebody else has it. */
    claim: (message: Message, claim: Claim) => Promise<Message | undefined>;
    /** Queues it again: a claimed row as it was, one that was not claimed with one attempt more. */
    putBack: (message: Message, dueAt: string, now: Date) => Promise<unknown>;
  };
  /** Undefined when the vault has no token for it. */
  openLine: (connection: Connection) => Promise<Line | undefined>;
  pace: Pace;
}

/** What became of it. `later`: it must come again after so many seconds, before any other of its conversation. */
export type SendOutcome = { did: 'sent' | 'failed' | 'unknown' | 'nothing' } | { did: 'later'; seconds: number };

/** Longer than a call to Meta with all that follows may take. */
const CLAIM_MS = 60_000;
/** A retry that SQS lost is found by the sweep, this long after its time. */
const SLACK_MS = 60_000;
/** A pause as short as this is waited out. */
const SHORT_MS = 2000;

const after = (now: Date, milliseconds: number): string => new Date(now.getTime() + milliseconds).toISOString();

const scopesOf = (connection: Connection): Scope[] => [
  `number:${connection.phoneNumberId}`,
  `app:${appOf(connection)}`,
];

const slowedScope = (reaction: Reaction, connection: Connection): Scope | undefined => {
  if (reaction.do === 'slow-number') return `number:${connection.phoneNumberId}`;
  return reaction.do === 'slow-app' ? `app:${appOf(connection)}` : undefined;
};

/** Never before its time, and not all at the same moment. */
const jittered = (seconds: number, random: () => number): number => Math.ceil(seconds * (1 + random() / 4));

const tryLater = async (message: Message, seconds: number, ports: SendPorts): Promise<SendOutcome> => {
  const now = ports.patience.clock();
  const dueAt = after(now, seconds * 1000 + SLACK_MS);
  await insist(() => ports.outbound.putBack(message, dueAt, now), ports);
  return { did: 'later', seconds };
};

/** What has no answer of Meta's and can't have arrived is tried for some minutes. */
const reactionOf = (error: GraphError): Reaction =>
  error.code === undefined && error.httpStatus === undefined
    ? { do: 'retry', delays: [1, 5, 30, 120, 300] }
    : reactionTo(error);

/** Meta said no, or was not reached: the message waits for another attempt, or has failed. */
const refused = async (
  message: Message,
  { connection, contact }: Parcel,
  error: GraphError,
  ports: SendPorts,
): Promise<SendOutcome> => {
  const reaction = reactionOf(error);
  const now = ports.patience.clock();
  const slowed = slowedScope(reaction, connection);
  if (slowed) ports.pace.slow(slowed, now);
  // A claimed row counts this attempt already; an upload comes before the claim.
  const made = message.state === 'sending' ? (message.attempt ?? 1) : (message.attempt ?? 0) + 1;
  const delay = 'delays' in reaction ? reaction.delays[made - 1] : undefined;
  if (delay !== undefined) return tryLater(message, jittered(delay, ports.patience.random), ports);
  await actOnRefusal({ connection, contactId: contact.contactId, error }, ports, now);
  await settleMessage(message, { state: 'failed', error: errorOfRefusal(error) }, ports);
  return { did: 'failed' };
};

const fail = async (message: Message, why: Obstacle, ports: SendPorts): Promise<SendOutcome> => {
  await settleMessage(message, { state: 'failed', error: errorOfObstacle(why) }, ports);
  return { did: 'failed' };
};

/** The answer, or the refusal. Anything else that is thrown goes on. */
const answered = async <Answer>(call: Promise<Answer>): Promise<Answer | GraphError> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof GraphError) return error;
    throw error;
  }
};

/** One attempt of a claimed row. From here on it is never sent again unless Meta clearly did not take it. */
const attempt = async (claimed: Message, parcel: Parcel, line: Line, ports: SendPorts): Promise<SendOutcome> => {
  const { to, content } = parcel;
  const body = toGraphBody(content, { to, context: claimed.repliesTo, callbackData: callbackDataOf(claimed) });
  const answer = await answered(line.send(body));
  if (answer instanceof GraphError) {
    if (!answer.mayHaveArrived) return refused(claimed, parcel, answer, ports);
    await settleMessage(claimed, { state: 'unknown' }, ports);
    return { did: 'unknown' };
  }
  ports.pace.ease(scopesOf(parcel.connection));
  await settleMessage(claimed, { state: 'sent', metaId: answer.metaId, held: answer.held }, ports);
  await noteWaId(parcel.contact, answer, ports);
  return { did: 'sent' };
};

/** Files first: an upload may be repeated, the call after the claim may not. */
const claimAndSend = async (message: Message, parcel: Parcel, line: Line, ports: SendPorts): Promise<SendOutcome> => {
  const ready = await answered(uploadMedia(message, parcel.content, line.upload));
  if (ready instanceof GraphError) return refused(message, parcel, ready, ports);
  if (ready === FILE_MISSING) return fail(message, FILE_MISSING, ports);
  const { content, media } = ready;
  const claimedUntil = after(ports.patience.clock(), CLAIM_MS);
  const asked = isMarketing(message) && { asked: parcel.contact };
  const claimed = await ports.outbound.claim(message, { claimedUntil, ...(media && { media }), ...asked });
  // Whoever has it settles it, or their claim ends; a contact that has changed is asked again.
  if (claimed === undefined) return { did: 'later', seconds: 2 };
  return attempt(claimed, { ...parcel, content }, line, ports);
};

/** As Meta says it of a token that is none. */
const noToken = { code: 190, subcode: undefined, httpStatus: undefined, transient: false };

const sendQueued = async (loaded: Loaded, ports: SendPorts): Promise<SendOutcome> => {
  const { message } = loaded;
  const parcel = parcelOf(loaded, ports.patience.clock());
  if (typeof parcel !== 'object') return fail(message, parcel, ports);
  const wait = ports.pace.waitFor(scopesOf(parcel.connection), ports.patience.clock());
  if (wait > SHORT_MS) return { did: 'later', seconds: Math.ceil(wait / 1000) };
  if (wait > 0) await ports.patience.pause(wait);
  const line = await ports.openLine(parcel.connection);
  if (line) return claimAndSend(message, parcel, line, ports);
  const { connection, contact } = parcel;
  await actOnRefusal({ connection, contactId: contact.contactId, error: noToken }, ports, ports.patience.clock());
  return fail(message, 'connection-stopped', ports);
};

/** Claimed by one that may still be at it, or has died: once the claim is over, only Meta can tell. */
const awaitClaim = async (message: Message, ports: SendPorts): Promise<SendOutcome> => {
  const left = new Date(message.claimedUntil ?? 0).getTime() - ports.patience.clock().getTime();
  if (left > 0) return { did: 'later', seconds: Math.ceil(left / 1000) };
  await settleMessage(message, { state: 'unknown' }, ports);
  return { did: 'unknown' };
};

/**
 * Sends a committed message, at most once as far as Meta is concerned: the row is claimed before the call, and after
 * the call it is sent, failed, queued again because Meta clearly did not take it, or parked as unknown until a status
 * webhook tells. Marketing goes only to who has not opted out as of the claim itself. May come any number of times for one row, also at once. Throws what the table throws; the row is then
 * still queued, or its claim runs out and the sweep parks it.
 */
export const sendMessage = async (
  { shopId, ...place }: Place & { shopId: string },
  ports: SendPorts,
): Promise<SendOutcome> => {
  const loaded = await ports.outbound.load(shopId, place);
  if (loaded?.message.direction !== 'outbound') return { did: 'nothing' };
  if (loaded.message.state === 'sending') return awaitClaim(loaded.message, ports);
  return loaded.message.state === 'queued' ? sendQueued(loaded, ports) : { did: 'nothing' };
};
