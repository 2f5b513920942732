import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * `npm run test:journeys`: the stories against a local cloud of their own, or against `--target <url>`, with
 * `--shop <slug>` and `--token <admin's bearer token>` where the target is a deployed stage.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { target: { type: 'string' }, shop: { type: 'string' }, token: { type: 'string' } },
});

const env = {
  ...process.env,
  ...(values.target && { TEST_TARGET: values.target.replace(/\/$/, '') }),
  ...(values.shop && { TEST_SHOP: values.shop }),
  ...(values.token && { TEST_TOKEN: values.token }),
};
const { status } = spawnSync('vitest', ['run', '--project', 'journeys', ...positionals], { stdio: 'inherit', env });
process.exitCode = status ?? 1;
