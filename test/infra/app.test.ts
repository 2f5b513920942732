import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildApp, stackNames, synthesize } from '../../lib/app.ts';
import { SIMULATOR, stageConfig } from '../../lib/stages.ts';

const folder = mkdtempSync(join(tmpdir(), 'vidriera-app-test-'));
const pages = join(folder, 'pages');

beforeAll(() => {
  mkdirSync(join(pages, 'assets'), { recursive: true });
  writeFileSync(join(pages, 'console.html'), '<!doctype html>');
  writeFileSync(join(pages, 'assets/console-a1b2.js'), '');
});

afterAll(() => rmSync(folder, { recursive: true }));

const appOf = (stage: string, context: Record<string, unknown> = {}): App =>
  buildApp({ stage, codeOf: () => Code.fromInline('code'), context, outdir: join(folder, 'out', stage), pages });

const own = { domainName: 'shop.example.com', certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/a' };

describe('cdk-nag', () => {
  const packsOf = (app: App) => [new AwsSolutionsChecks(app), new ServerlessChecks(app)];

  it.each([
    ['dev', {}],
    ['prod', {}],
    ['staging', own],
  ])('finds nothing in %s that is not acknowledged with a reason', (stage, context) => {
    const app = appOf(stage, context);
    const packs = packsOf(app);
    const reports = packs.map((pack) => vi.spyOn(pack, 'validate'));
    Validations.of(app).addPlugins(...packs);
    app.synth();
    const found = reports.map(({ mock }) => mock.results[0]?.value.violations);
    expect(found).toEqual([[], []]);
  });

  it('would find what is careless', () => {
    const app = appOf('careless');
    const stack = new Stack(app, 'Careless');
    new Queue(stack, 'Queue');
    const found = packsOf(app).flatMap((pack) => pack.validateScope(app).violations.map(({ ruleName }) => ruleName));
    expect(found).toEqual(expect.arrayContaining(['AwsSolutions-SQS4', 'Serverless-SQSRedrivePolicy']));
  });
});

describe('pages', () => {
  it('go out assets first, kept for a year, then what names them, never kept; nothing is taken away', () => {
    const web = appOf('copying').synth().getStackByName('vidriera-copying-web').template;
    const copies = Object.values<{ Type: string; Properties: Record<string, unknown>; DependsOn?: string[] }>(
      web.Resources,
    ).filter(({ Type }) => Type === 'Custom::CDKBucketDeployment');
    expect(
      copies.map(({ Properties: { Exclude, Include, Prune, SystemMetadata } }) => ({
        Exclude,
        Include,
        Prune,
        SystemMetadata,
      })),
    ).toEqual([
      {
        Exclude: ['*'],
        Include: ['assets/*'],
        Prune: false,
        SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
      },
      {
        Exclude: ['assets/*', 'shop.html', 'checkout.html', 'index.html', 'simulator.html'],
        Include: undefined,
        Prune: false,
        SystemMetadata: { 'cache-control': 'no-cache' },
      },
    ]);
    expect(copies[1]?.DependsOn?.some((id) => id.includes('Assets'))).toBe(true);
  });
});

describe('synthesize', () => {
  it('needs no credentials, no region, no build and no CLI', () => {
    const kept = { ...process.env };
    for (const name of Object.keys(process.env)) if (/^(AWS|CDK)_/.test(name)) delete process.env[name];
    try {
      expect(Object.keys(synthesize({ stage: 'local' }))).toEqual([...stackNames]);
    } finally {
      Object.assign(process.env, kept);
    }
  });

  it('gives the same templates every time', () => {
    expect(synthesize({ stage: 'local' })).toEqual(synthesize({ stage: 'local' }));
  });

  it('reads the settings of a stage from the context, under its name or one by one', () => {
    const context = { 'vidriera:dev': { requestBurst: 7, logLevel: 'WARN' }, logLevel: 'ERROR' };
    const { service } = synthesize({ stage: 'dev', context });
    const text = JSON.stringify(service);
    expect(text).toContain('"ThrottlingBurstLimit":7');
    expect(text).toContain('"LOG_LEVEL":"ERROR"');
  });
});

describe('stages', () => {
  it('under any other name are like dev', () => {
    expect(stageConfig('ana-try1')).toEqual({ ...stageConfig('dev'), stage: 'ana-try1' });
  });

  it('keep their data in prod', () => {
    expect(stageConfig('prod')).toMatchObject({ removalPolicy: 'retain', deletionProtection: true, mfa: 'required' });
  });

  it.each(['', 'a', 'Prod', '1st', 'with_underscore', 'x'.repeat(22)])('are refused as %j', (stage) => {
    expect(() => stageConfig(stage)).toThrow('must be 2 to 21 of a-z');
  });

  it.each([
    [{ domainName: 'shop.example.com' }, 'must be given together'],
    [{ ...own, certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a' }, 'us-east-1'],
    [{ alarmEmail: 'ops@example.com', alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:t' }, 'exclude each other'],
    [{ alarmMail: 'ops@example.com' }, 'alarmMail'],
    [{ mfa: 'never' }, 'mfa'],
    [{ graphUrl: 'http://graph.example.com' }, 'https address'],
    [{ graphUrl: 'graph.example.com' }, 'https address'],
  ])('refuse %j', (overrides, message) => {
    expect(() => stageConfig('prod', overrides)).toThrow(message);
  });

  it('send to Meta, or to where they are told, and the local one to its simulator', () => {
    const graphUrl = 'https://graph.example.com:8443/meta';
    expect(stageConfig('prod').graphUrl).toBe('https://graph.facebook.com');
    expect(stageConfig('dev', { graphUrl }).graphUrl).toBe(graphUrl);
    expect(stageConfig('local')).toMatchObject(SIMULATOR);
  });

  it('take numbers from the command line, where they are texts', () => {
    expect(stageConfig('prod', { logRetentionDays: '90' }).logRetentionDays).toBe(90);
  });
});
