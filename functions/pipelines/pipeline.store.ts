import type { RepeatableRequest } from '#core/repeatable.ts';
import { exists, missing, where } from '#platform/expression.ts';
import { findRepeat, rememberRequest } from '#platform/idempotency.ts';
import { type Item, saved, type Table, type Write } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { builtInPipeline, Pipeline } from './pipeline.ts';

/** What changes at once in a shop's pipelines. */
export interface PipelineChange {
  /** As they shall be, each one version on. */
  saved: readonly Pipeline[];
  /** As it was read. */
  deleted?: Pipeline;
  entries: readonly AuditEntry[];
  /** The request that made the first of `saved`. */
  request?: RepeatableRequest | undefined;
}

const keyOf = ({ shopId, pipelineId }: Pipeline) => keys.pipeline(shopId, pipelineId);

const toItem = (pipeline: Pipeline): Item => ({ ...keyOf(pipeline), ...pipeline });

/** The default first, the others in the order of their making. */
const inOrder = (one: Pipeline, other: Pipeline): number => {
  if (one.isDefault !== other.isDefault) return one.isDefault ? -1 : 1;
  return `${one.createdAt}#${one.pipelineId}` < `${other.createdAt}#${other.pipelineId}` ? -1 : 1;
};

/**
 * For the transaction that puts a lead into a stage: it fails when the pipeline was changed since it was read, so that no
 * lead moves into a stage while it goes.
 */
export const pipelineCheck = ({
  shopId,
  pipelineId,
  version,
}: Pick<Pipeline, 'shopId' | 'pipelineId' | 'version'>): Write => ({
  check: keys.pipeline(shopId, pipelineId),
  if: [version === 0 ? missing : where('version', '=', version)],
});

const remembered = ({ saved: [made], request }: PipelineChange): Write[] =>
  made && request ? [rememberRequest(request, made.pipelineId, new Date(made.createdAt))] : [];

const writesOf = ({ saved, deleted, entries }: Omit<PipelineChange, 'request'>): Write[] => [
  ...saved.map(
    (pipeline): Write => ({
      put: toItem(pipeline),
      if: [pipeline.version === 1 ? missing : where('version', '=', pipeline.version - 1)],
    }),
  ),
  ...(deleted ? [{ delete: keyOf(deleted), if: [where('version', '=', deleted.version)] }] : []),
  ...entries.map(auditWrite),
];

/** The pipelines of a shop. */
export const pipelineStore = (table: Table) => ({
  /** All of a shop, the default first; the built-in one alone while none is stored. Never empty. */
  all: async (shopId: string): Promise<Pipeline[]> => {
    const items = await Array.fromAsync(table.queryAll(ranges.pipelines(shopId), { consistent: true }));
    const stored = items.map((item) => Pipeline().parse(item)).toSorted(inOrder);
    return stored.length > 0 ? stored : [builtInPipeline(shopId)];
  },

  findRepeat: (request: RepeatableRequest) => findRepeat(table, request),

  /** Has the rest of a pipeline's leads settled: the change is relayed. Nothing happens to one that is gone. */
  settleOn: async ({ shopId, pipelineId }: Pipeline, at: string): Promise<void> => {
    await saved(table.update(keys.pipeline(shopId, pipelineId), { set: { settleAt: at } }, [exists]));
  },

  /** Changes all of this or nothing; false when somebody was faster. */
  save: (change: PipelineChange): Promise<boolean> =>
    saved(table.transact([...writesOf(change), ...remembered(change)])),
});
