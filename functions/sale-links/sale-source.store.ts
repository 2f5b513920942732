import { AppError } from '#core/errors.ts';
import { exists, missing, where } from '#platform/expression.ts';
import { type Item, isContention, type Table } from '#platform/table.ts';
import { keys } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { KnownSource } from './ask-source.ts';
import { Breaker } from './breaker.ts';
import { SaleSource } from './sale-source.ts';

const toItem = (source: SaleSource): Item => ({ ...keys.saleSource(source.shopId), ...source });

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
  /** The settings and the failures of a shop's source, in one read. */
  find: async (shopId: string): Promise<KnownSource | undefined> => {
    const wanted = [keys.saleSource(shopId), keys.saleBreaker(shopId)];
    const items = await table.batchGet(wanted, { consistent: true });
    const [source, breaker] = wanted.map(({ sk }) => items.find((item) => item['sk'] === sk));
    return source && { source: SaleSource().parse(source), breaker: breaker && Breaker().parse(breaker) };
  },

  /** Saves settings; failures of the former ones are forgotten. Throws `change.conflict`. */
  save: (source: SaleSource, entry: AuditEntry): Promise<void> => {
    const condition = source.version === 1 ? missing : where('version', '=', source.version - 1);
    return saved(
      table.transact([
        { put: toItem(source), if: [condition] },
        { delete: keys.saleBreaker(source.shopId) },
        auditWrite(entry),
      ]),
    );
  },

  /** Removes the settings. Throws `change.conflict`. */
  remove: ({ shopId, version }: SaleSource, entry: AuditEntry): Promise<void> =>
    saved(
      table.transact([
        { delete: keys.saleSource(shopId), if: [exists, where('version', '=', version)] },
        { delete: keys.saleBreaker(shopId) },
        auditWrite(entry),
      ]),
    ),

  /**
   * Keeps how a source fails, or that it does no more; false when somebody else was faster, where `since` says what was
   * known before.
   */
  saveBreaker: async (shopId: string, breaker: Breaker | undefined, since?: Breaker): Promise<boolean> => {
    const key = keys.saleBreaker(shopId);
    const pausedUntil = since?.pausedUntil;
    const condition = pausedUntil === undefined ? [] : [where('pausedUntil', '=', pausedUntil)];
    try {
      await (breaker ? table.put({ ...key, ...breaker }, condition) : table.delete(key));
      return true;
    } catch (error) {
      if (isContention(error)) return false;
      throw error;
    }
  },
});
