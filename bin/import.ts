import { createReadStream, existsSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fold } from '#core/text.ts';
import { patience } from '#platform/patience.ts';
import { cancelJob } from '../functions/jobs/cancel-job.ts';
import type { Job } from '../functions/jobs/job.ts';
import { makeImport } from '../functions/lead-files/import-create.ts';
import { CreateImport, ImportInput, ImportProgress, StartImport } from '../functions/lead-files/import-input.ts';
import { type ImportField, importFields } from '../functions/lead-files/import-mapping.ts';
import { type ImportPreview, previewImport } from '../functions/lead-files/import-preview.ts';
import { type RowReason, reasonText } from '../functions/lead-files/import-reasons.ts';
import { startImport } from '../functions/lead-files/import-start.ts';
import { importView } from '../functions/lead-files/import-view.ts';
import { pipelineStore } from '../functions/pipelines/pipeline.store.ts';
import {
  CommandError,
  checkFlags,
  columns,
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

const usage = `npm run import -- <file.csv> --shop <slug> [options]
npm run import -- --follow <id> | --cancel <id> --shop <slug>

  Imports leads from a CSV file. How the file is written, and what its columns are, is detected and told.

  --shop <slug>            whose leads they become
  --map <field=column>     which column has what, by its title or its number from 1; may be repeated. Fields:
                           ${importFields.join(', ')}
  --country <code>         of phones without a country code (default: the shop's)
  --duplicates <policy>    skip, fill or overwrite people who are leads already (default skip)
  --tags <tag,tag>         for every row
  --source <word>          for new leads whose row names none (default import)
  --stage-id <id>          where new leads stand (default: the first stage)
  --assign <whom>          who gets new leads: the id of a user, or sellers, in turn (default nobody)
  --consent <text>         the words in which all of them agreed to marketing
  --encoding, --delimiter  as in windows-1252, as in ';'; when they are not detected rightly
  --no-header              the first row is a person
  --dry-run                only tells what would become of the rows
  --follow <id>            shows how far an import is that was begun; to stop looking stops no import
  --cancel <id>            stops an import; what it has done stays done
${commonUsage}`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  ...commonOptions,
  ...{ shop: text, country: text, duplicates: text, tags: text, source: text, 'stage-id': text, consent: text },
  ...{ encoding: text, delimiter: text, 'no-header': flag, 'dry-run': flag },
  ...{ assign: text, follow: text, cancel: text },
  map: { type: 'string', multiple: true },
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

/** The number, from 0, of a column that is named by its title or its number. Throws `CommandError`. */
const columnOf = (name: string, header: readonly string[]): number => {
  const titled = header.findIndex((title) => fold(title) === fold(name));
  const column = titled >= 0 ? titled : Number(name) - 1;
  if (Number.isInteger(column) && column >= 0) return column;
  throw new CommandError(`--map: there is no column ${name}`);
};

const mappingOf = ({ map = [] }: Values, { mapping, header = [] }: Pick<ImportPreview, 'mapping' | 'header'>) => {
  const given = map.map((pair): [string, number] => {
    const [field = '', column = ''] = pair.split('=', 2);
    if (!(importFields as readonly string[]).includes(field)) throw new CommandError(`--map: ${field} is no field`);
    return [field, columnOf(column, header)];
  });
  const columnsGiven = new Set(given.map(([, column]) => column));
  const detected = Object.entries(mapping).filter(([field, column]) => {
    // consent is never taken for granted from a title alone
    return field !== 'consent' && column !== undefined && !columnsGiven.has(column);
  });
  return { ...Object.fromEntries(detected), ...Object.fromEntries(given) };
};

const formatOf = ({ encoding, delimiter, 'no-header': noHeader }: Values) => ({
  ...(encoding && { encoding }),
  ...(delimiter && { delimiter: delimiter.replace('\\t', '\t') }),
  ...(noHeader && { hasHeader: false }),
});

const assignmentOf = ({ assign }: Values) => {
  if (assign === undefined) return undefined;
  return assign === 'sellers' ? { to: 'sellers-in-turn' } : { to: 'user', userId: assign };
};

const settingsOf = (values: Values, preview: Pick<ImportPreview, 'mapping' | 'header'>): StartImport => {
  const { country, duplicates, tags, source, consent } = values;
  const given = {
    ...formatOf(values),
    ...{ mapping: mappingOf(values, preview), country, duplicates, source, stageId: values['stage-id'] },
    tags: tags?.split(',').map((tag) => tag.trim()),
    ...(consent && { consent: { text: consent } }),
    assign: assignmentOf(values),
    dryRun: values['dry-run'] ?? false,
  };
  return checkFlags(StartImport(), given, { stageId: '--stage-id', mapping: '--map' });
};

const describe = (preview: ImportPreview, { mapping }: StartImport): string => {
  const { encoding, delimiter, hasHeader, header } = preview;
  const named = (Object.entries(mapping) as [ImportField, number][]).map(([field, column]) => [
    `  ${field}`,
    header?.[column] ?? `column ${column + 1}`,
  ]);
  const written = `${encoding}, columns cut by ${JSON.stringify(delimiter)}, ${hasHeader ? 'with' : 'without'} a header`;
  return [written, columns(named)].join('\n');
};

const showing =
  (started: number) =>
  (job: Job): string => {
    const { percent, counts } = importView(job);
    const pace = Math.round(counts.rows / Math.max(1, (Date.now() - started) / 1000));
    const { rows, created, updated, failed } = counts;
    const done = `${rows} rows: ${created} new, ${updated} changed, ${failed} refused`;
    return `${String(percent).padStart(3)} %  ${done}  ${pace} rows/s`;
  };

const outcome = (job: Job): string => {
  const { counts, reasons, warned, state, error } = importView(job);
  const { rows, created, updated, unchanged, skipped, failed } = counts;
  const lines = [
    ['Rows', rows],
    ['New leads', created],
    ['Changed', updated],
    ['Nothing new', unchanged],
    ['Skipped', skipped],
    ['Without some of their cells', warned],
    ['Refused', failed],
    ...Object.entries(reasons).map(([reason, count]) => [`  ${reasonText(reason as RowReason, 'en')}`, count]),
  ].map(([what, count]) => [String(what), String(count)]);
  return [`${state}${error ? `: ${error}` : ''}`, columns(lines)].join('\n');
};

const clock = () => new Date();

interface Ground {
  ground: Awaited<ReturnType<typeof openGround>>;
  io: Io;
}

/** Follows an import to its end and puts the rows that were not taken as they are into files; gives the exit code. */
const follow = async (begun: Job, beside: string, { ground: { jobs, files }, io }: Ground): Promise<number> => {
  io.print(`import ${begun.jobId}: goes on without this command; --follow and --cancel take its id`);
  const job = await followJob(begun, { jobs, show: showing(Date.now()), io });
  io.print(`\n${outcome(job)}`);
  const { errors = [] } = ImportProgress().safeParse(job.progress).data ?? {};
  for (const [index, { key }] of errors.entries()) {
    const name = `${beside.replace(/\.csv$/i, '')}.refused-${index + 1}.csv`;
    writeFileSync(name, await files.get(key));
    io.print(`refused rows: ${name}`);
  }
  return job.state === 'done' ? 0 : 1;
};

/** Follows, or cancels, an import that was begun before. Throws `CommandError`. */
const attend = async (jobId: string, values: Values, target: Target, io: Io): Promise<number> => {
  const ground = await openGround(target);
  const { shopId } = await crmShopOf(ground.shops, values.shop);
  const job = await ground.jobs.find(shopId, jobId);
  if (job?.kind !== 'import') throw new CommandError(`the shop has no import ${jobId}`);
  if (values.cancel === undefined)
    return follow(job, basename(ImportInput().parse(job.input).fileName), { ground, io });
  const ports = { jobs: ground.jobs, clock, patience: patience() };
  const { state } = await cancelJob({ shopId, jobId, kind: 'import', by: 'operator' }, ports);
  io.print(state === 'cancelled' ? 'cancelled' : 'stops at its next checkpoint');
  return 0;
};

const importFile = async (path: string, values: Values, target: Target, io: Io): Promise<number> => {
  const ground = await openGround(target);
  const { shops, jobs, files } = ground;
  const shop = await crmShopOf(shops, values.shop);
  const input = checkFlags(
    CreateImport(),
    { fileName: basename(path), bytes: statSync(path).size },
    { bytes: 'the file' },
  );
  // a wrong flag is told before a large file is on its way
  settingsOf({ ...values, map: [] }, { mapping: { phone: 0 } });
  const made = await makeImport({ shopId: shop.shopId, by: 'operator', input }, { jobs, clock });
  const { fileKey } = ImportInput().parse(made.input);
  await files.put(fileKey, createReadStream(path), input.bytes);
  const preview = await previewImport({ fileKey, given: formatOf(values) as object }, { files });
  const settings = settingsOf(values, preview);
  io.print(describe(preview, settings));
  const ports = { jobs, files, pipelines: pipelineStore(target.table), users: shops.users, clock };
  const started = await startImport({ shop, importId: made.jobId, by: 'operator', settings }, ports);
  return follow(started, path, { ground, io });
};

const act = ([path, ...others]: string[], values: Values, io: Io): Promise<number> => {
  const begun = values.follow ?? values.cancel;
  if (begun !== undefined && path === undefined) return attend(begun, values, openTarget(values), io);
  if (path === undefined || others.length > 0) throw new CommandError(usage);
  if (!existsSync(path)) throw new CommandError(`there is no file ${path}`);
  return importFile(path, values, openTarget(values), io);
};

/** `npm run import`: imports leads from a file, and shows how far it is. Gives the exit code. */
export const importCommand = (args: string[], io: Io): Promise<number> =>
  runCommand(io, async () => {
    const { values, positionals } = readArguments(args, options);
    if (values.help) {
      io.print(usage);
      return 0;
    }
    return act(positionals, values, io);
  });

if (import.meta.main) process.exitCode = await importCommand(process.argv.slice(2), terminal);
