import { parentPort } from 'node:worker_threads';
import { synthesize } from '../lib/app.ts';

/** Synthesizes in a thread of its own: the construct library is large and needed but once. */
const run = async (): Promise<void> => {
  const templates = await synthesize({ stage: 'local' });
  parentPort?.postMessage(JSON.stringify(templates));
};

await run();
