import { AppError } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import { type Condition, exists, missing, where } from '#platform/expression.ts';
import { findRepeat, rememberRequest } from '#platform/idempotency.ts';
import { ConditionFailed, type Item, isContention, type Table, type Write } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { Connection, type ConnectionState, isTakenOver, takenOver } from './connection.ts';

const toItem = (connection: Connection): Item => ({
  ...keys.connection(connection.shopId, connection.phoneNumberId),
  ...connection,
});

const changedMeanwhile = (cause: unknown) =>
  new AppError('change.conflict', 'the connection was changed at the same moment', { cause });

/** Why a number could not be taken: another shop's, or a change of the shop's own row. Tells nothing of the other shop. */
const claimRefusal = (error: unknown): unknown => {
  if (!isContention(error)) return error;
  const taken = error instanceof ConditionFailed && error.failed[0];
  return taken
    ? new AppError('connection.number-taken', 'this number is connected elsewhere', { cause: error })
    : changedMeanwhile(error);
};

/** The row of the shop that loses the number, which must be as it was when Meta was asked about it. */
const loserWrites = (holder: Connection, winner: Connection): Write[] => {
  const { shopId, phoneNumberId, wabaId, version } = holder;
  const { updatedAt } = winner;
  const row: Write = {
    update: keys.connection(shopId, phoneNumberId),
    if: [where('version', '=', version)],
    set: { ...takenOver, stateChangedAt: updatedAt, updatedAt },
    add: { version: 1 },
  };
  const lookup: Write = { delete: keys.shopByAccount(wabaId, phoneNumberId), if: [where('shopId', '=', shopId)] };
  return wabaId === winner.wabaId ? [row] : [row, lookup];
};

interface Replaced {
  former: Connection | undefined;
  holder: Connection | undefined;
}

const claimWrites = (connection: Connection, { former, holder }: Replaced): Write[] => {
  const { shopId, phoneNumberId, wabaId } = connection;
  const ownOrFree: Condition = { anyOf: [missing, where('shopId', '=', shopId)] };
  const leftAccount = former !== undefined && !isTakenOver(former) && former.wabaId !== wabaId;
  return [
    {
      put: { ...keys.shopByNumber(phoneNumberId), shopId },
      if: [holder ? where('shopId', '=', holder.shopId) : ownOrFree],
    },
    { put: { ...keys.shopByAccount(wabaId, phoneNumberId), shopId, phoneNumberId } },
    { put: toItem(connection), if: [former ? where('version', '=', former.version) : missing] },
    ...(leftAccount ? [{ delete: keys.shopByAccount(former.wabaId, phoneNumberId) }] : []),
    ...(holder ? loserWrites(holder, connection) : []),
  ];
};

const stopping = (table: Table) => ({
  /**
   * Stops an active connection, for the one that saw Meta refuse it at a moment. The first cause stays: one that is
   * stopped already is left as it is. So is one whose token is another by now, for what was refused was the former
   * token, and one that was proven good after that moment: what Meta tells late, or again, is over.
   */
  stop: async (
    { shopId, phoneNumberId, tokenSetAt }: Pick<Connection, 'shopId' | 'phoneNumberId' | 'tokenSetAt'>,
    state: Exclude<ConnectionState, 'active' | 'pending'>,
    stateReason: string,
    at: Date,
    now: Date = at,
  ): Promise<'stopped' | 'left'> => {
    const sameToken: Condition =
      tokenSetAt === undefined ? { attribute: 'tokenSetAt', exists: false } : where('tokenSetAt', '=', tokenSetAt);
    const notProvenSince: Condition = {
      anyOf: [{ attribute: 'provenAt', exists: false }, where('provenAt', '<', at.toISOString())],
    };
    const moment = now.toISOString();
    const change = { set: { state, stateReason, stateChangedAt: moment, updatedAt: moment }, add: { version: 1 } };
    try {
      await table.update(keys.connection(shopId, phoneNumberId), change, [
        exists,
        where('state', '=', 'active'),
        sameToken,
        notProvenSince,
      ]);
      return 'stopped';
    } catch (error) {
      if (error instanceof ConditionFailed) return 'left';
      throw error;
    }
  },
});

