import { documentClient } from '#platform/clients.ts';
import { openDirectory } from '#platform/directory.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { openTable } from '#platform/table.ts';
import { auditRoutes } from '../audit/audit.routes.ts';
import { auditStore } from '../audit/audit.store.ts';
import { auditHandlers } from '../audit/audit-handlers.ts';
import { connectionStore } from '../connections/connection.store.ts';
import { shopStore } from './shop.store.ts';
import { shopHandlers } from './shop-handlers.ts';
import { shopRoutes } from './shops.routes.ts';
import { userStore } from './user.store.ts';
import { userHandlers } from './user-handlers.ts';
import { userWorkStore } from './user-work.store.ts';
import { userRoutes } from './users.routes.ts';

const { TABLE_NAME, USER_POOL_ID } = readEnv('TABLE_NAME', 'USER_POOL_ID');
const table = openTable(documentClient(), TABLE_NAME);
const shops = shopStore(table);
const clock = () => new Date();

export const handler = httpApi(
  { ...shopRoutes, ...userRoutes, ...auditRoutes },
  {
    ...shopHandlers({ shops, clock }),
    ...userHandlers({
      users: userStore(table),
      work: userWorkStore(table),
      connections: connectionStore(table),
      directory: openDirectory(USER_POOL_ID),
      clock,
    }),
    ...auditHandlers({ audit: auditStore(table) }),
  },
);
