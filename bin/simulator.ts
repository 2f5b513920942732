import { type ParseArgsConfig, parseArgs } from 'node:util';
import { createClock } from '../local/clock.ts';
import { gatewayAnswer, sendAnswer } from '../local/http-event.ts';
import { takePort } from '../local/port.ts';
import { defaultWorld } from '../local/whatsapp-simulator/default-world.ts';
import { createSimulator, type Simulator } from '../local/whatsapp-simulator/simulator.ts';

const usage = `npm run simulator -- [options]

  --port <number>        port to listen on (default 8788)
  --callback <address>   where webhooks go; asked first whether it expects them
  --verify-token <text>  what the callback knows us by (default ${defaultWorld.verifyToken})
  --app-secret <text>    what webhooks are signed with (default ${defaultWorld.appSecret})
  --data <folder>        where chats are kept (default: nowhere)
  --seed <number>        makes chance repeatable
  --help                 say this
`;

const text = { type: 'string' } as const;

const options = {
  port: { ...text, default: '8788' },
  callback: text,
  'verify-token': text,
  'app-secret': text,
  data: text,
  seed: text,
  help: { type: 'boolean', default: false },
} satisfies ParseArgsConfig['options'];

const fail = (message: string): never => {
  process.stderr.write(`${message}\n\n${usage}`);
  process.exit(1);
};

const readArguments = () => {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return fail((error as Error).message);
  }
};

const given = readArguments();

const listen = async () => {
  const port = await takePort(Number(given.port)).catch((error: unknown) => fail((error as Error).message));
  const clock = createClock();
  const seed = given.seed === undefined ? undefined : Number(given.seed);
  const simulator = createSimulator({ clock, url: port.url, seed, directory: given.data });
  port.open(async (request, response) => {
    const { url = '/' } = request;
    if (url.startsWith('/graph/')) return simulator.graph(request, response);
    if (url.startsWith('/simulator/api/')) return simulator.control(request, response);
    return sendAnswer(response, gatewayAnswer(404, 'Not Found'));
  });
  return { port, simulator };
};

const pointWebhooks = async (url: string, simulator: Simulator): Promise<void> => {
  const { 'app-secret': appSecret, 'verify-token': verifyToken = defaultWorld.verifyToken, callback } = given;
  const app = simulator.world().apps.get(defaultWorld.appId);
  if (app && appSecret !== undefined) app.appSecret = appSecret;
  if (callback === undefined) return;
  const answer = await fetch(`${url}/simulator/api/apps/${defaultWorld.appId}/webhook`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ callbackUrl: callback, verifyToken }),
  });
  if (!answer.ok) console.error(((await answer.json()) as { message: string }).message);
};

const run = async (): Promise<void> => {
  const { port, simulator } = await listen();
  await pointWebhooks(port.url, simulator);
  const { appId, accountId, token, numbers } = defaultWorld;
  const app = simulator.world().apps.get(appId);
  console.log(`The WhatsApp simulator answers

  Graph API   ${port.url}/graph
  Control     ${port.url}/simulator/api/state
  App         ${appId}, secret ${app?.appSecret}
  Account     ${accountId}
  Numbers     ${numbers.map(({ numberId, displayNumber }) => `${numberId} (${displayNumber})`).join(', ')}
  Token       ${token}
  Webhooks    ${app?.callbackUrl ?? 'nowhere: give --callback'}

Ctrl-C stops it.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void simulator.close().then(() => process.exit(0)));
  }
};

if (given.help) console.log(usage);
else await run();
