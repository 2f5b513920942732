import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, createClock } from '../../local/clock.ts';
import { createDoor, type Principal } from '../../local/door.ts';
import type { Engine } from '../../local/engines/engine.ts';
import type { PolicyDocument } from '../../local/iam.ts';

const region = 'eu-west-1';
export const accountId = '123456789012';
export const place = { region, accountId };

/** Somebody with these statements, or with all rights. */
export const aPrincipal = (name: string, policies: PolicyDocument[] | 'all' = 'all'): Principal => ({
  name,
  policies,
  accessKeyId: `AKIA${name.toUpperCase()}`,
  secretAccessKey: `secret-of-${name}`,
});

export const admin = aPrincipal('admin');

/** A folder that goes when the test ends. */
export const aFolder = async (): Promise<{ path: string; remove(): Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), `vidriera-${randomUUID().slice(0, 8)}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};

/** A door before these engines, on a server of its own. */
export const openCloud = async (engines: Engine[], clock: Clock = createClock(), principals: Principal[] = []) => {
  const door = createDoor({ engines, principals: [admin, ...principals], clock, ...place });
  const server = createServer((request, response) => {
    if (door.isAwsRequest(request)) void door.handle(request, response);
    else response.writeHead(404).end('not AWS');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    door,
    endpoint,
    /** Settings of an SDK client for somebody. */
    as: ({ accessKeyId, secretAccessKey }: Pick<Principal, 'accessKeyId' | 'secretAccessKey'> = admin) => ({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    }),
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
};

export type Cloud = Awaited<ReturnType<typeof openCloud>>;

/** The error that a promise rejects with; fails where it resolves. */
export const failureOf = async (work: Promise<unknown>): Promise<Error & Record<string, unknown>> => {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome === undefined) throw new Error('expected a failure, got an answer');
  return outcome as Error & Record<string, unknown>;
};
