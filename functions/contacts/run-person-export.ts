import { isAppError } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { type Checkout, type CheckoutState, checkoutStates } from '../checkouts/checkout.ts';
import { isOutgoingKey } from '../conversations/media-file.ts';
import type { Job } from '../jobs/job.ts';
import type { JobRun, Runner } from '../jobs/run-job.ts';
import { submissionStates } from '../lead-sources/submission.ts';
import { mediaKeysOf } from '../whatsapp/outbound-media.ts';
import { fieldsOf, idOf } from '../whatsapp/wire.ts';
import { added, type ErasureCounts, type ErasurePlan, nextPlace, nobody, readPlace } from './erasure.ts';
import { exportedFileKey, exportedListKey, FILES_PER_LIST, PersonExportProgress } from './person-export.ts';
import {
  type FoundText,
  findConversations,
  isTheirCheckout,
  isTheirText,
  type PlanPorts,
  planPerson,
} from './plan-person.ts';

/** A row without what is ours in it. */
export type PlainRow = Record<string, unknown>;

const besideKinds = ['contacts', 'consents', 'leads', 'notes', 'saleLinks', 'changes'] as const;

/** What stands beside a contact and its lead. */
export type Beside = Record<(typeof besideKinds)[number], PlainRow[]>;

export interface PersonExportPorts extends PlanPorts {
  rows: PlanPorts['rows'] & {
    beside: (shopId: string, id: string) => Promise<Beside>;
    conversation: (shopId: string, conversationId: string) => Promise<PlainRow | undefined>;
    messagesOf: (shopId: string, conversationId: string, page: PageRequest) => Promise<Page<PlainRow>>;
    checkouts: (shopId: string, state: CheckoutState, cursor?: string) => Promise<Page<Checkout>>;
    submissions: (shopId: string, state: string, cursor?: string) => Promise<Page<FoundText>>;
  };
  /** The files of conversations. */
  media: { get: (key: string) => Promise<Buffer | undefined> };
  /** Where exports are put. */
  files: { put: (key: string, body: Buffer | string, options: { contentType: string }) => Promise<void> };
}

interface Exporting {
  job: Job;
  plan: ErasurePlan;
  /** Where in the step to begin. */
  cursor: string | undefined;
}

interface NewFile {
  /** By its number in the export. */
  name: (number: number) => string;
  body: Buffer | string;
  contentType: string;
}

/** A piece of a step, with one file at most: behind each, somebody else may go on. */
interface Part {
  /** Where the next one begins; absent: the step is over. */
  cursor?: string | undefined;
  plan?: ErasurePlan;
  counts?: ErasureCounts;
  file?: NewFile;
}

type ExportStep = (exporting: Exporting, ports: PersonExportPorts) => AsyncGenerator<Part>;

const MESSAGES = 200;

const json = (name: NewFile['name'], facts: object): NewFile => ({
  ...{ name, body: JSON.stringify(facts, undefined, 2), contentType: 'application/json' },
});

async function* makePlan({ job: { shopId, input } }: Exporting, ports: PersonExportPorts): AsyncGenerator<Part> {
  yield planPerson({ shopId, contactId: String(input['contactId']) }, ports);
}

async function* planConversations({ job, plan, cursor }: Exporting, ports: PersonExportPorts): AsyncGenerator<Part> {
  let input = { shopId: job.shopId, contactId: '', plan, cursor };
  do {
    const { plan: found = input.plan, cursor: next } = await findConversations(input, ports);
    input = { ...input, plan: found, cursor: next };
    yield { plan: found, cursor: next };
  } while (input.cursor !== undefined);
}

async function* exportBeside({ job, plan }: Exporting, { rows }: PersonExportPorts): AsyncGenerator<Part> {
  const all = await Promise.all(plan.ids.map((id) => rows.beside(job.shopId, id)));
  const person = Object.fromEntries(besideKinds.map((kind) => [kind, all.flatMap((one) => one[kind])]));
  const counts = Object.fromEntries(besideKinds.map((kind) => [kind, person[kind]?.length ?? 0]));
  yield { file: json(() => 'person.json', person), counts };
}

