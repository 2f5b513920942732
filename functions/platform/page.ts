import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnv } from './env.ts';

/** The built page that ships beside a function's code. Throws at load when it is missing. */
export const loadPage = (fileName: string): string => {
  const { LAMBDA_TASK_ROOT } = readEnv('LAMBDA_TASK_ROOT');
  return readFileSync(join(LAMBDA_TASK_ROOT, 'pages', fileName), 'utf8');
};
