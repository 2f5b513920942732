import * as z from 'zod/mini';
import { isAppError } from '#core/errors.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { type Checkout, type CheckoutState, checkoutStates } from '../checkouts/checkout.ts';
import type { Job } from '../jobs/job.ts';
import type { Runner } from '../jobs/run-job.ts';
import { submissionStates } from '../leads/submission.ts';
import { fieldsOf, idOf } from '../whatsapp/wire.ts';
import { added, ErasureCounts, ErasurePlan, nextPlace, readPlace } from './erasure.ts';
import {
  type FoundText,
  findConversations,
  isTheirCheckout,
  isTheirText,
  type PlanPorts,
  planPerson,
  type StepDone,
} from './plan-person.ts';

/** A row without what is ours in it. */
export type PlainRow = Record<string, unknown>;

/** What stands beside a contact and its lead. */
export type Beside = Record<'contacts' | 'consents' | 'leads' | 'notes' | 'saleLinks' | 'changes', PlainRow[]>;

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

/** One file of an export. */
export const ExportedFile = lazy(() => z.object({ key: z.string(), name: z.string(), bytes: z.int() }));
export type ExportedFile = z.infer<Lazy<typeof ExportedFile>>;

/** How far an export has come, and what it has made. */
export const PersonExportProgress = lazy(() =>
  z.object({
    step: z._default(z.int(), 0),
    cursor: z.optional(z.string()),
    plan: z.optional(ErasurePlan()),
    files: z._default(z.array(ExportedFile()), []),
    counts: z._default(ErasureCounts(), {}),
  }),
);
export type PersonExportProgress = z.infer<Lazy<typeof PersonExportProgress>>;

interface Exporting {
  job: Job;
  plan: ErasurePlan;
  cursor: string | undefined;
  /** How many there are already. */
  made: number;
}

type Done = StepDone & { files?: ExportedFile[] };
type ExportStep = (exporting: Exporting, ports: PersonExportPorts) => Promise<Done>;

const MESSAGES = 200;
/** The list of files is kept with the job, which has room for so many. */
const MOST_FILES = 2000;

const put = async (
  { job: { shopId, jobId } }: Exporting,
  name: string,
  { body, contentType }: { body: Buffer | string; contentType: string },
  { files }: PersonExportPorts,
): Promise<ExportedFile> => {
  const key = `person-exports/${shopId}/${jobId}/${name}`;
  await files.put(key, body, { contentType });
  return { key, name, bytes: Buffer.byteLength(body) };
};

const putJson = (exporting: Exporting, name: string, facts: object, ports: PersonExportPorts) =>
  put(exporting, name, { body: JSON.stringify(facts, undefined, 2), contentType: 'application/json' }, ports);

const exportBeside: ExportStep = async (exporting, ports) => {
  const { job, plan } = exporting;
  const all = await Promise.all(plan.ids.map((id) => ports.rows.beside(job.shopId, id)));
  const kinds = ['contacts', 'consents', 'leads', 'notes', 'saleLinks', 'changes'] as const;
  const person = Object.fromEntries(kinds.map((kind) => [kind, all.flatMap((one) => one[kind])]));
  const counts = Object.fromEntries(kinds.map((kind) => [kind, person[kind]?.length ?? 0]));
  return { files: [await putJson(exporting, 'person.json', person, ports)], counts };
};

const fileName = (key: string): string => `media/${key.split('/').at(-1)}`;

/** Copies the files of messages; one that is gone by now is left out. */
const copyMedia = async (exporting: Exporting, messages: readonly PlainRow[], ports: PersonExportPorts) => {
  const keys = messages.flatMap(({ media }) => idOf(fieldsOf(media)['key']) ?? []);
  const copied: ExportedFile[] = [];
  for (const key of keys.slice(0, Math.max(0, MOST_FILES - exporting.made))) {
    const body = await ports.media.get(key);
    if (body)
      copied.push(await put(exporting, fileName(key), { body, contentType: 'application/octet-stream' }, ports));
  }
  return copied;
};

const exportConversations: ExportStep = async (exporting, ports) => {
  const { job, plan, cursor } = exporting;
  const { list, at } = readPlace(cursor);
  const conversationId = plan.conversationIds[list];
  if (conversationId === undefined) return {};
  const page = { limit: MESSAGES, ...(at && { cursor: at }) };
  const conversation = at ? undefined : await ports.rows.conversation(job.shopId, conversationId);
  const { items, nextCursor } = await ports.rows.messagesOf(job.shopId, conversationId, page);
  const next = nextPlace(list, plan.conversationIds.length, nextCursor);
  if (conversation === undefined && items.length === 0) return { cursor: next };
  const name = `conversation-${list + 1}-from-${String(items[0]?.['at'] ?? 'nothing').replace(/\D/g, '')}.json`;
  const media = await copyMedia(exporting, items, ports);
  const file = await putJson(exporting, name, { conversation, messages: items }, ports);
  const counts = { messages: items.length, files: media.length, conversations: conversation ? 1 : 0 };
  return { cursor: next, files: [file, ...media], counts };
};

