import { parentPort } from 'node:worker_threads';
import { type FunctionName, manifest } from '../functions/manifest.ts';
import { synthesize } from '../lib/app.ts';
import { functionLogicalId } from '../lib/constructs/service-function.ts';
import type { Synthesis } from './build.ts';

/** Synthesizes in a thread of its own: the construct library is large and needed but once. */
const run = async (): Promise<void> => {
  const names = Object.keys(manifest) as FunctionName[];
  const synthesis: Synthesis = {
    templates: await synthesize({ stage: 'local' }),
    functionNames: Object.fromEntries(names.map((name) => [functionLogicalId(name), name])),
  };
  parentPort?.postMessage(JSON.stringify(synthesis));
};

await run();
