import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { openTable } from '../functions/platform/table.ts';
import { shopStore } from '../functions/shops/shop.store.ts';
import { type Build, prepareBuild } from './build.ts';
import { type Clock, createClock } from './clock.ts';
import { createControl } from './control.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { type Directory, openDirectory } from './directory.ts';
import { createDoor, type Door, type Principal } from './door.ts';
import { createEdgeHeaders } from './edge.ts';
import type { SchedulerEngine } from './engines/scheduler.ts';
import { startUserPool } from './engines/user-pool.ts';
import { createFront } from './front.ts';
import { createFunctionsHost, type FunctionsHost } from './functions-host.ts';
import { homePage } from './home-page.ts';
import { createHttpApi } from './http-api.ts';
import type { Place } from './identities.ts';
import type { Identity } from './identity.ts';
import { toLocalFunction } from './local-functions.ts';
import { createLogs } from './logs.ts';
import { type Port, takePort } from './port.ts';
import { createPrincipal } from './principals.ts';
import { type Services, startServices } from './services.ts';
import { startSignIn, withLocalIssuer } from './sign-in.ts';
import { createSimulatorPage, createSite } from './site.ts';
import { createTokenCheck } from './token-check.ts';
import { scheduledFunctions, schedulerPorts, startQueues, startStreams, usualEventOf } from './triggers.ts';
import { defaultWorld } from './whatsapp-simulator/default-world.ts';
import { createSimulator, type Simulator } from './whatsapp-simulator/simulator.ts';

/** How to start a local cloud. */
export interface CloudOptions {
  /** @default 0, any free port */
  port?: number;
  /** Where data is kept. @default nowhere: in memory, gone with the process */
  dataDir?: string;
  /** Delete the data that is there. @default false */
  fresh?: boolean;
  /** Say nothing on the console. @default false */
  quiet?: boolean;
  /** Environments of each function at most. @default 4 */
  concurrency?: number;
  /** Make the demo shop when there is no shop. @default true */
  demo?: boolean;
  /** Milliseconds by which the clock runs ahead. @default what it was when the data was last used */
  clockOffset?: number;
  /** @default made from the sources, unless they have not changed */
  build?: Build;
  /** Another DynamoDB-compatible server. @default the bundled one */
  dynamodbEndpoint?: string;
}

/** Settings for a client of the AWS SDK that may do everything in this cloud. */
interface AdminClientConfig {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** A running local cloud. */
export interface Cloud {
  url: string;
  clock: Clock;
  door: Pick<Door, 'inject' | 'clearFaults'>;
  directory: Directory;
  tableName: string;
  /** Meta, played on this machine. */
  whatsapp: Pick<Simulator, 'world' | 'pointWebhooks' | 'settled'>;
  /** Runs a function with an event. Throws `FunctionError` when it fails. */
  invoke: (functionName: string, event: unknown) => Promise<unknown>;
  /** The environment that the template gives a function. */
  environmentOf: (functionName: string) => Readonly<Record<string, string>>;
  adminClientConfig: () => AdminClientConfig;
  /** Moves the clock, and waits until what became due has run and no function is at work on a queue. */
  advance: (ms: number) => Promise<void>;
  /** An access token of a user. */
  issueToken: Identity['issue'];
  stop: () => Promise<void>;
}

const REGION = 'us-east-1';
const ACCOUNT_ID = '000000000000';
const GRACE_MS = 3000;
/** How long a step of the clock waits for functions that are at work on a queue. */
const PATIENCE_MS = 10_000;

/** Waits for work to end, but no longer than that. */
const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const limit = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { signal: limit.signal }).catch(() => undefined)]);
  limit.abort();
};

/** What is started so far, to be ended in the order of `end`; the same when a start fails half-way. */
interface Parts {
  port: Port;
  place: Place;
  folder?: DataFolder;
  clock: Clock;
  logs: ReturnType<typeof createLogs>;
  services?: Services;
  host?: FunctionsHost;
  scheduler?: SchedulerEngine;
  whatsapp?: Simulator;
  stopStreams?: () => Promise<void>;
  stopQueues?: () => Promise<void>;
}

/** Ends what brings in work, lets the work in hand finish for a moment, then ends what does it, then what keeps data. */
const end = async (parts: Parts): Promise<void> => {
  const quiet = Promise.all([parts.stopStreams?.(), parts.stopQueues?.(), parts.scheduler?.close()]);
  await within(GRACE_MS, quiet);
  await parts.whatsapp?.close();
  await parts.host?.close();
  await quiet;
  await parts.port.close();
  await Promise.all((parts.services?.engines ?? []).map((engine) => engine.close()));
  await parts.logs.close();
  parts.folder?.retire();
};

