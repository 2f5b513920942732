import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const projectDir = fileURLToPath(new URL('..', import.meta.url));
const cdk = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');

const run = (command: string, args: readonly string[]): void => {
  const { status, error } = spawnSync(command, args, { cwd: projectDir, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};

/** Takes our own `--stage` out of the arguments and leaves the CDK's as they are. */
const readArguments = (args: string[]): { stage: string; rest: string[] } => {
  const { values, tokens } = parseArgs({
    args,
    options: { stage: { type: 'string', default: 'dev' } },
    strict: false,
    tokens: true,
  });
  const ours = tokens.filter((token) => token.kind === 'option' && token.name === 'stage');
  const taken = new Set(
    ours.flatMap(({ index, ...token }) => ('inlineValue' in token && token.inlineValue ? [index] : [index, index + 1])),
  );
  return { stage: String(values.stage), rest: args.filter((_, index) => !taken.has(index)) };
};

const [verb = 'synth', ...args] = process.argv.slice(2);
const { stage, rest } = readArguments(args);
run('npm', ['run', '--silent', 'build:pages']);
// synth and diff take all stacks by themselves and know no `--all`
const all = ['deploy', 'destroy'].includes(verb) ? ['--all'] : [];
run(process.execPath, [cdk, verb, '-c', `stage=${stage}`, ...all, ...rest]);
