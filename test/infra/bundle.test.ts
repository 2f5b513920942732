import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type FunctionEntry, type FunctionName, manifest } from '../../functions/manifest.ts';
import { bundleFunctions } from '../../lib/bundle.ts';

const outDir = mkdtempSync(join(tmpdir(), 'vidriera-bundle-test-'));
const names = (Object.keys(manifest) as FunctionName[]).filter((name) => !(manifest[name] as FunctionEntry).pages);

/** Meta waits for the webhook, and what Meta sends comes in bursts: it starts quickly or not at all. */
const budgetOf = (name: FunctionName): number => (name === 'webhook' ? 150_000 : 400_000);
const bundles = await bundleFunctions({ outDir, names });

afterAll(() => rmSync(outDir, { recursive: true }));

describe('bundles', () => {
  it.each(names)('of %s are one script that stays within its budget', (name) => {
    const { directory, bytes } = bundles[name];
    const script = readFileSync(join(directory, 'index.js'));
    expect(directory).toBe(join(outDir, name));
    expect(bytes).toBe(script.length);
    expect(bytes).toBeLessThanOrEqual(budgetOf(name));
  });

  it('of the webhook stays under 150 KB: it starts most often, and Meta waits', () => {
    expect(bundles.webhook.bytes).toBeLessThanOrEqual(150_000);
  });

  it.each(names)('of %s take credentials from the environment and nowhere else', (name) => {
    const script = readFileSync(join(bundles[name].directory, 'index.js'), 'utf8');
    const sources = ['AWS_SESSION_TOKEN', 'AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_WEB_IDENTITY_TOKEN_FILE'];
    expect(sources.filter((source) => script.includes(source))).toEqual(['AWS_SESSION_TOKEN']);
  });

  it.each(names)('of %s are CommonJS with a handler', (name) => {
    const script = readFileSync(join(bundles[name].directory, 'index.js'), 'utf8');
    expect([/module\.exports=/.test(script), /\bhandler:/.test(script)]).toEqual([true, true]);
  });
});
