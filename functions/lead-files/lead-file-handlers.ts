import { actorOf, type Caller } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { AppError } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { type CancelJobPorts, cancelJob } from '../jobs/cancel-job.ts';
import { findJob } from '../jobs/find-job.ts';
import type { Job, JobKind } from '../jobs/job.ts';
import { crmShop } from '../leads/crm-shop.ts';
import type { Shop } from '../shops/shop.ts';
import { createExport, exportView } from './export-create.ts';
import { ExportProgress } from './export-input.ts';
import { type CreateImportPorts, createImport } from './import-create.ts';
import { ImportInput, ImportProgress } from './import-input.ts';
import { previewImport } from './import-preview.ts';
import { resumeImport, type StartImportPorts, startImport } from './import-start.ts';
import { type FileLink, importView } from './import-view.ts';
import type { leadFileRoutes } from './lead-files.routes.ts';

/** Everything that imports and exports need. */
export interface LeadFilePorts extends Omit<StartImportPorts, 'jobs' | 'files'>, Pick<CancelJobPorts, 'patience'> {
  jobs: StartImportPorts['jobs'] &
    CancelJobPorts['jobs'] & { list: (shopId: string, kind: JobKind, page: PageRequest) => Promise<Page<Job>> };
  files: StartImportPorts['files'] &
    CreateImportPorts['files'] & {
      presignGet: (key: string, options: { seconds: number; now: Date; disposition?: string }) => Promise<string>;
    };
  findShop: (shopId: string) => Promise<Shop | undefined>;
}

const LINK_SECONDS = 300;

/** Addresses that give files for five minutes, to be saved and not shown. */
const linksTo = (files: readonly { key: string }[], ports: LeadFilePorts): Promise<FileLink[]> => {
  const now = ports.clock();
  const expiresAt = new Date(now.getTime() + LINK_SECONDS * 1000).toISOString();
  return Promise.all(
    files.map(async ({ key }) => {
      const name = key.slice(key.lastIndexOf('/') + 1);
      const disposition = `attachment; filename="${name}"`;
      return { name, url: await ports.files.presignGet(key, { seconds: LINK_SECONDS, now, disposition }), expiresAt };
    }),
  );
};

interface Named {
  caller: Caller;
  params: { importId: string } | { exportId: string };
}

const jobOf = async ({ caller: { shopId }, params }: Named, ports: LeadFilePorts) => {
  await crmShop(ports.findShop, shopId);
  const [jobId, kind] =
    'importId' in params ? [params.importId, 'import' as const] : [params.exportId, 'lead-export' as const];
  return { shopId, jobId, kind };
};

/** Preview reads the file that is to be imported: one that was imported may be gone. */
const fileKeyOf = ({ state, input }: Job): string => {
  const { fileKey, plan } = ImportInput().parse(input);
  const isRead = plan === undefined || plan.dryRun;
  if (isRead) return fileKey;
  throw new AppError('job.not-ready', `the import is ${state}`, { details: { state } });
};

const importHandlers = (ports: LeadFilePorts) =>
  ({
    createImport: async ({ caller, body }) => {
      await crmShop(ports.findShop, caller.shopId);
      return createImport({ shopId: caller.shopId, by: actorOf(caller), input: body }, ports);
    },
    listImports: async ({ caller: { shopId }, query }) => {
      await crmShop(ports.findShop, shopId);
      const page = await ports.jobs.list(shopId, 'import', query);
      return { ...page, items: page.items.map(importView) };
    },
    getImport: async (named) => {
      const job = await findJob(await jobOf(named, ports), ports);
      const { errors = [] } = ImportProgress().safeParse(job.progress).data ?? {};
      return { ...importView(job), errorFiles: await linksTo(errors, ports) };
    },
    previewImport: async (named) => {
      const job = await findJob(await jobOf(named, ports), ports);
      return previewImport({ fileKey: fileKeyOf(job), given: named.query }, ports);
    },
    startImport: async ({ caller, params: { importId }, body }) => {
      const shop = await crmShop(ports.findShop, caller.shopId);
      return importView(await startImport({ shop, importId, by: actorOf(caller), settings: body }, ports));
    },
    resumeImport: async ({ caller, params: { importId } }) => {
      const { shopId } = await crmShop(ports.findShop, caller.shopId);
      return importView(await resumeImport({ shopId, importId, by: actorOf(caller) }, ports));
    },
    cancelImport: async (named) =>
      importView(await cancelJob({ ...(await jobOf(named, ports)), by: actorOf(named.caller) }, ports)),
  }) satisfies Partial<RouteHandlers<typeof leadFileRoutes>>;

const exportHandlers = (ports: LeadFilePorts) =>
  ({
    createExport: async ({ caller, body }) => {
      const { shopId } = await crmShop(ports.findShop, caller.shopId);
      return exportView(await createExport({ shopId, by: actorOf(caller), input: body }, ports));
    },
    listExports: async ({ caller: { shopId }, query }) => {
      await crmShop(ports.findShop, shopId);
      const page = await ports.jobs.list(shopId, 'lead-export', query);
      return { ...page, items: page.items.map(exportView) };
    },
    getExport: async (named) => {
      const job = await findJob(await jobOf(named, ports), ports);
      const { files } = ExportProgress().parse(job.progress);
      return { ...exportView(job), files: await linksTo(files, ports) };
    },
    cancelExport: async (named) =>
      exportView(await cancelJob({ ...(await jobOf(named, ports)), by: actorOf(named.caller) }, ports)),
  }) satisfies Partial<RouteHandlers<typeof leadFileRoutes>>;

/** What answers each route of imports and exports. */
export const leadFileHandlers = (ports: LeadFilePorts): RouteHandlers<typeof leadFileRoutes> => ({
  ...importHandlers(ports),
  ...exportHandlers(ports),
});
