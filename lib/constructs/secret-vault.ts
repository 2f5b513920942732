import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import { acknowledge } from './acknowledge.ts';
import type { ServiceFunction } from './service-function.ts';

/** Whose secrets these are. */
export interface SecretVaultProps {
  stage: StageConfig;
  /** What kind of secret, as it stands in their names. */
  kind: string;
  /** The variable that tells a function the prefix of the names. */
  variable: string;
}

const actions = {
  read: ['secretsmanager:GetSecretValue'],
  write: [
    'secretsmanager:CreateSecret',
    'secretsmanager:DeleteSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:PutSecretValue',
    'secretsmanager:RestoreSecret',
  ],
} as const;

/** Secrets that functions make while shops work, known by the prefix of their names. It is no resource of the stack. */
export class SecretVault extends Construct {
  readonly prefix: string;
  readonly #variable: string;

  constructor(scope: Construct, id: string, { stage, kind, variable }: SecretVaultProps) {
    super(scope, id);
    this.prefix = `vidriera-${stage.stage}/${kind}/`;
    this.#variable = variable;
  }

  /** Lets the function read, or make, change and delete, the secrets below the prefix, and tells it the prefix. */
  bind(fn: ServiceFunction, access: 'read' | 'write'): void {
    const secrets = Stack.of(fn).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${this.prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    fn.tell(this.#variable, this.prefix);
    fn.allow({ actions: actions[access], resources: [secrets] });
    const arn = `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${this.prefix}*`;
    acknowledge(fn.role, {
      [`AwsSolutions-IAM5[Resource::${arn}]`]: 'each connection has a secret of its own name; the prefix is the bound',
    });
  }
}
