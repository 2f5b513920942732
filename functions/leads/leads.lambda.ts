import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { httpApi } from '#platform/http.ts';
import { patience } from '#platform/patience.ts';
import { openSecret } from '#platform/secret.ts';
import { openTable } from '#platform/table.ts';
import { pipelineHandlers } from '../pipelines/pipeline-handlers.ts';
import { pipelineRoutes } from '../pipelines/pipelines.routes.ts';
import { crmLifeStores } from './crm-life.store.ts';
import { leadHandlers } from './lead-handlers.ts';
import { leadLifeRoutes } from './lead-life.routes.ts';
import { leadLifeHandlers } from './lead-life-handlers.ts';
import { leadRoutes } from './leads.routes.ts';

const { TABLE_NAME, APP_SECRET_ID } = readEnv('TABLE_NAME', 'APP_SECRET_ID');
const table = openTable(documentClient(), TABLE_NAME);
const ports = { ...crmLifeStores(table, openSecret(APP_SECRET_ID)), patience: patience() };

export const handler = httpApi(
  { ...leadRoutes, ...leadLifeRoutes, ...pipelineRoutes },
  { ...leadHandlers(ports), ...leadLifeHandlers(ports), ...pipelineHandlers(ports) },
);
