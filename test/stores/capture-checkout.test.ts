import { afterAll, beforeAll, expect, it } from 'vitest';
import { contactCheckoutStore } from '../../functions/contacts/contact-checkout.store.ts';
import { captureCheckout } from '../../functions/lead-sources/capture-checkout.ts';
import { aCheckout } from '../support/builders.ts';
import { MINUTE } from '../support/clock.ts';
import { openStoredLeads } from '../support/stored-leads.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;

beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
});
afterAll(() => server.close());

it('a checkout goes to whoever the person turns out to be at that very moment', async () => {
  const shop = openStoredLeads(world);
  const { shopId } = shop.shop;
  const [phone, bsuid] = ['+5491161234567', 'AR.1000200030004000'];
  const older = await shop.see({ bsuid });
  shop.clock.advance(MINUTE);
  await shop.see({ phone });
  const checkout = aCheckout({ shopId, phone, state: 'active' });
  const store = contactCheckoutStore(world.table);
  const put: typeof store.put = async (...row) => {
    await shop.see({ phone, bsuid });
    return store.put(...row);
  };
  const found = { checkouts: { find: async () => checkout }, findShop: async () => shop.shop };
  await captureCheckout({ code: checkout.code }, { ...shop.ports(), ...found, contactCheckouts: { put } });
  const rows = await store.list({ shopId, contactId: older.contactId }, { limit: 10 });
  expect(rows.items).toMatchObject([{ code: checkout.code, state: 'active' }]);
  expect(await shop.stored()).toMatchObject([{ leadId: older.contactId, phone, source: 'checkout' }]);
});
