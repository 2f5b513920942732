import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { clientDefaults, patientDefaults } from '#platform/clients.ts';
import { openTable, type Table } from '#platform/table.ts';

z.config(en());

/** Where a command writes to. */
export interface Io {
  print: (text: string) => void;
  complain: (text: string) => void;
  /** Shows how far something is, in the place of what it showed before. */
  progress?: (text: string) => void;
}

/** A failure that the operator can mend; its words are all they need. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Options that every command takes. */
export const commonOptions = {
  stage: { type: 'string' },
  data: { type: 'string' },
  help: { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig;

/** How {@link commonOptions} are explained. */
export const commonUsage = `  --stage <name>           a stage in AWS, with your own credentials (default: the local cloud that runs here)
  --data <folder>          data folder of the local cloud (default .vidriera)
  --help                   say this`;

/** Reads arguments. Throws `CommandError` for an option that there is not. */
export const readArguments = <const Options extends ParseArgsOptionsConfig>(args: string[], options: Options) => {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
};

/** Holds values against a schema. Throws `CommandError` that names the flag of each value that does not fit. */
export const checkFlags = <Schema extends z.ZodMiniType>(
  schema: Schema,
  values: unknown,
  flags: Readonly<Record<string, string>>,
): z.output<Schema> => {
  const result = z.safeParse(schema, values);
  if (result.success) return result.data;
  const given = values as Readonly<Record<string, unknown>>;
  const lines = result.error.issues.map(({ path, message }) => {
    const [field] = path.map(String);
    const flag = flags[field ?? ''] ?? `--${field}`;
    return given[field ?? ''] === undefined ? `${flag} is needed` : `${flag}: ${message}`;
  });
  throw new CommandError([...new Set(lines)].join('\n'));
};

/** What the local cloud says of itself while it runs. */
const Running = z.object({
  url: z.string(),
  tableName: z.string(),
  archiveBucket: z.optional(z.string()),
  filesBucket: z.optional(z.string()),
  owner: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
});

const notRunning = 'the local cloud is not running: start it with "npm start", or name a stage with --stage';

const readRunning = (folder: string): z.infer<typeof Running> => {
  try {
    return Running.parse(JSON.parse(readFileSync(join(folder, 'cloud.json'), 'utf8')));
  } catch (cause) {
    throw new CommandError(notRunning, { cause });
  }
};

/** Where the operator's work goes: a stage in AWS, or the local cloud. */
export interface Target {
  /** What every name of the deployment begins with: `vidriera-<stage>`. */
  deployment: string;
  /** How clients of AWS reach it. */
  config: ClientConfig;
  /** Where the bodies of webhooks are kept; undefined where the account must be asked. */
  archiveBucket: string | undefined;
  /** What shops bring in and take out; undefined where the account must be asked. */
  filesBucket: string | undefined;
  table: Table;
  secrets: SecretsManagerClient;
  /** The name of one of the deployment's secrets. */
  secretName: (kind: 'meta') => string;
  /** Undefined for the local cloud, which has no user pool. */
  stage: string | undefined;
  /** Under which address people find it, where that is known. */
  siteUrl: string | undefined;
}

const STAGE = /^[a-z][a-z0-9-]{1,20}$/;

interface ClientConfig {
  region?: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

const tableOf = (config: ClientConfig, tableName: string): Table => {
  const client = new DynamoDBClient({ ...patientDefaults, ...config });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return openTable(documents, tableName);
};

const reach = (
  config: ClientConfig,
  tableName: string,
): Pick<Target, 'config' | 'deployment' | 'table' | 'secrets' | 'secretName'> => ({
  config,
  deployment: tableName,
  table: tableOf(config, tableName),
  secrets: new SecretsManagerClient({ ...clientDefaults, ...config }),
  secretName: (kind) => `${tableName.replace('-', '/')}/${kind}`,
});

/** Opens the target that `--stage` and `--data` name. Throws `CommandError` when no local cloud runs. */
export const openTarget = ({ stage, data = '.vidriera' }: { stage?: string; data?: string }): Target => {
  if (stage === undefined) {
    const { url, tableName, archiveBucket, filesBucket, owner } = readRunning(data);
    const config = { region: 'us-east-1', endpoint: url, credentials: owner };
    return { ...reach(config, tableName), archiveBucket, filesBucket, stage, siteUrl: url };
  }
  if (!STAGE.test(stage)) throw new CommandError('--stage: must be 2 to 21 of a-z, 0-9 and -, starting with a letter');
  const inAccount = { archiveBucket: undefined, filesBucket: undefined };
  return { ...reach({}, `vidriera-${stage}`), ...inAccount, stage, siteUrl: undefined };
};

/** Rows in columns as wide as their longest cell. */
export const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** What stands behind failures that are not ours, as an operator knows it. */
const hints: Readonly<Record<string, string>> = {
  ECONNREFUSED: notRunning,
  CredentialsProviderError: 'there are no AWS credentials: sign in first, as for the AWS command line',
  ExpiredTokenException: 'your AWS credentials have expired: sign in again',
  ResourceNotFoundException: 'there is no such stage in this account and region',
};

const explain = (error: unknown): string => {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  return hints[code ?? ''] ?? hints[name ?? ''] ?? message ?? String(error);
};

/** Runs a command. Gives its exit code: what the command says, or 2 when it failed. */
export const runCommand = async (io: Io, command: () => Promise<number>): Promise<number> => {
  try {
    return await command();
  } catch (error) {
    io.complain(explain(error));
    return 2;
  }
};

/** The terminal. */
export const terminal: Io = {
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
  progress: (text) => process.stderr.write(process.stderr.isTTY ? `\r${text}\u001b[K` : `${text}\n`),
};