/** The keys of files that came with messages, and of those that the shop sent. */
const mediaOf = (shopId: string, messages: readonly PlainRow[]): string[] => {
  const keys = messages.flatMap(({ media, content }) => [
    ...(idOf(fieldsOf(media)['key']) ? [String(fieldsOf(media)['key'])] : []),
    ...mediaKeysOf(content).filter((key) => isOutgoingKey(shopId, key)),
  ]);
  return [...new Set(keys)];
};

/** One file of a message, in memory as a whole; one that is gone by now is counted. */
const mediaPart = async (key: string, { media }: PersonExportPorts): Promise<Part> => {
  const body = await media.get(key);
  if (body === undefined) return { counts: { filesLeftOut: 1 } };
  const name = () => `media/${key.split('/').at(-1)}`;
  return { file: { name, body, contentType: 'application/octet-stream' }, counts: { files: 1 } };
};

/** A place among messages, and how many parts of its page are done. */
const readMessagePlace = (cursor: string | undefined) => {
  const [done = '0', ...place] = (cursor ?? '0 0').split(' ');
  return { done: Number(done), ...readPlace(place.join(' ')) };
};

interface MessagePage {
  conversation: PlainRow | undefined;
  messages: PlainRow[];
  list: number;
}

const messagesPart = ({ conversation, messages, list }: MessagePage): Part => {
  const from = String(messages[0]?.['at'] ?? 'nothing').replace(/\D/g, '');
  const counts = { messages: messages.length, conversations: conversation ? 1 : 0 };
  return { file: json(() => `conversation-${list + 1}-from-${from}.json`, { conversation, messages }), counts };
};

/** The next page of a chat, with the keys of its files. */
const readMessages = async ({ job: { shopId }, plan, cursor }: Exporting, { rows }: PersonExportPorts) => {
  const { list, at } = readMessagePlace(cursor);
  const conversationId = plan.conversationIds[list];
  if (conversationId === undefined) return undefined;
  const page = { limit: MESSAGES, ...(at && { cursor: at }) };
  const conversation = at ? undefined : await rows.conversation(shopId, conversationId);
  const { items: messages, nextCursor } = await rows.messagesOf(shopId, conversationId, page);
  const next = nextPlace(list, plan.conversationIds.length, nextCursor);
  return { list, conversation, messages, media: mediaOf(shopId, messages), next: next && `0 ${next}` };
};

/** One page of a chat: its messages, then each of their files. */
async function* exportMessages(exporting: Exporting, ports: PersonExportPorts): AsyncGenerator<Part> {
  const page = await readMessages(exporting, ports);
  if (page === undefined) return;
  const { done } = readMessagePlace(exporting.cursor);
  const place = exporting.cursor?.replace(/^\d+ /, '') ?? '0';
  const isThere = page.conversation !== undefined || page.messages.length > 0;
  if (done === 0 && isThere) yield { ...messagesPart(page), cursor: `1 ${place}` };
  const first = Math.max(0, done - 1);
  for (const [index, key] of page.media.slice(first).entries())
    yield { ...(await mediaPart(key, ports)), cursor: `${first + index + 2} ${place}` };
  yield { cursor: page.next };
}

async function* exportConversations(exporting: Exporting, ports: PersonExportPorts): AsyncGenerator<Part> {
  let cursor = exporting.cursor;
  do {
    let last: string | undefined;
    for await (const part of exportMessages({ ...exporting, cursor }, ports)) {
      last = part.cursor;
      yield part;
    }
    cursor = last;
  } while (cursor !== undefined);
}

async function* exportCheckouts({ job, plan, cursor }: Exporting, ports: PersonExportPorts): AsyncGenerator<Part> {
  let next = cursor;
  do {
    const { list, at } = readPlace(next);
    const { items, nextCursor } = await ports.rows.checkouts(job.shopId, checkoutStates[list] ?? 'active', at);
    const secret = await ports.secret();
    const theirs = items.filter((one) => isTheirCheckout(one, plan, secret));
    next = nextPlace(list, checkoutStates.length, nextCursor);
    const file = json(() => `checkouts-from-${theirs[0]?.code}.json`, { checkouts: theirs });
    yield { cursor: next, ...(theirs.length > 0 && { file, counts: { checkouts: theirs.length } }) };
  } while (next !== undefined);
}

