import type { Table } from '#platform/table.ts';
import { connectionStore } from '../connections/connection.store.ts';
import { crmStores } from './crm.store.ts';
import { leadLifeStore } from './lead-life.store.ts';
import { timelineStore } from './lead-timeline.store.ts';
import { noteStore } from './note.store.ts';

/** Every store that the life of leads needs, beside those of working with them. */
export const crmLifeStores = (table: Table, secret: () => Promise<string>) => {
  const crm = crmStores(table, secret);
  return {
    ...crm,
    leads: { ...crm.leads, ...leadLifeStore(table, secret) },
    notes: noteStore(table),
    timeline: timelineStore(table),
    findConnection: connectionStore(table).find,
  };
};
