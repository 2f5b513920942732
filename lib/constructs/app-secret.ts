import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import { acknowledge } from './acknowledge.ts';
import type { ServiceFunction } from './service-function.ts';

/** What decides the secret's life. */
export interface AppSecretProps {
  stage: StageConfig;
}

/** The application secret that checkout codes and phone digests are derived with: 64 random characters. */
export class AppSecret extends Secret {
  constructor(scope: Construct, id: string, { stage }: AppSecretProps) {
    super(scope, id, {
      secretName: `vidriera/${stage.stage}/app`,
      description: 'Checkout codes and phone digests are derived with it: never change it',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: stage.removalPolicy,
    });
    acknowledge(this, {
      'AwsSolutions-SMG4': 'codes and digests already given out are derived with it: another value would orphan them',
    });
  }

  /** Lets the function read the secret and tells it which one. */
  bind(fn: ServiceFunction): void {
    fn.tell('APP_SECRET_ID', this.secretArn);
    fn.allow({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secretArn] });
  }
}
