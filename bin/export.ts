import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '../functions/jobs/job.ts';
import { createExport, exportView } from '../functions/lead-files/export-create.ts';
import { CreateExport, ExportProgress } from '../functions/lead-files/export-input.ts';
import {
  CommandError,
  checkFlags,
  commonOptions,
  commonUsage,
  type Io,
  openTarget,
  readArguments,
  runCommand,
  type Target,
  terminal,
} from './operator.ts';
import { crmShopOf, followJob, openGround } from './shop-files.ts';

const filters = ['status', 'stage', 'seller', 'source', 'tag', 'q'] as const;
const moments = ['createdFrom', 'createdTo', 'updatedFrom', 'updatedTo', 'nextActionFrom', 'nextActionTo'] as const;
const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const usage = `npm run export -- --shop <slug> [options]

  Takes leads out into CSV files, some ten thousand in each.

  --shop <slug>            whose leads
  --out <folder>           where the files go (default .)
  --delimiter <sign>       as in ';' (default ,)
  ${filters.map((name) => `--${name} <…>`).join(', ')}
  ${moments.map((name) => `--${dashed(name)} <…>`).join(', ')}
                           only such leads, as in the list of leads; moments as in 2026-11-21T00:00:00.000Z
${commonUsage}`;

const text = { type: 'string' } as const;
const options = {
  ...commonOptions,
  ...{ shop: text, out: text, delimiter: text },
  ...(Object.fromEntries([...filters, ...moments.map(dashed)].map((name) => [name, text])) as Record<
    string,
    typeof text
  >),
};

type Values = Record<string, string | boolean | undefined>;

const inputOf = (values: Values): CreateExport => {
  const named = [...filters, ...moments].map((name) => [name, values[dashed(name)]]);
  const given = {
    filter: Object.fromEntries(named.filter(([, value]) => value !== undefined)),
    delimiter: values['delimiter'],
  };
  return checkFlags(CreateExport(), given, { filter: 'a filter' });
};

const show = (job: Job): string => `${exportView(job).rows} leads`;

const exportLeads = async (values: Values, target: Target, io: Io): Promise<number> => {
  const { shops, jobs, files } = await openGround(target);
  const { shopId } = await crmShopOf(shops, values['shop'] as string | undefined);
  const clock = () => new Date();
  const begun = await createExport({ shopId, by: 'operator', input: inputOf(values) }, { jobs, clock });
  const job = await followJob(begun, { jobs, show, io });
  const folder = String(values['out'] ?? '.');
  mkdirSync(folder, { recursive: true });
  const made = ExportProgress().parse(job.progress);
  for (const { key, name } of made.files) {
    const path = join(folder, name);
    writeFileSync(path, await files.get(key));
    io.print(path);
  }
  io.print(`${job.state}${job.error ? `: ${job.error}` : ''}, ${made.rows} leads`);
  return job.state === 'done' ? 0 : 1;
};

/** `npm run export`: takes leads out into files, and shows how far it is. Gives the exit code. */
export const exportCommand = (args: string[], io: Io): Promise<number> =>
  runCommand(io, async () => {
    const { values, positionals } = readArguments(args, options);
    if (values.help) {
      io.print(usage);
      return 0;
    }
    if (positionals.length > 0) throw new CommandError(usage);
    return exportLeads(values as Values, openTarget(values), io);
  });

if (import.meta.main) process.exitCode = await exportCommand(process.argv.slice(2), terminal);
