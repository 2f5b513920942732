import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { metaAppCommand, type Secrets } from '../../bin/meta-app.ts';

const data = mkdtempSync(join(tmpdir(), 'vidriera-data-'));
const manager = mockClient(SecretsManagerClient);
const owner = { accessKeyId: 'OWNER', secretAccessKey: 'owner' };
writeFileSync(
  join(data, 'cloud.json'),
  JSON.stringify({ url: 'http://127.0.0.1:9', tableName: 'vidriera-local', owner }),
);

let stored: string | undefined;
let printed: string;
const io = {
  print: (text: string) => {
    printed += `${text}\n`;
  },
  complain: (text: string) => {
    printed += `${text}\n`;
  },
};
const SECRET = '0123456789abcdef0123456789abcdef';
const NEXT = 'fedcba9876543210fedcba9876543210';

beforeEach(() => {
  printed = '';
  stored = 'nothing yet';
  manager.reset();
  manager.on(GetSecretValueCommand).callsFake(() => ({ SecretString: stored }));
  manager.on(PutSecretValueCommand).callsFake((input) => {
    stored = input.SecretString;
    return {};
  });
});
afterAll(() => {
  manager.restore();
  rmSync(data, { recursive: true });
});

const run = (args: string[], given: Partial<Secrets> = {}) =>
  metaAppCommand([...args, '--data', data], io, async () => ({
    appSecret: SECRET,
    verifyToken: 'verify-token-1',
    ...given,
  }));
const set = (given: Partial<Secrets> = {}) => run(['set', '--app-id', '123456789'], given);

describe('the shared Meta app', () => {
  it('is set and shown, its secrets never', async () => {
    expect([await set(), await run(['show'])]).toEqual([0, 0]);
    expect(JSON.parse(stored ?? '')).toEqual({
      appId: '123456789',
      appSecret: SECRET,
      verifyToken: 'verify-token-1',
    });
    expect(printed).toContain('123456789');
    expect(printed).toContain('http://127.0.0.1:9/webhooks/whatsapp');
    for (const secret of [SECRET, 'verify-token-1']) expect(printed).not.toContain(secret);
    for (const call of manager.calls()) {
      expect(call.args[0].input).toMatchObject({ SecretId: 'vidriera/local/meta' });
    }
  });

  it('keeps what it replaces, once', async () => {
    await set();
    await set({ appSecret: NEXT });
    await set({ appSecret: NEXT, verifyToken: 'verify-token-2' });
    expect(JSON.parse(stored ?? '')).toEqual({
      appId: '123456789',
      appSecret: NEXT,
      previousAppSecret: SECRET,
      verifyToken: 'verify-token-2',
      previousVerifyToken: 'verify-token-1',
    });
    expect(printed).toContain('the previous one is still valid');
    for (const secret of [SECRET, NEXT]) expect(printed).not.toContain(secret);
  });

  it('that is none yet is said', async () => {
    expect(await run(['show'])).toBe(2);
    expect(printed).toContain('no Meta app has been set');
  });

  it.each<[string, string[], Partial<Secrets>, string]>([
    ['no id', ['set'], {}, '--app-id is needed'],
    ['an id with letters', ['set', '--app-id', 'abc'], {}, '--app-id: must be an id'],
    ['no secret', ['set', '--app-id', '123456789'], { appSecret: undefined }, 'META_APP_SECRET is needed'],
    ['a short verify token', ['set', '--app-id', '123456789'], { verifyToken: 'x' }, 'META_VERIFY_TOKEN: must be 8'],
    ['another verb', ['rotate'], {}, 'npm run meta-app -- set'],
    ['a stage with capitals', ['show', '--stage', 'Prod'], {}, '--stage: must be'],
  ])('is not changed with %s', async (_, args, given, complaint) => {
    expect(await run(args, given)).toBe(2);
    expect(printed).toContain(complaint);
    expect(printed).not.toContain(SECRET);
    expect(stored).toBe('nothing yet');
  });

  it('of a stage that is not there is said so', async () => {
    manager.on(GetSecretValueCommand).rejects(new ResourceNotFoundException({ $metadata: {}, message: 'none' }));
    expect(await run(['show', '--stage', 'prod'])).toBe(2);
    expect(printed).toContain('there is no such stage');
  });

  it('explains itself', async () => {
    expect(await run(['--help'])).toBe(0);
    expect(printed).toContain('META_VERIFY_TOKEN');
  });
});
