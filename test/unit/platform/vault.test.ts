import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openVault } from '#platform/vault.ts';
import { startServices } from '../../support/aws-services.ts';

const PREFIX = 'vidriera-test/tokens/';
let services: Awaited<ReturnType<typeof startServices>>;
let now = 0;
const calls: string[] = [];
const vaultNow = () => openVault(PREFIX, () => new Date(now));

beforeAll(async () => {
  services = await startServices((action) => calls.push(action.split(':')[1] ?? ''));
});

afterAll(() => services.close());

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', services.endpoint);
  services.secrets.clear();
  services.deleted.clear();
  services.refusals.clear();
  calls.length = 0;
});

afterEach(() => vi.unstubAllEnvs());

describe('a vault', () => {
  it('makes a secret, changes it and reads it, below its prefix', async () => {
    const vault = vaultNow();
    await vault.write('1', { token: 'a' });
    await vault.write('1', { token: 'b' });
    expect(await vault.read('1')).toEqual({ token: 'b' });
    expect([...services.secrets]).toEqual([[`${PREFIX}1`, '{"token":"b"}']]);
    expect(calls).toEqual(['PutSecretValue', 'CreateSecret', 'PutSecretValue', 'GetSecretValue']);
  });

  it('remembers a secret for five minutes, and that there is none for half a minute', async () => {
    const vault = vaultNow();
    services.secrets.set(`${PREFIX}1`, '{"token":"a"}');
    expect([await vault.read('1'), await vault.read('2')]).toEqual([{ token: 'a' }, undefined]);
    services.secrets.set(`${PREFIX}1`, '{"token":"b"}').set(`${PREFIX}2`, '{"token":"c"}');
    now += 29_999;
    expect([await vault.read('1'), await vault.read('2')]).toEqual([{ token: 'a' }, undefined]);
    now += 1;
    expect([await vault.read('1'), await vault.read('2')]).toEqual([{ token: 'a' }, { token: 'c' }]);
    now += 270_000;
    expect(await vault.read('1')).toEqual({ token: 'b' });
  });

  it('reads anew what it was told to forget, what it wrote and what it removed', async () => {
    const vault = vaultNow();
    services.secrets.set(`${PREFIX}1`, '{"token":"a"}');
    await vault.read('1');
    services.secrets.set(`${PREFIX}1`, '{"token":"b"}');
    vault.forget('1');
    expect(await vault.read('1')).toEqual({ token: 'b' });
    await vault.write('1', { token: 'c' });
    expect(await vault.read('1')).toEqual({ token: 'c' });
    await vault.remove('1');
    expect(await vault.read('1')).toBeUndefined();
  });

  it('asks once for many who ask at once, and again after a failure', async () => {
    const vault = vaultNow();
    services.secrets.set(`${PREFIX}1`, '{"token":"a"}');
    await Promise.all([vault.read('1'), vault.read('1'), vault.read('1')]);
    expect(calls).toEqual(['GetSecretValue']);
    services.refusals.set('GetSecretValue', { name: 'AccessDeniedException', status: 400, times: 1 });
    await expect(vault.read('2')).rejects.toThrow('AccessDeniedException');
    expect(await vault.read('2')).toBeUndefined();
  });

  it('removes what is there, and what is not, and has it back by writing it again', async () => {
    const vault = vaultNow();
    await vault.remove('1');
    await vault.write('1', { token: 'a' });
    await vault.remove('1');
    await vault.remove('1');
    await vault.write('1', { token: 'b' });
    expect(await vault.read('1')).toEqual({ token: 'b' });
    expect(calls).toContain('RestoreSecret');
  });

  it('puts its value where another made the secret meanwhile', async () => {
    services.refusals.set('PutSecretValue', { name: 'ResourceNotFoundException', status: 400, times: 1 });
    services.secrets.set(`${PREFIX}1`, '{"token":"of another"}');
    await vaultNow().write('1', { token: 'a' });
    expect(services.secrets.get(`${PREFIX}1`)).toBe('{"token":"a"}');
  });

  it('shows nothing of a secret that is not JSON', async () => {
    services.secrets.set(`${PREFIX}1`, 'EAAB-a-token');
    const failure = await vaultNow()
      .read('1')
      .catch((error: Error) => `${error.stack} ${error.cause}`);
    expect(failure).toContain('is not JSON');
    expect(failure).not.toContain('EAAB');
  });
});