async function* exportSubmissions({ job, plan, cursor }: Exporting, ports: PersonExportPorts): AsyncGenerator<Part> {
  let next = cursor;
  do {
    const { list, at } = readPlace(next);
    const { items, nextCursor } = await ports.rows.submissions(job.shopId, submissionStates[list] ?? 'pending', at);
    const secret = await ports.secret();
    const theirs = items.filter((one) => isTheirText(one, plan, secret)).map(({ text }) => text);
    next = nextPlace(list, submissionStates.length, nextCursor);
    const file = json((number) => `submissions-${number}.json`, { submissions: theirs });
    yield { cursor: next, ...(theirs.length > 0 && { file, counts: { submissions: theirs.length } }) };
  } while (next !== undefined);
}

const steps: readonly ExportStep[] = [
  makePlan,
  planConversations,
  exportBeside,
  exportConversations,
  exportCheckouts,
  exportSubmissions,
];

/** Puts the next file, and the list that it fills. A part that is done again after a crash puts the same ones again. */
const withFile = async (
  { made, listed, files }: PersonExportProgress,
  { name, body, contentType }: NewFile,
  job: Job,
  ports: PersonExportPorts,
) => {
  const number = made + 1;
  const key = exportedFileKey(job, number);
  await ports.files.put(key, body, { contentType });
  const all = [...files, { key, name: name(number), bytes: Buffer.byteLength(body) }];
  if (all.length < FILES_PER_LIST) return { made: number, listed, files: all };
  await ports.files.put(exportedListKey(job, listed + 1), JSON.stringify(all), { contentType: 'application/json' });
  return { made: number, listed: listed + 1, files: [] };
};

const further = async (
  progress: PersonExportProgress,
  { cursor, plan, counts, file }: Part,
  job: Job,
  ports: PersonExportPorts,
): Promise<PersonExportProgress> => ({
  step: cursor === undefined ? progress.step + 1 : progress.step,
  ...(cursor !== undefined && { cursor }),
  plan: plan ?? progress.plan,
  ...(file
    ? await withFile(progress, file, job, ports)
    : { made: progress.made, listed: progress.listed, files: progress.files }),
  counts: added(progress.counts, counts ?? {}),
});

/** Does the steps from there on; gives how far it came behind each part, and lastly what it is then. */
async function* exportFrom(
  begin: PersonExportProgress,
  job: Job,
  ports: PersonExportPorts,
): AsyncGenerator<PersonExportProgress> {
  let progress = begin;
  for (let step = steps[progress.step]; step; step = steps[progress.step]) {
    const { plan = nobody, cursor, step: number } = progress;
    for await (const part of step({ job, plan, cursor }, ports)) {
      progress = await further(progress, part, job, ports);
      yield progress;
    }
    // a step that had nothing to say is over too
    if (progress.step === number) progress = await further(progress, {}, job, ports);
  }
}

/** Gives all that was made; undefined when the worker must stop. */
const exportAll = async (begin: PersonExportProgress, { job, checkpoint }: JobRun, ports: PersonExportPorts) => {
  let progress = begin;
  for await (const next of exportFrom(begin, job, ports)) {
    progress = next;
    if (!(await checkpoint(progress))) return undefined;
  }
  return progress;
};

/** Only who was never found is nobody: once there is a plan, something else is missing. */
const unlessNobody = async <Result>({ plan }: PersonExportProgress, work: Promise<Result>) => {
  try {
    return await work;
  } catch (error) {
    if (plan === undefined && isAppError(error, 'not-found')) return 'not-found';
    throw error;
  }
};

/**
 * Puts all that a shop has of the person of `input.contactId` into files: what stands beside contacts and leads, chats
 * with files of both sides, checkouts, what they filled in. It goes file by file, holds one in memory, and may begin
 * anew behind any of them. The files go after thirty days.
 */
export const personExportRunner =
  (ports: PersonExportPorts): Runner =>
  async ({ job, checkpoint }) => {
    const begin = PersonExportProgress().parse(job.progress);
    const finished = await unlessNobody(begin, exportAll(begin, { job, checkpoint }, ports));
    if (finished === undefined || finished === 'not-found') {
      return finished && { state: 'failed', error: finished };
    }
    const { made, listed, files, counts } = finished;
    return { state: 'done', result: { made, listed, files, counts }, progress: {} };
  };
