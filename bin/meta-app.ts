import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GivenApp, MetaApp, rotateApp } from '../functions/connections/meta-app.ts';
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

const usage = `npm run meta-app -- set --app-id <id> [options]
npm run meta-app -- show [options]

  --app-id <id>            the Meta app that all shops without an app of their own share
${commonUsage}

The app secret and the verify token are asked for, or read from the environment as META_APP_SECRET and
META_VERIFY_TOKEN; they are never shown. What they replace stays valid beside them until the next change.`;

const options = { ...commonOptions, 'app-id': { type: 'string' } } as const;
const flags = { appId: '--app-id', appSecret: 'META_APP_SECRET', verifyToken: 'META_VERIFY_TOKEN' };

/** What nobody may see: the app secret, and the token that Meta's handshake carries. */
export interface Secrets {
  appSecret: string | undefined;
  verifyToken: string | undefined;
}

const silence = () =>
  new Writable({
    write: (_chunk, _encoding, done) => done(),
  });

/** Asks for what the environment does not have; a terminal shows nothing of what is typed. */
const askForSecrets = async (): Promise<Secrets> => {
  const { META_APP_SECRET, META_VERIFY_TOKEN } = process.env;
  if (META_APP_SECRET && META_VERIFY_TOKEN) return { appSecret: META_APP_SECRET, verifyToken: META_VERIFY_TOKEN };
  const lines = createInterface({ input: process.stdin, output: silence(), terminal: process.stdin.isTTY });
  const answers = lines[Symbol.asyncIterator]();
  const ask = async (question: string, known: string | undefined): Promise<string | undefined> => {
    if (known) return known;
    if (process.stdin.isTTY) process.stderr.write(`${question}: `);
    const { value } = await answers.next();
    if (process.stdin.isTTY) process.stderr.write('\n');
    return typeof value === 'string' ? value.trim() : undefined;
  };
  const appSecret = await ask('App secret', META_APP_SECRET);
  const verifyToken = await ask('Verify token', META_VERIFY_TOKEN);
  lines.close();
  return { appSecret, verifyToken };
};

const readJson = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};

const findApp = async ({ secrets, secretName }: Target): Promise<MetaApp | undefined> => {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretName('meta') }));
  return MetaApp().safeParse(readJson(SecretString)).data;
};

const describe = (app: MetaApp, { siteUrl = '<SiteUrl>' }: Target): string => {
  const kept = (previous: string | undefined) => (previous ? 'set, and the previous one is still valid' : 'set');
  return columns([
    ['Meta app', app.appId],
    ['App secret', kept(app.previousAppSecret)],
    ['Verify token', kept(app.previousVerifyToken)],
    ['Callback URL', `${siteUrl}/webhooks/whatsapp`],
  ]);
};

const show = async (target: Target, io: Io): Promise<number> => {
  const app = await findApp(target);
  if (app === undefined) throw new CommandError('no Meta app has been set: npm run meta-app -- set --app-id <id>');
  io.print(describe(app, target));
  return 0;
};

const set = async (given: GivenApp, target: Target, io: Io): Promise<number> => {
  const app = rotateApp(await findApp(target), given);
  const SecretId = target.secretName('meta');
  await target.secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(app) }));
  io.print(describe(app, target));
  return 0;
};

/** `npm run meta-app`: sets the shared Meta app of a deployment, or says which it is. Gives the exit code. */
export const metaAppCommand = (args: string[], io: Io, ask: () => Promise<Secrets> = askForSecrets): Promise<number> =>
  runCommand(io, async () => {
    const { values, positionals } = readArguments(args, options);
    const [verb, ...more] = positionals;
    if (values.help) {
      io.print(usage);
      return 0;
    }
    if ((verb !== 'set' && verb !== 'show') || more.length > 0) throw new CommandError(usage);
    if (verb === 'show') return show(openTarget(values), io);
    checkFlags(GivenApp(), { appId: values['app-id'], appSecret: 'x'.repeat(32), verifyToken: 'x'.repeat(32) }, flags);
    const target = openTarget(values);
    return set(checkFlags(GivenApp(), { appId: values['app-id'], ...(await ask()) }, flags), target, io);
  });

if (import.meta.main) process.exitCode = await metaAppCommand(process.argv.slice(2), terminal);
