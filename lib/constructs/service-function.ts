import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  type Code,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../../functions/manifest.ts';
import type { StageConfig } from '../stages.ts';
import { acknowledge } from './acknowledge.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';

/** What one of our Lambdas needs to be one. */
export interface ServiceFunctionProps {
  name: FunctionName;
  code: Code;
  stage: StageConfig;
  memoryMb: number;
  timeoutSeconds: number;
  /** Who is hurt when it fails, as its alarms say it. */
  hurt: string;
  /**
   * Where events go that failed for good; only for a function that is called asynchronously.
   * @default - none: the caller sees the failure
   */
  deadLetterQueue?: DeadLetterQueue;
}

/** One allowed thing: exact actions on exact resources. */
export interface Grant {
  actions: readonly string[];
  resources: readonly string[];
  /** @default - no condition */
  conditions?: Record<string, Record<string, string | readonly string[]>>;
}

/** The template's name of a function: the manifest's, with `Function` behind. */
export const functionLogicalId = (name: FunctionName): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1)}Function`;

const withOwnLog = (scope: Construct, { stage }: ServiceFunctionProps) => {
  const logGroup = new LogGroup(scope, 'Log', {
    retention: stage.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  acknowledge(role, {
    'AwsSolutions-IAM5[Resource::*]':
      'X-Ray has no resources to name: PutTraceSegments and PutTelemetryRecords take only *',
  });
  return { logGroup, role };
};

/** A Lambda with a role, a log and a trace of its own, that may do nothing until something is granted to it. */
export class ServiceFunction extends Construct {
  readonly name: FunctionName;
  readonly hurt: string;
  readonly lambda: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { name, stage, memoryMb, timeoutSeconds, deadLetterQueue, hurt, code } = props;
    const { logGroup, role } = withOwnLog(this, props);
    this.name = name;
    this.hurt = hurt;
    this.role = role;
    this.lambda = new LambdaFunction(this, 'Function', {
      architecture: Architecture.ARM_64,
      code,
      description: `Vidriera ${stage.stage}: ${name}`,
      environment: { SERVICE_NAME: `vidriera-${stage.stage}`, LOG_LEVEL: stage.logLevel },
      handler: 'index.handler',
      logGroup,
      memorySize: memoryMb,
      role,
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(timeoutSeconds),
      tracing: Tracing.ACTIVE,
      ...(deadLetterQueue && { deadLetterQueue }),
    });
    (this.lambda.node.defaultChild as CfnFunction).overrideLogicalId(functionLogicalId(name));
    if (deadLetterQueue === undefined) {
      acknowledge(this.lambda, {
        'Serverless-LambdaDLQ':
          'it is called synchronously, or by a stream or a queue: the caller, or what calls, has the failure',
      });
    }
  }

  /** Lets the function do exactly this. */
  allow({ actions, resources, conditions }: Grant): void {
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );
  }

  /** Gives the function a variable of its environment. */
  tell(name: string, value: string): void {
    this.lambda.addEnvironment(name, value);
  }
}
