import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifest } from '../../functions/manifest.ts';
import { openTable } from '../../functions/platform/table.ts';
import { shopStore } from '../../functions/shops/shop.store.ts';
import { defaultSettings } from '../../functions/shops/shop.ts';
import { prepareBuild } from '../../local/build.ts';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { takePort } from '../../local/port.ts';

const root = join(import.meta.dirname, '../..');
const SHOP_ID = '01HZZZZZZZZZZZZZZZZZZZZZZZ';
const HOUR_MS = 3_600_000;
const at = '2026-01-01T00:00:00.000Z';
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vidriera-cloud-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const addShop = async (cloud: Cloud): Promise<void> => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.adminClientConfig()));
  const user = { userId: 'ana', shopId: SHOP_ID, name: 'Ana', email: 'ana@example.com', createdAt: at };
  await shopStore(openTable(client, cloud.tableName)).create(
    { shopId: SHOP_ID, slug: 'demo', name: 'Demo', ...defaultSettings, version: 1, createdAt: at, updatedAt: at },
    { ...user, role: 'admin', state: 'active' },
  );
  client.destroy();
};

const tokenOf = async (cloud: Cloud): Promise<string> => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${cloud.url}/local/token`, {
    method: 'POST',
    headers,
    body: '{"shop":"demo","role":"admin"}',
  });
  return ((await answer.json()) as { token: string }).token;
};

const adminShop = async (cloud: Cloud, token: string) => {
  const answer = await fetch(`${cloud.url}/admin/shop`, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: await answer.json() };
};

describe('the local cloud', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud({ demo: false, quiet: true });
    await addShop(cloud);
  });
  afterAll(() => cloud?.stop());

  it('gives no function an environment that names a host of AWS', () => {
    for (const name of Object.keys(manifest)) {
      for (const [variable, value] of Object.entries(cloud.environmentOf(name))) {
        expect(`${name}.${variable}=${value}`).not.toMatch(/amazonaws\.com|aws\.dev|https:/);
      }
    }
  });

  it('lets a user of a shop in with a token that the real pre-token function has filled', async () => {
    const { status, body } = await adminShop(cloud, await tokenOf(cloud));
    expect([status, body]).toEqual([200, expect.objectContaining({ shopId: SHOP_ID, slug: 'demo' })]);
    expect((await adminShop(cloud, 'nonsense')).status).toBe(401);
  });

  it('ends the life of a token when its clock has passed it', async () => {
    const token = await tokenOf(cloud);
    await cloud.advance(2 * HOUR_MS);
    expect((await adminShop(cloud, token)).status).toBe(401);
    expect((await adminShop(cloud, await tokenOf(cloud))).status).toBe(200);
  });

  it('runs functions by hand, in UTC', async () => {
    await expect(cloud.invoke('sweepCheckouts', {})).resolves.toMatchObject({ expired: 0 });
    await expect(cloud.invoke('absent', {})).rejects.toThrow('there is no function absent');
    expect(new Date(0).getHours()).toBe(0);
  });
});

describe('the rights of functions', () => {
  it('are those of the template: without its grant a function is denied, as on AWS', async () => {
    const build = structuredClone(await prepareBuild());
    for (const { Properties, Type } of Object.values(build.templates.service?.Resources ?? {})) {
      const { PolicyDocument, PolicyName } = (Properties ?? {}) as {
        PolicyDocument?: { Statement: object[] };
        PolicyName?: string;
      };
      if (Type !== 'AWS::IAM::Policy' || !PolicyName?.startsWith('SweepCheckouts') || !PolicyDocument) continue;
      PolicyDocument.Statement = PolicyDocument.Statement.filter(
        (one) => !JSON.stringify(one).includes('dynamodb:Query'),
      );
    }
    const cloud = await startCloud({ build, demo: false, quiet: true });
    await expect(cloud.invoke('sweepCheckouts', {})).rejects.toMatchObject({ errorType: 'AccessDeniedException' });
    await expect(cloud.invoke('reconcileStock', {})).resolves.toBeDefined();
    await cloud.stop();
  });
});

describe('a data folder', () => {
  it('brings back shops, keys and clock; fresh forgets them', async () => {
    const dataDir = join(directory, 'kept');
    const first = await startCloud({ dataDir, demo: false, quiet: true });
    await addShop(first);
    await first.advance(HOUR_MS);
    const log = join(dataDir, 'logs/sweepCheckouts.log');
    await expect.poll(() => existsSync(log) && readFileSync(log, 'utf8')).toContain('sweep-checkouts');
    const token = await tokenOf(first);
    expect(JSON.parse(readFileSync(join(dataDir, 'cloud.json'), 'utf8'))).toMatchObject({
      pid: process.pid,
      url: first.url,
    });
    const port = Number(new URL(first.url).port);
    await first.stop();
    expect(existsSync(join(dataDir, 'cloud.json'))).toBe(false);

    const second = await startCloud({ dataDir, port, demo: false, quiet: true });
    expect(second.clock.now() - Date.now()).toBeGreaterThan(HOUR_MS - 1000);
    expect((await adminShop(second, token)).status).toBe(200);
    await second.stop();

    const third = await startCloud({ dataDir, demo: false, quiet: true, fresh: true });
    expect(await third.directory.shops()).toEqual([]);
    expect(third.clock.now() - Date.now()).toBeLessThan(1000);
    await third.stop();
  });
});

interface Run {
  code: number | null;
  out: string;
  err: string;
}

const run = (
  args: string[],
  onOutput: (out: string, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
) => {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, PORT: '' } });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk;
    onOutput(said.out, (signal) => child.kill(signal));
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk;
  });
  return new Promise<Run>((done) => child.on('close', (code) => done({ code, ...said })));
};

const childrenOf = (text: string): number[] => [...text.matchAll(/child (\d+)/g)].map(([, pid]) => Number(pid));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the processes', () => {
  it('are all gone after stop, with nothing left that keeps this one alive', async () => {
    const script = `
      import { startCloud } from ${JSON.stringify(join(root, 'local/cloud.ts'))};
      import { execFileSync } from 'node:child_process';
      const cloud = await startCloud({ demo: false, quiet: true });
      await cloud.invoke('sweepCheckouts', {});
      for (const pid of execFileSync('pgrep', ['-P', String(process.pid), 'dynoxide']).toString().trim().split('\\n')) console.log('child', pid);
      await cloud.stop();`;
    const { code, out, err } = await run(['--input-type=module', '-e', script]);
    expect([code, err]).toEqual([0, '']);
    expect(childrenOf(out)).toHaveLength(1);
    expect(childrenOf(out).filter(isAlive)).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('end well on %s', async (signal) => {
    let sent = false;
    const dataDir = join(directory, signal);
    const { code, out, err } = await run(
      ['local/main.ts', '--port', '0', '--no-demo', '--data', dataDir],
      (text, kill) => {
        if (sent || !text.includes('Ctrl-C stops everything')) return;
        sent = true;
        kill(signal);
      },
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/is open, after \d+\.\d s/);
    expect(existsSync(join(dataDir, 'cloud.json'))).toBe(false);
  });

  it('end well when the terminal sends Ctrl-C to all of them at once', async () => {
    const dataDir = join(directory, 'group');
    const child = spawn(process.execPath, ['local/main.ts', '--port', '0', '--no-demo', '--data', dataDir], {
      cwd: root,
      detached: true,
    });
    let [out, err] = ['', ''];
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk;
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (out.includes('Ctrl-C')) return;
      out += chunk;
      if (out.includes('Ctrl-C') && child.pid) process.kill(-child.pid, 'SIGINT');
    });
    const code = await new Promise((done) => child.on('close', done));
    expect([code, err]).toEqual([0, '']);
  });

  it('say in one line what stands in the way', async () => {
    const taken = await takePort(0);
    const data = join(directory, 'none');
    const [port, wrong, token] = await Promise.all([
      run(['local/main.ts', '--port', String(taken.port), '--data', data]),
      run(['local/main.ts', '--port', 'many']),
      run(['bin/token.ts', '--data', data]),
    ]);
    await taken.close();
    expect(port).toMatchObject({
      code: 1,
      err: `Vidriera cannot start: the port ${taken.port} is taken; choose another: npm start -- --port ${taken.port + 1}\n`,
    });
    expect(wrong).toMatchObject({ code: 1, err: 'Vidriera cannot start: many is no port: 0 to 65535\n' });
    expect(token).toMatchObject({
      code: 1,
      out: '',
      err: 'the local cloud is not running: start it with "npm start"\n',
    });
  });
});

describe('npm run token', () => {
  it('prints a token and nothing else, or says why there is none', async () => {
    const dataDir = join(directory, 'token');
    const cloud = await startCloud({ dataDir, demo: false, quiet: true });
    await addShop(cloud);
    const ask = (...args: string[]) => run(['bin/token.ts', '--data', dataDir, ...args]);
    const [good, none] = await Promise.all([ask('--user', 'ana@example.com'), ask('--role', 'seller')]);
    expect((await adminShop(cloud, good.out.trim())).status).toBe(200);
    expect([good.code, good.err, good.out.split('\n')]).toEqual([0, '', [expect.any(String), '']]);
    expect(none).toMatchObject({ code: 1, out: '', err: 'the shop demo has no such user (seller)\n' });
    await cloud.stop();
  });
});
