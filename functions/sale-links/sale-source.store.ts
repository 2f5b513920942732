import * as z from 'zod/mini';
import { AppError } from '#core/errors.ts';
import { lazy } from '#core/lazy.ts';
import { type Condition, missing, type Value, where } from '#platform/expression.ts';
import { type Item, isContention, type Table } from '#platform/table.ts';
import { keys } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { KnownSource } from './ask-source.ts';
import { Breaker } from './breaker.ts';
import { SaleSource } from './sale-source.ts';

const toItem = (source: SaleSource): Item => ({ ...keys.saleSource(source.shopId), ...source });

/** In the very item of the settings, so that failures are of these settings or of none. */
const Failures = lazy(() =>
  z.object({ failures: z.optional(z.int()), failedFor: z.optional(z.string()), pausedUntil: z.optional(z.string()) }),
);

const breakerOf = (item: unknown): Breaker | undefined => {
  const { failures, failedFor: reason, pausedUntil } = Failures().parse(item);
  return failures === undefined
    ? undefined
    : Breaker().parse({ failures, reason, ...(pausedUntil !== undefined && { pausedUntil }) });
};

const unchanged = (attribute: string, value: Value | undefined): Condition =>
  value === undefined ? { attribute, exists: false } : where(attribute, '=', value);

const theseSettings = ({ version, createdAt }: SaleSource): Condition[] => [
  where('version', '=', version),
  // versions begin anew where a source was removed
  where('createdAt', '=', createdAt),
];

const saved = async (write: Promise<void>): Promise<void> => {
  try {
    await write;
  } catch (error) {
    if (!isContention(error)) throw error;
    throw new AppError('change.conflict', 'the source of sales was changed at the same moment', { cause: error });
  }
};

/** Where shops read their sales, and how that fares. */
export const saleSourceStore = (table: Table) => ({
  /** The settings of a shop's source, and how these have failed. */
  find: async (shopId: string): Promise<KnownSource | undefined> => {
    const item = await table.get(keys.saleSource(shopId), { consistent: true });
    return item && { source: SaleSource().parse(item), breaker: breakerOf(item) };
  },

  /** Saves settings; failures of the former ones are forgotten. Throws `change.conflict`. */
  save: (source: SaleSource, entry: AuditEntry): Promise<void> => {
    const before = { ...source, version: source.version - 1 };
    const conditions = before.version === 0 ? [missing] : theseSettings(before);
    return saved(table.transact([{ put: toItem(source), if: conditions }, auditWrite(entry)]));
  },

  /** Removes the settings. Throws `change.conflict`. */
  remove: (source: SaleSource, entry: AuditEntry): Promise<void> =>
    saved(table.transact([{ delete: keys.saleSource(source.shopId), if: theseSettings(source) }, auditWrite(entry)])),

  /** Keeps how a source fails, or that it does no more; false when settings or failures are not as known any more. */
  saveBreaker: async ({ source, breaker: since }: KnownSource, breaker: Breaker | undefined): Promise<boolean> => {
    const { failures, reason: failedFor, pausedUntil } = breaker ?? {};
    const known = [unchanged('failures', since?.failures), unchanged('pausedUntil', since?.pausedUntil)];
    const now = { failures, failedFor, pausedUntil };
    const remove = (['failures', 'failedFor', 'pausedUntil'] as const).filter((name) => now[name] === undefined);
    try {
      await table.update(keys.saleSource(source.shopId), { set: now, remove }, [...theseSettings(source), ...known]);
      return true;
    } catch (error) {
      if (isContention(error)) return false;
      throw error;
    }
  },
});
