import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const usage = 'npm run token -- --shop demo --role admin [--user <id, e-mail or name>] [--data <folder>]';

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const readArguments = () => {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ options: { shop: text, role: text, user: text, data: text } }).values;
  } catch (error) {
    return fail(`${(error as Error).message}\nUsage: ${usage}`);
  }
};

const addressOf = (data: string): string => {
  try {
    return (JSON.parse(readFileSync(join(data, 'cloud.json'), 'utf8')) as { url: string }).url;
  } catch {
    return fail('the local cloud is not running: start it with "npm start"');
  }
};

const { data = '.vidriera', shop = 'demo', role = 'admin', user } = readArguments();
const url = addressOf(data);
const answer = await fetch(`${url}/local/token`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ shop, role, user }),
}).catch(() => fail(`the local cloud does not answer at ${url}: start it with "npm start"`));
const result = (await answer.json()) as { token?: string; message?: string };
if (!answer.ok || !result.token) fail(result.message ?? `the local cloud answered ${answer.status}`);
// the kept-alive connection would hold this process for seconds
process.stdout.write(`${result.token}\n`, () => process.exit(0));
