import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import { acknowledge } from './acknowledge.ts';
import type { ServiceFunction } from './service-function.ts';

/** What decides the secret's life. */
export interface MetaAppSecretProps {
  stage: StageConfig;
}

/** The secrets of the Meta app that all shops without one of their own share. Nobody's, until the operator sets them. */
export class MetaAppSecret extends Secret {
  constructor(scope: Construct, id: string, { stage }: MetaAppSecretProps) {
    super(scope, id, {
      secretName: `vidriera/${stage.stage}/meta`,
      description: 'The shared Meta app: set it with npm run meta-app',
      generateSecretString: {
        secretStringTemplate: '{"appId":"","appSecret":""}',
        generateStringKey: 'verifyToken',
        passwordLength: 32,
        excludePunctuation: true,
      },
      removalPolicy: stage.removalPolicy,
    });
    acknowledge(this, {
      'AwsSolutions-SMG4':
        'Meta makes the app secret: the operator rotates it there and sets it here, the former one beside it',
    });
  }

  /** Lets the function read the secret and tells it which one. */
  bind(fn: ServiceFunction): void {
    fn.tell('META_SECRET_ID', this.secretArn);
    fn.allow({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secretArn] });
  }
}
