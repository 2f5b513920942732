import { RemovalPolicy } from 'aws-cdk-lib';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { consoleClientSettings } from './user-directory.ts';

/** Which client, and the address it comes to have. */
export interface ConsoleCallbackProps {
  pool: UserPool;
  clientId: string;
  siteUrl: string;
}

/**
 * Tells the console's app client the address of the site. CloudFront makes that address up after the client exists,
 * and the API's authorizer needs the client before the site, so a stage without a domain of its own settles it last.
 */
export class ConsoleCallback extends Construct {
  constructor(scope: Construct, id: string, { pool, clientId, siteUrl }: ConsoleCallbackProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    const onUpdate = {
      service: 'cognito-identity-provider',
      action: 'UpdateUserPoolClient',
      parameters: {
        UserPoolId: pool.userPoolId,
        ClientId: clientId,
        ClientName: 'console',
        ...consoleClientSettings(siteUrl),
      },
      outputPaths: ['UserPoolClient.ClientId'],
      physicalResourceId: PhysicalResourceId.of('console-callback'),
    };
    new AwsCustomResource(this, 'Update', {
      onUpdate,
      installLatestAwsSdk: false,
      logGroup,
      memorySize: 256,
      role,
      policy: AwsCustomResourcePolicy.fromStatements([
        new PolicyStatement({ actions: ['cognito-idp:UpdateUserPoolClient'], resources: [pool.userPoolArn] }),
      ]),
    });
  }
}
