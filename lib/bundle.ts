import { readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import allCountries from 'libphonenumber-js/max/metadata';
import { onlyKnownCountries } from '../functions/core/phone-metadata.ts';
import { type FunctionEntry, type FunctionName, manifest } from '../functions/manifest.ts';

/** Where a function's deployable code lies, and how large its script is. */
export interface BundledFunction {
  directory: string;
  bytes: number;
}

/** What to bundle, and where to. */
export interface BundleOptions {
  /** @default `build/functions` of the project */
  outDir?: string;
  /** @default every function of the manifest */
  names?: readonly FunctionName[];
}

const projectDir = fileURLToPath(new URL('..', import.meta.url));
const pagesDir = join(projectDir, 'build/web');
const entryOf = (name: FunctionName): FunctionEntry => manifest[name];

const knownCountriesOnly: Plugin = {
  name: 'known-countries-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /libphonenumber-js[\\/]metadata\.max\.json\.js$/ }, () => ({
      contents: `export default /* @__PURE__ */ JSON.parse(${JSON.stringify(JSON.stringify(onlyKnownCountries(allCountries)))});`,
      loader: 'js',
    }));
  },
};

/** Of its own package file the client reads the version; and Node has SHA-256, so its substitute is never called. */
const onlyWhatRuns: Plugin = {
  name: 'only-what-runs',
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk[\\/]client-dynamodb[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
    onLoad({ filter: /checksum[\\/]sha256[\\/]Sha256Js\.js$/ }, () => ({
      contents: 'export const Sha256Js = undefined;',
      loader: 'js',
    }));
  },
};

/** Declaring something lazy does nothing: what a function does not use of it is left out. The bundler can't know that. */
const lazyIsPure: Plugin = {
  name: 'lazy-is-pure',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]functions[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(' = lazy(', ' = /* @__PURE__ */ lazy('),
      loader: 'ts',
    }));
  },
};

/**
 * CommonJS, `module` fields first and environment credentials: each of the three takes milliseconds off every cold
 * start, and only with `module` first does tree shaking reach into the SDK. Event streams, which none of our services
 * has, are loaded by the SDK only when one comes: they stay outside.
 */
export const bundleSettings = {
  absWorkingDir: projectDir,
  alias: {
    '@aws-sdk/credential-provider-node': join(projectDir, 'lib/lambda-credentials.ts'),
    '@aws-sdk/endpoint-cache': join(projectDir, 'lib/lambda-endpoint-cache.ts'),
  },
  bundle: true,
  external: ['@smithy/core/event-streams'],
  format: 'cjs',
  legalComments: 'none',
  logLevel: 'warning',
  mainFields: ['module', 'main'],
  metafile: true,
  minify: true,
  platform: 'node',
  plugins: [knownCountriesOnly, onlyWhatRuns, lazyIsPure],
  target: 'node24',
} as const satisfies BuildOptions;

const copyPage = async (page: string, directory: string): Promise<void> => {
  const target = join(directory, 'pages', page);
  await mkdir(dirname(target), { recursive: true });
  try {
    await copyFile(join(pagesDir, page), target);
  } catch (cause) {
    throw new Error(`the page build/web/${page} is missing: run npm run build:pages`, { cause });
  }
};

const scriptBytes = ({ outputs }: Metafile, name: FunctionName): number => {
  const output = Object.entries(outputs).find(([path]) => path.endsWith(`/${name}/index.js`));
  if (output === undefined) throw new Error(`no bundle of ${name} came out`);
  return output[1].bytes;
};

/** Bundles the functions as Lambda runs them: `index.js` with the SDK inside, and the pages they serve beside it. */
export const bundleFunctions = async ({
  outDir = join(projectDir, 'build/functions'),
  names = Object.keys(manifest) as FunctionName[],
}: BundleOptions = {}): Promise<Record<FunctionName, BundledFunction>> => {
  const entryPoints = names.map((name) => ({
    in: join(projectDir, 'functions', `${entryOf(name).entry}.lambda.ts`),
    out: `${name}/index`,
  }));
  const { metafile } = await build({ ...bundleSettings, entryPoints, outdir: outDir });
  // Beside the functions, not in them: within this project a script would else be taken for an ES module.
  await writeFile(join(outDir, 'package.json'), '{ "type": "commonjs" }\n');
  const directoryOf = (name: FunctionName) => join(outDir, name);
  await Promise.all(
    names.flatMap((name) => (entryOf(name).pages ?? []).map((page) => copyPage(page, directoryOf(name)))),
  );
  return Object.fromEntries(
    names.map((name) => [name, { directory: directoryOf(name), bytes: scriptBytes(metafile, name) }]),
  ) as Record<FunctionName, BundledFunction>;
};
