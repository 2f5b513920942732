import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `npm test`: builds what the tests look at, runs every project but the soak, and ends with one plain line. */
const projects = ['unit', 'stores', 'handlers', 'local', 'infra', 'journeys', 'browser'];

interface Totals {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
}

const run = (command: string, args: string[]): number =>
  spawnSync(command, args, { stdio: 'inherit', env: process.env }).status ?? 1;

const readTotals = (file: string): Totals => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Totals;
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numFailedTestSuites: 1 };
  }
};

const folder = mkdtempSync(join(tmpdir(), 'vidriera-test-'));
const report = join(folder, 'report.json');
const built = run('npm', ['run', '--silent', 'build:pages']);
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const status =
  built ||
  run('vitest', ['run', ...projects.flatMap((name) => ['--project', name]), ...reporters, ...process.argv.slice(2)]);
const totals = readTotals(report);
rmSync(folder, { recursive: true, force: true });

const failed = totals.numFailedTests || (status === 0 ? 0 : 1);
console.log(`${totals.numPassedTests} passed, ${failed} failed`);
process.exitCode = status;
