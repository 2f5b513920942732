import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { openScheduler } from '#platform/schedule.ts';
import { changeConsumer } from '#platform/stream.ts';
import { openTable } from '#platform/table.ts';
import { productStore } from '../catalog/product.store.ts';
import { stockStore } from '../stock/stock.store.ts';
import { relayChange } from './relay-change.ts';

const env = readEnv(
  'TABLE_NAME',
  'EXPIRY_SCHEDULE_GROUP',
  'EXPIRY_TARGET_ARN',
  'EXPIRY_ROLE_ARN',
  'EXPIRY_DEAD_LETTER_ARN',
);
const table = openTable(documentClient(), env.TABLE_NAME);
const scheduler = openScheduler({
  groupName: env.EXPIRY_SCHEDULE_GROUP,
  targetArn: env.EXPIRY_TARGET_ARN,
  roleArn: env.EXPIRY_ROLE_ARN,
  deadLetterArn: env.EXPIRY_DEAD_LETTER_ARN,
});
const ports = { scheduler, products: productStore(table), stock: stockStore(table), clock: () => new Date() };

export const handler = changeConsumer((change) => relayChange(change, ports));
