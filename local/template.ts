import type { QueueDefinition } from './engines/sqs-settings.ts';
import type { PolicyDocument } from './iam.ts';
import type { Place } from './identities.ts';
import { createResolver, type TemplateResource, type Templates } from './intrinsics.ts';
import { readRoles } from './template-roles.ts';
import {
  checkQueuePolicies,
  type QueueSourceModel,
  readQueueSources,
  readQueues,
  readStreams,
  type StreamModel,
} from './template-sources.ts';

/** A Lambda function of the template. */
export interface FunctionModel {
  /** Its name in the manifest. */
  name: string;
  functionName: string;
  arn: string;
  environment: Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
  policies: PolicyDocument[];
}

/** A resource with its local identity and its properties resolved. */
export interface ResourceModel {
  stack: string;
  logicalId: string;
  ref: string;
  properties: Record<string, unknown>;
}

/** A secret: its name, and how its first value comes to be. */
export interface SecretModel {
  name: string;
  value?: string;
  generate?: Record<string, unknown>;
}

/** A recurring schedule, or one of the template. */
interface ScheduleModel {
  name: string;
  groupName: string;
  properties: Record<string, unknown>;
}

/** Who may pass an authorizer: the client ids it takes. */
interface AuthorizerModel {
  issuer: string;
  audience: string[];
}

/** A route of the HTTP API. */
export interface RouteModel {
  routeKey: string;
  functionName: string;
  authorizer?: AuthorizerModel;
}

/** Everything that the local cloud takes from the templates. */
export interface CloudModel {
  functions: FunctionModel[];
  tables: ResourceModel[];
  buckets: ResourceModel[];
  scheduleGroups: string[];
  schedules: ScheduleModel[];
  queues: QueueDefinition[];
  queueSources: QueueSourceModel[];
  streams: StreamModel[];
  routes: RouteModel[];
  userPools: ResourceModel[];
  userPoolClients: ResourceModel[];
  distributions: ResourceModel[];
  responseHeaders: ResourceModel[];
  preTokenFunction?: string;
  /** Policies by the ARN of the role. */
  roles: ReadonlyMap<string, PolicyDocument[]>;
}

/** Which function of the manifest, if any, a Lambda of the template is. */
export type NameFunction = (logicalId: string, resource: TemplateResource) => string | undefined;

interface Reader {
  all: (...types: string[]) => ResourceModel[];
  attribute: (resource: ResourceModel, name: string) => string;
}

const open = (templates: Templates, place: Place): Reader => {
  const resolver = createResolver(templates, place);
  const resourcesOf = (stack: string, types: string[]): ResourceModel[] =>
    Object.entries(templates[stack]?.Resources ?? {})
      .filter(([logicalId, { Type }]) => types.includes(Type) && resolver.exists(stack, logicalId))
      .map(([logicalId, { Properties }]) => ({
        stack,
        logicalId,
        // resolved at need: much of a template, and much of what it refers to, is nothing to the local cloud
        get ref() {
          return String(resolver.resolve(stack, { Ref: logicalId }));
        },
        get properties() {
          return resolver.resolve(stack, Properties ?? {}) as Record<string, unknown>;
        },
      }));
  return {
    all: (...types) => Object.keys(templates).flatMap((stack) => resourcesOf(stack, types)),
    attribute: ({ stack, logicalId }, name) => String(resolver.resolve(stack, { 'Fn::GetAtt': [logicalId, name] })),
  };
};

const environmentOf = ({ Environment }: Record<string, unknown>): Record<string, string> => {
  const variables = (Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {};
  return Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)]));
};

/** What stands on this machine for a service outside of AWS, by the variable that tells a function its address. */
const playedHere: Readonly<Record<string, (place: Place) => string>> = {
  GRAPH_URL: ({ url }) => `${url}/graph`,
  CLICK_TO_CHAT_URL: ({ url }) => `${url}/simulator/chat`,
};

const withLocalAddresses = (environment: Record<string, string>, place: Place): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, playedHere[key]?.(place) ?? value]));

interface Lambda {
  name: string;
  arn: string;
  resource: ResourceModel;
}

const readLambdas = (reader: Reader, templates: Templates, nameFunction: NameFunction): Lambda[] =>
  reader.all('AWS::Lambda::Function').flatMap((resource) => {
    const raw = templates[resource.stack]?.Resources?.[resource.logicalId];
    const name = raw && nameFunction(resource.logicalId, raw);
    return name === undefined ? [] : [{ name, arn: reader.attribute(resource, 'Arn'), resource }];
  });

const toFunction = (
  { name, arn, resource }: Lambda,
  roles: ReadonlyMap<string, PolicyDocument[]>,
  place: Place,
): FunctionModel => {
  const { properties } = resource;
  return {
    name,
    functionName: resource.ref,
    arn,
    environment: withLocalAddresses(environmentOf(properties), place),
    timeoutSeconds: Number(properties.Timeout ?? 3),
    memoryMb: Number(properties.MemorySize ?? 128),
    policies: roles.get(String(properties.Role)) ?? [],
  };
};

/** The function behind an ARN, its alias or version, or the invocation address that API Gateway is given. */
const functionBehind = (lambdas: Lambda[], target: unknown): string | undefined =>
  lambdas.find(({ arn }) => {
    const [, rest] = String(target).split(arn);
    return rest !== undefined && /^($|[:/])/.test(rest);
  })?.name;

