import type { Table } from '#platform/table.ts';
import { ranges } from '#table/schema.ts';

/** A number that a shop has or had. */
export interface NumberEver {
  phoneNumberId: string;
  businessId: string;
}

/** All numbers that a shop has or had, as they are now, each once: where its conversations may be. */
export const numbersEver = async (table: Pick<Table, 'queryAll'>, shopId: string): Promise<NumberEver[]> => {
  const rows = await Array.fromAsync(table.queryAll(ranges.connectionsEver(shopId), { consistent: true }));
  const numbers = rows.map((row) => ({
    phoneNumberId: String(row['phoneNumberId']),
    businessId: String(row['businessId']),
  }));
  return [...new Map(numbers.map((one) => [one.phoneNumberId, one])).values()];
};
