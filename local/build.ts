import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Templates } from './intrinsics.ts';
import { withLock } from './lock.ts';
import { fingerprint } from './sources.ts';

/** What the infrastructure code gives. */
export interface Synthesis {
  templates: Templates;
  /** Names in the manifest by the functions' logical ids in the templates. */
  functionNames: Record<string, string>;
}

/** What a start needs from the sources: bundles of the functions, templates, pages. */
export interface Build extends Synthesis {
  /** The bundle of each function, by its name in the manifest. */
  bundles: Record<string, string>;
  /** Folder of the built pages. */
  pages: string;
  /** Folder of the built page with the phones. */
  simulatorPages: string;
}

const root = join(import.meta.dirname, '..');
const pagesDirectory = join(root, 'build/web');
const simulatorDirectory = join(root, 'build/simulator');
const KEPT_BUILDS = 3;
const SYNTHESIS = 'synthesis.json';

/** Pages take rules and contracts from `functions/`, never what touches AWS. */
const reachesPages = (path: string): boolean =>
  !/\.(lambda|store|client)\.ts$|^functions\/(platform|table)\//.test(path);

const runVite = (config: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const args = ['node_modules/vite/bin/vite.js', 'build', '--config', config, '--logLevel', 'warn'];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the pages could not be built:\n${said.join('')}`));
    });
  });

/** What is built by itself, and what it was made of. */
interface Pages {
  config: string;
  directory: string;
  stamp: string;
}

const site: Pages = {
  config: 'web/vite.config.ts',
  directory: pagesDirectory,
  stamp: join(root, 'build/web.sources'),
};
const phones: Pages = {
  config: 'web/simulator/vite.config.ts',
  directory: simulatorDirectory,
  stamp: join(root, 'build/simulator.sources'),
};

/** Builds pages, unless those that are there came from the same sources. */
const buildPages = async (wanted: readonly Pages[], say: (text: string) => void): Promise<void> => {
  const sources = ['web', 'functions', 'docs/api', 'local/whatsapp-simulator/simulator-api.ts', 'package-lock.json'];
  const current = fingerprint(root, sources, reachesPages);
  const isThere = ({ directory, stamp }: Pages): boolean =>
    existsSync(directory) && existsSync(stamp) && readFileSync(stamp, 'utf8') === current;
  const missing = wanted.filter((pages) => !isThere(pages));
  if (missing.length === 0) return;
  say('Building the pages…');
  await Promise.all(missing.map(({ config }) => runVite(config)));
  for (const { stamp } of missing) writeFileSync(stamp, current);
};

const lockPath = join(root, 'build/.lock');

/** Gives the folder of the built page with the phones, alone. */
export const preparePhones = (say: (text: string) => void = () => undefined): Promise<string> =>
  withLock(lockPath, async () => {
    await buildPages([phones], say);
    return phones.directory;
  });

const synthesizeApart = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./synth-worker.ts', import.meta.url));
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the synthesis ended with ${code}`)));
  });

/** Lambda takes a bundle for CommonJS; below a package of type module, Node has to be told so. */
const COMMON_JS = JSON.stringify({ type: 'commonjs' });

const makeBuild = async (directory: string): Promise<void> => {
  const { bundleFunctions } = await import('../lib/bundle.ts');
  const outDir = join(directory, 'functions');
  const [synthesis] = await Promise.all([synthesizeApart(), bundleFunctions({ outDir })]);
  writeFileSync(join(directory, 'package.json'), COMMON_JS);
  writeFileSync(join(directory, SYNTHESIS), synthesis);
};

const removeOldBuilds = (builds: string): void => {
  const byAge = readdirSync(builds)
    .map((name) => ({ path: join(builds, name), usedAt: statSync(join(builds, name)).mtimeMs }))
    .sort((one, other) => other.usedAt - one.usedAt);
  for (const { path } of byAge.slice(KEPT_BUILDS)) rmSync(path, { recursive: true, force: true });
};

const readBuild = (directory: string): Build => {
  const synthesis = JSON.parse(readFileSync(join(directory, SYNTHESIS), 'utf8')) as Synthesis;
  const names = Object.values(synthesis.functionNames);
  const bundles = names.map((name) => [name, join(directory, 'functions', name, 'index.js')] as const);
  return {
    ...synthesis,
    bundles: Object.fromEntries(bundles),
    pages: pagesDirectory,
    simulatorPages: simulatorDirectory,
  };
};

/**
 * Gives pages, bundles and templates of the sources as they are now. What was made of the very same sources before is
 * used again; several processes may ask at once. `say` hears what takes a while.
 */
export const prepareBuild = (say: (text: string) => void = () => undefined): Promise<Build> =>
  withLock(lockPath, async () => {
    await buildPages([site, phones], say);
    const builds = join(root, 'build/local');
    const directory = join(builds, fingerprint(root, ['functions', 'lib', 'build/web', 'package-lock.json']));
    if (!existsSync(join(directory, SYNTHESIS))) {
      say('Bundling the functions and synthesizing the infrastructure…');
      mkdirSync(directory, { recursive: true });
      await makeBuild(directory);
    }
    utimesSync(directory, new Date(), new Date());
    removeOldBuilds(builds);
    return readBuild(directory);
  });
