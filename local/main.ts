import { parseArgs, styleText } from 'node:util';
import type { Cloud } from './cloud.ts';
import { StartRefused } from './start-refused.ts';

const usage = `npm start -- [options]

  --port <number>   port to listen on (default 8787, or PORT)
  --data <folder>   where data is kept (default .vidriera)
  --fresh           delete the data that is there first
  --no-demo         do not make the demo shop when there is no shop
  --help            say this

VIDRIERA_DYNAMODB_ENDPOINT=<address> takes another DynamoDB-compatible server than the bundled one.
`;

const DEFAULT_PORT = '8787';

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        port: { type: 'string' },
        data: { type: 'string', default: '.vidriera' },
        fresh: { type: 'boolean', default: false },
        'no-demo': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new StartRefused(`${(error as Error).message}\n\n${usage}`);
  }
};

const readPort = (given: string): number => {
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new StartRefused(`${given} is no port: 0 to 65535`);
  return port;
};

const addresses = async ({ url, directory }: Cloud): Promise<string> => {
  const shops = await directory.shops();
  const rows = [
    ...shops.slice(0, 3).map(({ slug, name }) => [name, `${url}/s/${slug}`] as const),
    ['Phones', `${url}/simulator`] as const,
    ['API', `${url}/docs`] as const,
    ['All of it', `${url}/`] as const,
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, address]) => `  ${label.padEnd(width)}  ${styleText('cyan', address)}`).join('\n');
};

const start = async (): Promise<Cloud | undefined> => {
  const { port, data, fresh, help, 'no-demo': noDemo } = readArguments();
  if (help) {
    console.log(usage);
    return undefined;
  }
  const { startCloud } = await import('./cloud.ts');
  const { PORT, VIDRIERA_DYNAMODB_ENDPOINT: dynamodbEndpoint } = process.env;
  const cloud = await startCloud({
    port: readPort(port || PORT || DEFAULT_PORT),
    dataDir: data,
    fresh,
    demo: !noDemo,
    dynamodbEndpoint,
  });
  const seconds = process.uptime().toFixed(1);
  console.log(
    `\n${styleText('bold', 'Vidriera')} is open, after ${seconds} s\n\n${await addresses(cloud)}\n\nCtrl-C stops everything.`,
  );
  return cloud;
};

let signals = 0;

/** The first signal stops everything in order, even in the midst of a start; the second does not wait. */
const stop = async (starting: Promise<Cloud | undefined>): Promise<void> => {
  signals += 1;
  if (signals > 1) process.exit(1);
  console.log('\nStopping…');
  await starting.then((cloud) => cloud?.stop()).catch(() => undefined);
  process.exit(0);
};

const starting = start();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(starting));
starting.catch((error: unknown) => {
  // what a signal has broken off is no failure
  if (signals > 0) return;
  console.error(error instanceof StartRefused ? `Vidriera cannot start: ${error.message}` : error);
  process.exit(1);
});
