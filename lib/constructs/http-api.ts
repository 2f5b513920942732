import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnApi, CfnAuthorizer, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route, Routes } from '../../functions/core/contract.ts';
import type { StageConfig } from '../stages.ts';
import { acknowledge } from './acknowledge.ts';
import type { ServiceFunction } from './service-function.ts';

/** Whose tokens the API takes, and how many requests. */
export interface HttpApiProps {
  stage: StageConfig;
  /** Who signs the access tokens. */
  issuer: string;
  /** The app client that they were issued to. */
  clientId: string;
}

/** What is logged of a request: the route, never the path, which may carry a checkout code, and never who called. */
const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  at: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  bytes: '$context.responseLength',
  integrationStatus: '$context.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
});

/** A route of the API: one of a contract, or the HEAD beside a GET. */
type ApiRoute = Pick<Route, 'path' | 'access'> & { method: Route['method'] | 'HEAD' };

/** Whatever can be fetched can be asked about: link previews and monitors send HEAD. */
export const withHead = ({ method, path, access }: Route): ApiRoute[] =>
  method === 'GET'
    ? [
        { method, path, access },
        { method: 'HEAD', path, access },
      ]
    : [{ method, path, access }];

const routeId = ({ method, path }: ApiRoute): string => `${method} ${path.replaceAll('/', ' ').trim() || 'root'}`;

/** The HTTP API: the routes of the contracts, each with its function, and a token where the contract asks for a role. */
export class HttpApi extends Construct {
  readonly api: CfnApi;
  readonly #authorizer: CfnAuthorizer;

  constructor(scope: Construct, id: string, { stage, issuer, clientId }: HttpApiProps) {
    super(scope, id);
    this.api = new CfnApi(this, 'Api', { name: `vidriera-${stage.stage}`, protocolType: 'HTTP' });
    this.#authorizer = new CfnAuthorizer(this, 'Authorizer', {
      apiId: this.api.ref,
      authorizerType: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { audience: [clientId], issuer },
      name: 'users',
    });
    this.#makeStage(stage);
  }

  /** Host and nothing else: the API has no stage in its path. */
  get hostName(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `${this.api.ref}.execute-api.${region}.${urlSuffix}`;
  }

  /** Sends the routes to the function. */
  serve(fn: ServiceFunction, routes: Routes): void {
    const integration = new CfnIntegration(this, `To ${fn.name}`, {
      apiId: this.api.ref,
      integrationType: 'AWS_PROXY',
      integrationUri: fn.lambda.functionArn,
      payloadFormatVersion: '2.0',
    });
    for (const route of Object.values(routes).flatMap(withHead)) this.#addRoute(route, integration);
    fn.lambda.addPermission('Api', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({ service: 'execute-api', resource: this.api.ref, resourceName: '*/*' }),
    });
  }

  #addRoute(route: ApiRoute, integration: CfnIntegration): void {
    const isPublic = route.access === 'public';
    const added = new CfnRoute(this, routeId(route), {
      apiId: this.api.ref,
      routeKey: `${route.method} ${route.path}`,
      target: `integrations/${integration.ref}`,
      authorizationType: isPublic ? 'NONE' : 'JWT',
      ...(!isPublic && { authorizerId: this.#authorizer.ref }),
    });
    if (!isPublic) return;
    acknowledge(added, { 'AwsSolutions-APIG4': 'its contract says public: shoppers have no account' });
  }

  #makeStage({ stage, logRetentionDays, requestsPerSecond, requestBurst }: StageConfig): void {
    const log = new LogGroup(this, 'AccessLog', {
      logGroupName: `/aws/vendedlogs/vidriera-${stage}/api`,
      retention: logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new CfnStage(this, 'Stage', {
      accessLogSettings: { destinationArn: log.logGroupArn, format: accessLogFormat },
      apiId: this.api.ref,
      autoDeploy: true,
      defaultRouteSettings: {
        detailedMetricsEnabled: true,
        throttlingBurstLimit: requestBurst,
        throttlingRateLimit: requestsPerSecond,
      },
      stageName: '$default',
    });
  }
}