const writes = (table: Table) => ({
  /**
   * Takes a number for a shop: its row and the look-ups that lead to the shop, all or nothing. `former` is the shop's
   * own row that this one replaces; `holder` the row of another shop, which loses the number unless it was changed
   * since it was read. Throws `connection.number-taken`, `change.conflict`.
   */
  claim: async (
    connection: Connection,
    former: Connection | undefined,
    holder?: Connection,
    entries: readonly AuditEntry[] = [],
  ): Promise<void> => {
    try {
      await table.transact([...claimWrites(connection, { former, holder }), ...entries.map(auditWrite)]);
    } catch (error) {
      throw claimRefusal(error);
    }
  },

  /**
   * Saves a changed connection unless somebody changed it since it was read: then `change.conflict`, also when the
   * same request came twice at once.
   */
  save: async (
    connection: Connection,
    request?: RepeatableRequest,
    entries: readonly AuditEntry[] = [],
  ): Promise<void> => {
    const put: Write = { put: toItem(connection), if: [where('version', '=', connection.version - 1)] };
    const { phoneNumberId, updatedAt } = connection;
    const remembered = request ? [rememberRequest(request, phoneNumberId, new Date(updatedAt))] : [];
    const more = [...remembered, ...entries.map(auditWrite)];
    try {
      await (more.length === 0 ? table.put(put.put, put.if) : table.transact([put, ...more]));
    } catch (error) {
      throw isContention(error) ? changedMeanwhile(error) : error;
    }
  },

  /**
   * Removes a connection and its look-ups, all or nothing; of one that was taken over the row alone, for the look-ups
   * are the other shop's. That the shop had the number stays, for so do its conversations. Throws `change.conflict` when it was changed since.
   */
  remove: async (connection: Connection, entries: readonly AuditEntry[] = []): Promise<void> => {
    const { shopId, phoneNumberId, wabaId, version } = connection;
    const own = [where('shopId', '=', shopId)];
    const lookups: Write[] = [
      { delete: keys.shopByNumber(phoneNumberId), if: own },
      { delete: keys.shopByAccount(wabaId, phoneNumberId), if: own },
    ];
    const row: Write = { delete: keys.connection(shopId, phoneNumberId), if: [where('version', '=', version)] };
    const once = { shopId, phoneNumberId, businessId: connection.businessId };
    const tombstone: Write = { put: { ...keys.connectionOnce(shopId, phoneNumberId), ...once } };
    try {
      await table.transact([row, tombstone, ...(isTakenOver(connection) ? [] : lookups), ...entries.map(auditWrite)]);
    } catch (error) {
      throw isContention(error) ? changedMeanwhile(error) : error;
    }
  },
});

/** The WhatsApp numbers of shops, and the look-ups from a number or an account to its shop. */
export const connectionStore = (table: Table) => {
  const find = async (shopId: string, phoneNumberId: string): Promise<Connection | undefined> => {
    const item = await table.get(keys.connection(shopId, phoneNumberId), { consistent: true });
    return item && Connection().parse(item);
  };
  return {
    ...writes(table),
    ...stopping(table),
    find,

    /** The connection of a number, whosever it is: for what comes from Meta. */
    findByNumber: async (phoneNumberId: string): Promise<Connection | undefined> => {
      const lookup = await table.get(keys.shopByNumber(phoneNumberId));
      return lookup && find(String(lookup.shopId), phoneNumberId);
    },

    list: async (shopId: string, page: PageRequest): Promise<Page<Connection>> => {
      const found = await table.query(ranges.connections(shopId), page);
      return { ...found, items: found.items.map((item) => Connection().parse(item)) };
    },

    /** All connections of a shop. */
    async *all(shopId: string): AsyncGenerator<Connection> {
      for await (const item of table.queryAll(ranges.connections(shopId))) yield Connection().parse(item);
    },

    /** All connections of a shop as they are now. */
    ofShop: async (shopId: string): Promise<Connection[]> => {
      const items = await Array.fromAsync(table.queryAll(ranges.connections(shopId), { consistent: true }));
      return items.map((item) => Connection().parse(item));
    },

    /** Every connection of a WhatsApp Business Account, of whichever shops: for what Meta says of the account. */
    ofAccount: async (wabaId: string): Promise<Connection[]> => {
      const lookups = await Array.fromAsync(table.queryAll(ranges.numbersOfAccount(wabaId), { consistent: true }));
      const found = await Promise.all(
        lookups.map(({ shopId, phoneNumberId }) => find(String(shopId), String(phoneNumberId))),
      );
      return found.filter((one) => one !== undefined);
    },

    findRepeat: (request: RepeatableRequest) => findRepeat(table, request),
  };
};
