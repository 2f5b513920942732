import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { patience } from '#platform/patience.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { openVault } from '#platform/vault.ts';
import { connectionStore } from '../connections/connection.store.ts';
import { defaultGraphVersion } from '../connections/graph-versions.ts';
import { leadFileStores } from '../lead-files/lead-file.store.ts';
import { leadFileHandlers } from '../lead-files/lead-file-handlers.ts';
import { leadFileRoutes } from '../lead-files/lead-files.routes.ts';
import { openPageGraph } from '../whatsapp/graph-page.client.ts';
import { leadCaptureRoutes } from './lead-capture.routes.ts';
import { leadCaptureHandlers } from './lead-capture-handlers.ts';
import { leadWorkStores } from './lead-work.store.ts';

const env = readEnv('TABLE_NAME', 'APP_SECRET_ID', 'FILES_BUCKET', 'GRAPH_URL');
const vaults = readEnv('PAGE_VAULT', 'APP_VAULT', 'META_SECRET_ID');
const table = openTable(documentClient(), env.TABLE_NAME);
const secret = openSecret(env.APP_SECRET_ID);
const deployment = openVault('');
const capture = {
  ...leadWorkStores(table, secret),
  connections: connectionStore(table),
  tokens: openVault(vaults.PAGE_VAULT),
  appSecrets: { shared: () => deployment.read(vaults.META_SECRET_ID), apps: openVault(vaults.APP_VAULT) },
  pageGraph: openPageGraph({ graphUrl: env.GRAPH_URL, version: defaultGraphVersion }),
  secret,
  patience: patience(),
};

export const handler = httpApi(
  { ...leadCaptureRoutes, ...leadFileRoutes },
  { ...leadCaptureHandlers(capture), ...leadFileHandlers(leadFileStores(table, env.FILES_BUCKET)) },
);
