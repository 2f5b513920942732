import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { buildApp } from '../lib/app.ts';
import { bundleFunctions } from '../lib/bundle.ts';

const stage: string = new App({ autoSynth: false }).node.tryGetContext('stage') ?? 'dev';
const bundles = await bundleFunctions();
const app = buildApp({
  stage,
  codeOf: (name) => Code.fromAsset(bundles[name].directory),
  pages: fileURLToPath(new URL('../build/web', import.meta.url)),
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
