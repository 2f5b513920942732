import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from '../functions/manifest.ts';
import { DataStack } from './stacks/data-stack.ts';
import { OperationsStack } from './stacks/operations-stack.ts';
import { ServiceStack } from './stacks/service-stack.ts';
import { WebStack } from './stacks/web-stack.ts';
import { overrideNames, stageConfig } from './stages.ts';

/** What an app is built from. */
export interface BuildAppProps {
  stage: string;
  /** Where the code of a function comes from. */
  codeOf: (name: FunctionName) => Code;
  /**
   * Folder of the built pages.
   * @default - the site is made without pages
   */
  pages?: string;
  /**
   * Context beyond what the CDK's CLI gives.
   * @default - none
   */
  context?: Record<string, unknown>;
  /**
   * Folder for the assembly.
   * @default - where the CLI wants it, or a temporary one
   */
  outdir?: string;
}

/** A resource of a template. */
export interface TemplateResource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape
  Properties?: Record<string, any>;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/** A synthesized template. */
export interface CloudFormationTemplate {
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
  Mappings?: Record<string, unknown>;
  Parameters?: Record<string, unknown>;
}

/** The stacks of a stage, in the order of their dependence. */
export const stackNames = ['data', 'service', 'web', 'operations'] as const;
export type StackName = (typeof stackNames)[number];

/** What the CDK would warn about: a stack keeps what another one uses until that one lets go. */
const flags = { '@aws-cdk/core:defaultCrossStackReferences': 'strong' };

const overridesIn = (app: App, stage: string): object => {
  const given = overrideNames.map((name) => [name, app.node.tryGetContext(name)] as const);
  return {
    ...app.node.tryGetContext(`vidriera:${stage}`),
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  };
};

/** The whole of a stage as a CDK app: data, service, web and operations, each depending on those before it only. */
export const buildApp = ({ stage, codeOf, pages, context, outdir }: BuildAppProps): App => {
  const app = new App({ analyticsReporting: false, context: { ...flags, ...context }, ...(outdir && { outdir }) });
  const config = stageConfig(stage, overridesIn(app, stage));
  const propsOf = (name: StackName) => ({
    stage: config,
    stackName: `vidriera-${stage}-${name}`,
    tags: { app: 'vidriera', stage },
  });
  const data = new DataStack(app, 'Data', { ...propsOf('data'), description: 'Vidriera: what is kept' });
  const service = new ServiceStack(app, 'Service', {
    ...propsOf('service'),
    description: 'Vidriera: what runs',
    data,
    codeOf,
  });
  new WebStack(app, 'Web', {
    ...propsOf('web'),
    ...{ data, service },
    description: 'Vidriera: the site',
    ...(pages !== undefined && { pages }),
  });
  new OperationsStack(app, 'Operations', {
    ...propsOf('operations'),
    description: 'Vidriera: alarms and dashboard',
    data,
    service,
  });
  return app;
};

/** The templates of a stage, made in process and without bundling: the code of every function is a stand-in. */
export const synthesize = ({ stage, context }: { stage: string; context?: Record<string, unknown> }) => {
  const outdir = mkdtempSync(join(tmpdir(), 'vidriera-synth-'));
  try {
    const standIn = Code.fromInline('exports.handler = async () => {};');
    const assembly = buildApp({ stage, codeOf: () => standIn, outdir, ...(context && { context }) }).synth();
    return Object.fromEntries(
      stackNames.map((name) => [name, assembly.getStackByName(`vidriera-${stage}-${name}`).template]),
    ) as Record<StackName, CloudFormationTemplate>;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
};