const begin = async (options: CloudOptions): Promise<Parts> => {
  // as in Lambda; threads have no time zone of their own
  process.env.TZ = 'UTC';
  const folder = options.dataDir === undefined ? undefined : await openDataFolder(options.dataDir);
  const port = await takePort(options.port ?? 0);
  // a demo that was broken off is made anew: nothing else can be there yet
  if (options.fresh || folder?.state().seeding) folder?.empty();
  const clock = createClock(options.clockOffset ?? folder?.state().clockOffsetMs ?? 0);
  const rememberClock = () => folder?.remember({ clockOffsetMs: clock.now() - Date.now() });
  rememberClock();
  clock.onAdvance(rememberClock);
  const directory = folder && join(folder.directory, 'logs');
  const place = { region: REGION, accountId: ACCOUNT_ID, url: port.url };
  return { port, place, folder, clock, logs: createLogs({ directory, quiet: options.quiet }) };
};

const startHost = (parts: Parts, services: Services, build: Build, concurrency?: number) => {
  const made = services.model.functions.map((model) => {
    const file = build.bundles[model.name];
    if (!file) throw new Error(`there is no bundle of ${model.name}`);
    const principal = createPrincipal(model.functionName, model.policies);
    return { principal, local: toLocalFunction(parts.place, model, file, principal) };
  });
  const host = createFunctionsHost({
    functions: made.map(({ local }) => local),
    offset: parts.clock.offset,
    log: parts.logs.sink,
    concurrency,
  });
  return { host, principals: made.map(({ principal }) => principal) };
};

const adminConfig = ({ url, region }: Place, { accessKeyId, secretAccessKey }: Principal): AdminClientConfig => ({
  endpoint: url,
  region,
  credentials: { accessKeyId, secretAccessKey },
});

const openShops = (config: AdminClientConfig, tableName: string): Directory => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return openDirectory(shopStore(openTable(client, tableName)));
};

/** The accounts of the template's user pool. Whoever the table names was there before it, unless it says otherwise. */
const startAccounts = ({ clock, folder, place }: Parts, services: Services, directory: Directory) =>
  startUserPool({
    ...{ clock, region: place.region, accountId: place.accountId },
    userPoolId: services.model.userPools[0]?.ref ?? '',
    dir: folder?.directory,
    known: {
      bySubject: directory.findUser,
      byEmail: async (email) => (await directory.users()).find((user) => user.email.toLowerCase() === email),
    },
  });

/** Everything behind the port, and what of it the `Cloud` shows. */
interface Inside {
  parts: Parts;
  services: Services;
  host: FunctionsHost;
  scheduler: SchedulerEngine;
  whatsapp: Simulator;
  door: Door;
  directory: Directory;
  identity: Identity;
  admin: AdminClientConfig;
  build: Build;
}

const advanceOf =
  ({ parts, services, scheduler, whatsapp }: Inside) =>
  async (ms: number): Promise<void> => {
    // what is at work now shall not look as if it had taken as long as the step
    await within(PATIENCE_MS, services.sqs.drained());
    parts.clock.advance(ms);
    await Promise.all([scheduler.settled(), services.dynamodb.sweepExpired(), whatsapp.settled()]);
    await within(PATIENCE_MS, services.sqs.drained());
  };

const controlOf = (inside: Inside) => {
  const { parts, services, host, door, directory, identity } = inside;
  const startedAt = new Date().toISOString();
  return createControl({
    clock: parts.clock,
    door,
    host,
    directory,
    issueToken: identity.issue,
    usualEvent: (name) => usualEventOf(services.model, name),
    advance: advanceOf(inside),
    queues: () => services.sqs.overview(),
    health: () => ({ status: 'ok', pid: process.pid, url: parts.place.url, startedAt }),
  });
};

const homeOf =
  ({ parts, services, directory }: Inside) =>
  async (language: 'es' | 'en'): Promise<string> => {
    const [shops, users] = await Promise.all([directory.shops(), directory.users()]);
    const now = parts.clock.now();
    const jobs = scheduledFunctions(services.model);
    return homePage({ language, shops, users, jobs, now: new Date(now), aheadSeconds: (now - Date.now()) / 1000 });
  };

const siteOf = ({ services: { s3, model }, build, identity }: Inside) => {
  const environments = model.functions.map(({ environment }) => environment);
  const bucket = environments.find(({ PICTURE_BUCKET }) => PICTURE_BUCKET)?.PICTURE_BUCKET ?? '';
  return createSite({
    pages: build.pages,
    config: { stage: 'local', signIn: identity.signIn },
    readPicture: async (key) => {
      const found = bucket ? await s3.read(bucket, key) : undefined;
      return found && { body: found.body, contentType: found.headers['content-type'] ?? 'application/octet-stream' };
    },
  });
};

const openFront = (inside: Inside): void => {
  const { parts, services, host, identity } = inside;
  const now = () => parts.clock.now();
  const api = createHttpApi({
    routes: withLocalIssuer(services.model, identity.issuer),
    invoke: host.invoke,
    checkToken: createTokenCheck(identity.publicKeys, now),
    now,
    accountId: ACCOUNT_ID,
  });
  const front = createFront({
    door: inside.door,
    api,
    site: siteOf(inside),
    simulatorPage: createSimulatorPage(inside.build.simulatorPages),
    whatsapp: inside.whatsapp,
    identity,
    control: controlOf(inside),
    home: homeOf(inside),
    edgeHeaders: createEdgeHeaders(services.model),
  });
  parts.port.open(front);
};

