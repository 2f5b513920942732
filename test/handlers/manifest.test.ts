import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FunctionEntry, type FunctionName, manifest } from '../../functions/manifest.ts';
import { type Lambdas, notAllowed, openLambdas, ownVariables } from '../support/lambdas.ts';

const names = Object.keys(manifest) as FunctionName[];
let lambdas: Lambdas;

beforeAll(async () => {
  lambdas = await openLambdas();
});

afterEach(() => lambdas.coldStart());

afterAll(() => lambdas.close());

describe('the environment', () => {
  it.each(names)('that the manifest gives to %s is enough for its start', async (name) => {
    const { on }: FunctionEntry = manifest[name];
    const event = 'http' in on ? { routeKey: 'GET /nothing', headers: {}, requestContext: {} } : { Records: [] };
    await lambdas.run(name, event).catch((error: Error) => {
      expect(error.message).not.toMatch(/missing environment/);
    });
  });

  it.each(names)('of %s has nothing that it starts without', async (name) => {
    await lambdas.run(name, { routeKey: 'x', headers: {}, requestContext: {} }).catch(() => undefined);
    const file = fileURLToPath(new URL(`../../functions/${manifest[name].entry}.lambda.ts`, import.meta.url));
    const given = ownVariables.filter((variable) => process.env[variable] !== undefined);
    expect(given).not.toEqual([]);
    for (const variable of given) {
      vi.resetModules();
      vi.stubEnv(variable, undefined);
      await expect(import(file), variable).rejects.toThrow(`missing environment: ${variable}`);
      vi.stubEnv(variable, 'given');
    }
  });
});

describe('permissions', () => {
  it('of a command nobody has thought of are nobody’s', () => {
    for (const functionName of names) {
      expect(notAllowed([{ functionName, action: 'unknown:ScanCommand' }])).toHaveLength(1);
      expect(notAllowed([{ functionName, action: 'dynamodb:Scan' }])).toHaveLength(1);
    }
  });

  it('fail the test in which a function oversteps them', async () => {
    lambdas.used.push({ functionName: 'storefront', action: 'dynamodb:PutItem' });
    const call = lambdas.call('viewShop', { query: { shop: 'nowhere' } });
    await expect(call).rejects.toThrow('the manifest does not allow: [{"functionName":"storefront"');
    lambdas.used.length = 0;
    expect((await lambdas.call('viewShop', { query: { shop: 'nowhere' } })).status).toBe(404);
    expect(lambdas.used).toContainEqual({ functionName: 'storefront', action: 'dynamodb:GetItem' });
  });

  it('to write are not the shop window’s nor the token’s', () => {
    for (const functionName of ['storefront', 'addTokenClaims'] as const) {
      for (const verb of ['PutItem', 'UpdateItem', 'DeleteItem']) {
        expect(notAllowed([{ functionName, action: `dynamodb:${verb}` }])).toHaveLength(1);
      }
    }
  });
});