const exportCheckouts: ExportStep = async (exporting, ports) => {
  const { job, plan, cursor } = exporting;
  const { list, at } = readPlace(cursor);
  const { items, nextCursor } = await ports.rows.checkouts(job.shopId, checkoutStates[list] ?? 'active', at);
  const secret = await ports.secret();
  const theirs = items.filter((one) => isTheirCheckout(one, plan, secret));
  const next = nextPlace(list, checkoutStates.length, nextCursor);
  if (theirs.length === 0) return { cursor: next };
  const file = await putJson(exporting, `checkouts-from-${theirs[0]?.code}.json`, { checkouts: theirs }, ports);
  return { cursor: next, files: [file], counts: { checkouts: theirs.length } };
};

const exportSubmissions: ExportStep = async (exporting, ports) => {
  const { job, plan, cursor } = exporting;
  const { list, at } = readPlace(cursor);
  const { items, nextCursor } = await ports.rows.submissions(job.shopId, submissionStates[list] ?? 'pending', at);
  const secret = await ports.secret();
  const theirs = items.filter((one) => isTheirText(one, plan, secret)).map(({ text }) => text);
  const next = nextPlace(list, submissionStates.length, nextCursor);
  if (theirs.length === 0) return { cursor: next };
  const name = `submissions-${exporting.made + 1}.json`;
  const file = await putJson(exporting, name, { submissions: theirs }, ports);
  return { cursor: next, files: [file], counts: { submissions: theirs.length } };
};

const plan: ExportStep = ({ job }, ports) =>
  planPerson({ shopId: job.shopId, contactId: String(job.input['contactId']) }, ports);

const conversations: ExportStep = ({ job, ...exporting }, ports) =>
  findConversations({ shopId: job.shopId, contactId: '', ...exporting }, ports);

const steps: readonly ExportStep[] = [
  plan,
  conversations,
  exportBeside,
  exportConversations,
  exportCheckouts,
  exportSubmissions,
];

const nobody: ErasurePlan = {
  ids: [],
  marks: { phones: [], holders: [], tails: [], emails: [], userIds: [] },
  conversationIds: [],
};

/** A part that is repeated after a crash makes the same files again. */
const withFiles = (files: readonly ExportedFile[], more: readonly ExportedFile[]): ExportedFile[] => [
  ...new Map([...files, ...more].map((file) => [file.key, file])).values(),
];

const further = (progress: PersonExportProgress, { cursor, plan: next, counts, files = [] }: Done) => ({
  step: cursor === undefined ? progress.step + 1 : progress.step,
  ...(cursor !== undefined && { cursor }),
  plan: next ?? progress.plan,
  files: withFiles(progress.files, files),
  counts: added(progress.counts, counts ?? {}),
});

/** One part of the work; undefined when there is no such person. */
const advanceBy = async (
  step: ExportStep,
  progress: PersonExportProgress,
  job: Job,
  ports: PersonExportPorts,
): Promise<PersonExportProgress | undefined> => {
  const { plan: who = nobody, cursor, files } = progress;
  try {
    return further(progress, await step({ job, plan: who, cursor, made: files.length }, ports));
  } catch (error) {
    if (isAppError(error, 'not-found')) return undefined;
    throw error;
  }
};

/**
 * Puts all that a shop has of the person of `input.contactId` into files: what stands beside contacts and leads, chats
 * with their files, checkouts, what they filled in. It goes step by step and page by page, and may begin anew behind any
 * of them. The files go after thirty days.
 */
export const personExportRunner =
  (ports: PersonExportPorts): Runner =>
  async ({ job, checkpoint }) => {
    let progress = PersonExportProgress().parse(job.progress);
    for (let step = steps[progress.step]; step; step = steps[progress.step]) {
      const next = await advanceBy(step, progress, job, ports);
      if (next === undefined) return { state: 'failed', error: 'not-found' };
      progress = next;
      if (!(await checkpoint(progress))) return undefined;
    }
    const { files, counts } = progress;
    return { state: 'done', result: { files, counts }, progress: {} };
  };