/** The simulator, telling the webhook function of this cloud. */
const startWhatsapp = (parts: Parts): Simulator => {
  const { clock, place, folder } = parts;
  const simulator = createSimulator({ clock, url: place.url, directory: folder && join(folder.directory, 'whatsapp') });
  parts.whatsapp = simulator;
  const { appId, verifyToken } = defaultWorld;
  simulator.pointWebhooks(appId, { callbackUrl: `${place.url}/webhooks/whatsapp`, verifyToken });
  return simulator;
};

const startInside = async (parts: Parts, options: CloudOptions): Promise<Inside> => {
  const build = options.build ?? (await prepareBuild(options.quiet ? undefined : console.log));
  const { clock, place, folder } = parts;
  const { dynamodbEndpoint } = options;
  const services = await startServices({ build, place, clock, dataDirectory: folder?.directory, dynamodbEndpoint });
  parts.services = services;
  const { host, principals } = startHost(parts, services, build, options.concurrency);
  parts.host = host;
  const scheduler = await services.startSchedules(schedulerPorts(services.model, host, services.sqs));
  parts.scheduler = scheduler;
  services.engines.push(scheduler);
  const owner = createPrincipal('owner', 'all');
  const admin = adminConfig(place, owner);
  const directory = openShops(admin, services.tableName);
  const userPool = await startAccounts(parts, services, directory);
  services.engines.push(userPool);
  const door = createDoor({ engines: services.engines, principals: [...principals, owner], clock, ...place });
  const { model } = services;
  const identity = await startSignIn({ place, model, host, directory, userPool, folder, now: () => clock.now() });
  const whatsapp = startWhatsapp(parts);
  return { parts, services, host, scheduler, whatsapp, door, directory, identity, admin, build };
};

const toCloud = (inside: Inside): Cloud => {
  const { parts, services, host, door, directory, identity, admin } = inside;
  let stopping: Promise<void> | undefined;
  return {
    url: parts.place.url,
    clock: parts.clock,
    door,
    directory,
    tableName: services.tableName,
    whatsapp: inside.whatsapp,
    invoke: host.invoke,
    environmentOf: (name) => {
      const model = services.model.functions.find((one) => one.name === name);
      if (!model) throw new Error(`there is no function ${name}`);
      return model.environment;
    },
    adminClientConfig: () => admin,
    advance: advanceOf(inside),
    issueToken: identity.issue,
    stop: () => {
      stopping ??= end(parts);
      return stopping;
    },
  };
};

/** Loaded only for an empty table: it brings SDK clients that nothing else here needs. */
const seedIfEmpty = async (cloud: Cloud, folder: DataFolder | undefined): Promise<void> => {
  if ((await cloud.directory.shops()).length > 0) return;
  const { seedDemo } = await import('./demo/seed.ts');
  folder?.remember({ seeding: true });
  await seedDemo(cloud);
  folder?.remember({ seeding: false });
};

/** Loaded only where it is needed, as above. */
const shareMetaApp = async (cloud: Cloud, { services }: Inside): Promise<void> => {
  const secretId = services.model.functions.map(({ environment }) => environment['META_SECRET_ID']).find(Boolean);
  if (secretId === undefined) return;
  const { fillMetaSecret } = await import('./meta-app.ts');
  await fillMetaSecret(cloud, secretId);
};

/**
 * Starts the whole platform on this machine: engines in the place of AWS, the real bundles with the environment and the
 * rights that the synthesized templates give them, pages, API and sign-in, all on one port. Throws `StartRefused` when
 * the port or the data folder is taken.
 */
export const startCloud = async (options: CloudOptions = {}): Promise<Cloud> => {
  const parts = await begin(options);
  try {
    const inside = await startInside(parts, options);
    openFront(inside);
    parts.stopStreams = startStreams(inside.services, inside.host);
    parts.stopQueues = startQueues(inside.services, inside.host);
    const cloud = toCloud(inside);
    await shareMetaApp(cloud, inside);
    if (options.demo ?? true) await seedIfEmpty(cloud, parts.folder);
    const { port, place } = parts;
    const owner = inside.admin.credentials;
    const bucket = (name: RegExp) => inside.services.model.buckets.find(({ logicalId }) => name.test(logicalId))?.ref;
    const buckets = { archiveBucket: bucket(/^Archive/), filesBucket: bucket(/^ShopFiles/) };
    const reached = { pid: process.pid, port: port.port, url: place.url };
    parts.folder?.announce({ ...reached, tableName: cloud.tableName, ...buckets, owner });
    return cloud;
  } catch (error) {
    await end(parts);
    throw error;
  }
};
