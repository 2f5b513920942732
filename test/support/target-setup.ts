import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startCloud } from '../../local/cloud.ts';
import { assertCleanLogs, readCustomers } from './clean-logs.ts';

declare module 'vitest' {
  interface ProvidedContext {
    targetUrl: string;
  }
}

/**
 * Gives a project's tests one target: the address they were told, or a local cloud of their own with the demo shop. Of the
 * latter, the logs of all its functions are searched at the end for what no log may hold.
 */
export const setup = async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const given = process.env['TEST_TARGET'];
  if (given) {
    project.provide('targetUrl', given);
    return undefined;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'vidriera-target-'));
  const cloud = await startCloud({ port: 0, dataDir, quiet: true, demo: true });
  project.provide('targetUrl', cloud.url);
  return async () => {
    const customers = await readCustomers(cloud.url);
    await cloud.stop();
    try {
      assertCleanLogs(join(dataDir, 'logs'), customers);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  };
};
