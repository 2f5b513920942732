import * as z from 'zod/mini';
import { addMinutes, toEpochSeconds } from '#core/clock.ts';
import { lazy } from '#core/lazy.ts';
import { phoneKey } from '#core/phone-key.ts';
import { missing, where } from '#platform/expression.ts';
import { saved, type Table, type Write } from '#platform/table.ts';
import { unpaced, type WritePace } from '#platform/write-pace.ts';
import { keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import { consentItem } from '../contacts/consent.store.ts';
import { contactWrites, isOfRefused, lookupKey, whoGoesOn } from '../contacts/contact.store.ts';
import { leadWrites } from '../leads/lead.store.ts';
import { Lead } from '../leads/lead.ts';
import { type KnownPerson, MOST_ROWS_AT_ONCE, type RowDecision, type RowOutcome } from './import-decision.ts';

type Secret = () => Promise<string>;

/** A row with what is to be written for it. */
export interface DecidedRow {
  number: number;
  decision: RowDecision;
}

/** What became of some rows, written with them. */
const DoneRows = lazy(() => z.object({ rows: z.array(z.tuple([z.int(), z.enum(['created', 'updated'])])) }));

/** A transaction takes a hundred writes; one of them tells what became of the rows. */
const MOST_WRITES = 99;
/** How many transactions are on their way at once. */
const LANES = 6;
/** What a write of a transaction costs on average, with the indexes it stands in, as `bench/import.ts` measures it. */
const UNITS_OF_WRITE = 4;
/** How long it is kept what became of rows: longer than any import is tried again. */
const KEPT_MINUTES = 30 * 24 * 60;

const rowWrites = ({ decision }: DecidedRow, secret: string): Write[] => {
  const { contact, relied, lead, consent, entries = [] } = decision;
  return [
    ...(contact ? contactWrites(contact, secret) : []),
    ...(relied
      ? [{ check: keys.contact(relied.shopId, relied.contactId), if: [where('version', '=', relied.version)] }]
      : []),
    ...(lead ? leadWrites(lead.before, lead.after, secret) : []),
    ...(consent ? [{ put: consentItem(consent) }] : []),
    ...entries.map(auditWrite),
  ];
};

/** Rows whose writes are made together, and those writes. */
interface Parcel {
  rows: DecidedRow[];
  writes: Write[];
}

const toParcels = (decided: readonly DecidedRow[], secret: string): Parcel[] => {
  const parcels: Parcel[] = [];
  for (const row of decided) {
    const writes = rowWrites(row, secret);
    const last = parcels.at(-1);
    if (last && last.writes.length + writes.length <= MOST_WRITES) {
      last.rows.push(row);
      last.writes.push(...writes);
    } else parcels.push({ rows: [row], writes });
  }
  return parcels;
};

/** Tells what became of a parcel's rows, and that nobody else did the same. */
const doneWrite = (shopId: string, importId: string, rows: readonly DecidedRow[], now: Date): Write => ({
  put: {
    ...keys.jobRows(shopId, importId, rows[0]?.number ?? 0),
    rows: rows.map(({ number, decision }) => [number, decision.outcome]),
    ttl: toEpochSeconds(addMinutes(now, KEPT_MINUTES)),
  },
  if: [missing],
});

const survivorsOf = async (table: Table, shopId: string, leadIds: readonly string[], consistent: boolean) => {
  const found = new Map<string, Lead>();
  for (let wanted = [...leadIds]; wanted.length > 0; ) {
    const items = await table.batchGet(
      wanted.map((leadId) => keys.lead(shopId, leadId)),
      { consistent },
    );
    const leads = items.map((item) => Lead().parse(item));
    for (const lead of leads) found.set(lead.leadId, lead);
    wanted = [...new Set(leads.flatMap(({ mergedInto }) => mergedInto ?? []))].filter((leadId) => !found.has(leadId));
  }
  const follow = (leadId: string): Lead | undefined => {
    const lead = found.get(leadId);
    return lead?.mergedInto === undefined ? lead : follow(lead.mergedInto);
  };
  return follow;
};

interface Which {
  shopId: string;
  importId: string;
}

const importReads = (table: Table, secret: Secret) => ({
  /** Whom the shop knows under each of these phones, by {@link phoneKey}; perhaps as it was a moment ago. */
  known: async (
    shopId: string,
    phones: readonly string[],
    { consistent }: { consistent: boolean },
  ): Promise<Map<string, KnownPerson>> => {
    const key = await secret();
    const wanted = phones.map((phone) => ({ phone: phoneKey(phone), lookup: lookupKey(shopId, { phone }, key) }));
    const items = await table.batchGet(
      wanted.map(({ lookup }) => lookup),
      { consistent },
    );
    const led = new Map(items.map(({ pk, contactId }) => [pk, typeof contactId === 'string' ? contactId : '']));
    const ids = [...led.values()].filter((contactId) => contactId !== '');
    const contactOf = await whoGoesOn(table, shopId, ids, consistent);
    const refused = new Set(items.filter(isOfRefused).map(({ pk }) => pk));
    const contacts = wanted.map(({ phone, lookup }) => ({
      ...{ phone, contact: contactOf(led.get(lookup.pk) ?? ''), wasRefused: refused.has(lookup.pk) },
    }));
    const contactIds = contacts.flatMap(({ contact }) => contact?.contactId ?? []);
    const leadOf = await survivorsOf(table, shopId, [...new Set(contactIds)], consistent);
    return new Map(
      contacts.map(({ phone, contact, wasRefused }) => [
        phone,
        { contact, wasRefused, lead: contact && leadOf(contact.contactId) },
      ]),
    );
  },

  /** What became of the rows from `first` to `last` that an import wrote; the others wrote nothing. */
  doneRows: async ({ shopId, importId }: Which, first: number, last: number): Promise<Map<number, RowOutcome>> => {
    const done = new Map<number, RowOutcome>();
    // rows that were written together stand under the first of them
    const range = ranges.jobRows(shopId, importId, Math.max(0, first - MOST_ROWS_AT_ONCE));
    for await (const item of table.queryAll(range, { consistent: true })) {
      const { rows } = DoneRows().parse(item);
      for (const [number, outcome] of rows) if (first <= number && number <= last) done.set(number, outcome);
    }
    return done;
  },
});

/**
 * People and leads by the block: an import looks up and writes hundreds in a few calls. Nobody is found or made in
 * another way than everywhere else. `secret` keys the digests of phones.
 */
export const importStore = (table: Table, secret: Secret, pace: WritePace = unpaced) => ({
  ...importReads(table, secret),

  /**
   * Writes what was decided, many rows at a time, each row whole or not at all; gives those that others were faster at.
   * Throws `table.busy` when the table has no room: some rows are written then, and `doneRows` tells which.
   */
  commit: async ({ shopId, importId }: Which, decided: readonly DecidedRow[], now: Date): Promise<DecidedRow[]> => {
    const waiting = toParcels(decided, await secret());
    const refused: DecidedRow[] = [];
    const worker = async () => {
      for (let parcel = waiting.shift(); parcel; parcel = waiting.shift()) {
        const { rows } = parcel;
        const writes = [...parcel.writes, doneWrite(shopId, importId, rows, now)];
        const isWritten = await saved(pace.write(writes.length * UNITS_OF_WRITE, () => table.transact(writes)));
        if (!isWritten) refused.push(...rows);
      }
    };
    const lane = () =>
      worker().catch((error) => {
        waiting.length = 0;
        throw error;
      });
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
    const failed = lanes.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    return refused;
  },
});