const readRoutes = (reader: Reader, lambdas: Lambda[]): RouteModel[] => {
  const byRef = (type: string) => new Map(reader.all(type).map((one) => [one.ref, one.properties] as const));
  const integrations = byRef('AWS::ApiGatewayV2::Integration');
  const authorizers = byRef('AWS::ApiGatewayV2::Authorizer');
  return reader.all('AWS::ApiGatewayV2::Route').map(({ properties }) => {
    const routeKey = String(properties.RouteKey);
    const integration = integrations.get(String(properties.Target).replace(/^integrations\//, ''));
    const functionName = functionBehind(lambdas, integration?.IntegrationUri);
    if (!functionName) throw new Error(`the route ${routeKey} leads to no function of the manifest`);
    const jwt = authorizers.get(String(properties.AuthorizerId))?.JwtConfiguration;
    if (properties.AuthorizationType === 'JWT' && !jwt) throw new Error(`the route ${routeKey} has no authorizer`);
    const { Issuer, Audience } = (jwt ?? {}) as { Issuer?: string; Audience?: string[] };
    return {
      routeKey,
      functionName,
      ...(jwt !== undefined && { authorizer: { issuer: String(Issuer), audience: Audience ?? [] } }),
    };
  });
};

const functionByName =
  (lambdas: Lambda[]) =>
  (nameOrArn: unknown): string | undefined =>
    lambdas.find(({ arn, resource }) => nameOrArn === resource.ref || nameOrArn === arn)?.name;

/** Reads the secrets alone: their ARNs, which everything else may name, are known once they exist. */
export const readSecrets = (templates: Templates, place: Place): SecretModel[] =>
  open(templates, { ...place, secretArns: new Map() })
    .all('AWS::SecretsManager::Secret')
    .map(({ ref, properties }) => ({
      name: ref.replace(/^.*:secret:/, ''),
      ...(typeof properties.SecretString === 'string' && { value: properties.SecretString }),
      generate: (properties.GenerateSecretString ?? {}) as Record<string, unknown>,
    }));

const readSchedules = (reader: Reader): ScheduleModel[] =>
  reader.all('AWS::Scheduler::Schedule').map(({ ref, properties }) => ({
    name: ref,
    groupName: String(properties.GroupName ?? 'default'),
    properties,
  }));

const preTokenOf = (reader: Reader, lambdas: Lambda[]): string | undefined => {
  const configs = reader.all('AWS::Cognito::UserPool').map(({ properties }) => properties.LambdaConfig);
  const config = configs[0] as { PreTokenGenerationConfig?: { LambdaArn: string; LambdaVersion: string } } | undefined;
  const trigger = config?.PreTokenGenerationConfig;
  if (trigger && trigger.LambdaVersion === 'V1_0') {
    throw new Error('the pre-token trigger has version V1_0, which cannot change access tokens');
  }
  return trigger && functionBehind(lambdas, trigger.LambdaArn);
};

const scheduleRoles = (schedules: ScheduleModel[]): string[] =>
  schedules.map(({ properties }) => String((properties.Target as { RoleArn?: unknown } | undefined)?.RoleArn));

/** Roles that something local acts as: the functions, their schedules, and what their environment names. */
const wantedRoles = (lambdas: Lambda[], schedules: ScheduleModel[]): Set<string> =>
  new Set([
    ...lambdas.map(({ resource }) => String(resource.properties.Role)),
    ...lambdas.flatMap(({ resource }) => Object.values(environmentOf(resource.properties))),
    ...scheduleRoles(schedules),
  ]);

/** Reads everything that the local cloud needs from the synthesized templates, with local names and addresses. */
export const readTemplates = (templates: Templates, place: Place, nameFunction: NameFunction): CloudModel => {
  const reader = open(templates, place);
  const lambdas = readLambdas(reader, templates, nameFunction);
  const schedules = readSchedules(reader);
  const wanted = wantedRoles(lambdas, schedules);
  const allRoles = reader.all('AWS::IAM::Role').map((role) => ({ role, arn: reader.attribute(role, 'Arn') }));
  const roles = readRoles(
    allRoles.filter(({ arn }) => wanted.has(arn)),
    reader.all('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'),
  );
  const mappings = reader.all('AWS::Lambda::EventSourceMapping');
  checkQueuePolicies(reader.all('AWS::SQS::QueuePolicy'));
  return {
    functions: lambdas.map((lambda) => toFunction(lambda, roles, place)),
    tables: reader.all('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'),
    buckets: reader.all('AWS::S3::Bucket'),
    scheduleGroups: reader.all('AWS::Scheduler::ScheduleGroup').map(({ ref }) => ref),
    schedules,
    queues: readQueues(reader.all('AWS::SQS::Queue')),
    queueSources: readQueueSources(mappings, functionByName(lambdas)),
    streams: readStreams(mappings, functionByName(lambdas)),
    routes: readRoutes(reader, lambdas),
    userPools: reader.all('AWS::Cognito::UserPool'),
    userPoolClients: reader.all('AWS::Cognito::UserPoolClient'),
    distributions: reader.all('AWS::CloudFront::Distribution'),
    responseHeaders: reader.all('AWS::CloudFront::ResponseHeadersPolicy'),
    preTokenFunction: preTokenOf(reader, lambdas),
    roles,
  };
};
