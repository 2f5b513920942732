import { defineConfig } from 'vitest/config';

/** One project for each kind of test; `npm test` runs all but the soak. */
const project = (name: string, include: string[], options: { slow?: boolean; globalSetup?: string } = {}) => ({
  test: {
    name,
    include,
    testTimeout: options.slow ? 60_000 : 15_000,
    hookTimeout: options.slow ? 120_000 : 30_000,
    // One target for all files of the project, and its clock is moved: they take turns.
    ...(options.globalSetup && { globalSetup: options.globalSetup, fileParallelism: false }),
  },
});

export default defineConfig({
  test: {
    // as many as the smallest machine that runs them has cores
    maxWorkers: 2,
    projects: [
      project('unit', ['test/unit/**/*.test.ts']),
      project('stores', ['test/stores/**/*.test.ts'], { slow: true }),
      project('handlers', ['test/handlers/**/*.test.ts'], { slow: true }),
      project('local', ['test/local/**/*.test.ts', 'test/local-runtime/**/*.test.ts'], { slow: true }),
      project('infra', ['test/infra/**/*.test.ts'], { slow: true }),
      project('journeys', ['test/journeys/**/*.test.ts'], { slow: true, globalSetup: 'test/support/target-setup.ts' }),
      project('browser', ['test/browser/**/*.test.ts'], { slow: true, globalSetup: 'test/support/target-setup.ts' }),
      project('soak', ['test/soak/**/*.test.ts'], { slow: true, globalSetup: 'test/support/target-setup.ts' }),
    ],
    coverage: { provider: 'v8', include: ['functions/**'], reporter: ['text-summary', 'html'] },
  },
});
