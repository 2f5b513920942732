import { type ParseArgsConfig, parseArgs } from 'node:util';
import { createClock } from '../local/clock.ts';
import { takePort } from '../local/port.ts';
import { defaultWorld } from '../local/whatsapp-simulator/default-world.ts';
import { createLoneFront } from '../local/whatsapp-simulator/lone-front.ts';
import { createSimulator, type Simulator } from '../local/whatsapp-simulator/simulator.ts';

const usage = `npm run simulator -- [options]

  --port <number>        port to listen on (default 8788)
  --public-url <address> where others reach it, as https://simulator.example; see below
  --callback <address>   where webhooks go; asked first whether it expects them
  --verify-token <text>  what the callback knows us by (default ${defaultWorld.verifyToken})
  --app-secret <text>    what webhooks are signed with (default ${defaultWorld.appSecret})
  --data <folder>        where chats are kept (default: nowhere)
  --seed <number>        makes chance repeatable
  --help                 say this

For a deployed stage. It listens on this machine only: let a tunnel of your choice lead an https address to its port.
Point the stage there, in the context of cdk.json, and deploy it:

  "vidriera:dev": {
    "graphUrl": "https://simulator.example/graph",
    "clickToChatUrl": "https://simulator.example/simulator/chat"
  }

Tell the stage the simulator's app, with a secret and a verify token of your choice, then start it with the same two:

  npm run meta-app -- set --stage dev --app-id ${defaultWorld.appId}
  npm run simulator -- --public-url https://simulator.example --callback https://<your site>/webhooks/whatsapp \\
    --verify-token <text> --app-secret <text>

From outside only /graph is answered, and links that open a chat, which lead to the phones on this machine. The tokens
of the simulator are no secret: whoever knows the address may send, so close the tunnel when you are done.
`;

const text = { type: 'string' } as const;

const options = {
  port: { ...text, default: '8788' },
  'public-url': text,
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

/** The address without a slash at its end. */
const readPublicUrl = (address: string | undefined): string | undefined => {
  if (address === undefined) return undefined;
  const { protocol, host, pathname, search } = URL.canParse(address) ? new URL(address) : new URL('none:');
  if (protocol === 'https:' && pathname === '/' && search === '') return `https://${host}`;
  return fail('--public-url must be an https address without a path');
};

const listen = async () => {
  const publicUrl = readPublicUrl(given['public-url']);
  const port = await takePort(Number(given.port)).catch((error: unknown) => fail((error as Error).message));
  const clock = createClock();
  const seed = given.seed === undefined ? undefined : Number(given.seed);
  const simulator = createSimulator({ clock, url: port.url, publicUrl, seed, directory: given.data });
  port.open(createLoneFront({ simulator, url: port.url, publicUrl }));
  return { port, simulator, publicUrl };
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
  const { port, simulator, publicUrl = port.url } = await listen();
  await pointWebhooks(port.url, simulator);
  const { appId, accountId, token, numbers } = defaultWorld;
  const app = simulator.world().apps.get(appId);
  console.log(`The WhatsApp simulator answers

  Phones      ${port.url}/simulator
  Graph API   ${publicUrl}/graph
  Chat links  ${publicUrl}/simulator/chat/<number>?text=<text>
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
