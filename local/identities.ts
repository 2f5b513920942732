/** Where the local cloud stands: what AWS::Region, AWS::AccountId and addresses resolve to. */
export interface Place {
  region: string;
  accountId: string;
  /** Address of the local cloud, without a trailing slash. */
  url: string;
  /** ARNs of the secrets by name, once they exist: they end in six random letters. */
  secretArns?: ReadonlyMap<string, string>;
}

/** What is known of a resource when its `Ref` and attributes are asked for. */
export interface Named extends Place {
  logicalId: string;
  name: string;
}

interface Identity {
  /** The property that holds the physical name, if the template may give one. */
  nameProperty?: string;
  ref: (resource: Named) => string;
  attributes: Readonly<Record<string, (resource: Named) => string>>;
}

const arn = (service: string, rest: (resource: Named) => string) => (resource: Named) =>
  `arn:aws:${service}:${resource.region}:${resource.accountId}:${rest(resource)}`;
const globalArn = (service: string, rest: (resource: Named) => string) => (resource: Named) =>
  `arn:aws:${service}::${service === 's3' ? '' : resource.accountId}:${rest(resource)}`;
const nameOf = ({ name }: Named) => name;

const table: Identity = {
  nameProperty: 'TableName',
  ref: nameOf,
  attributes: {
    Arn: arn('dynamodb', ({ name }) => `table/${name}`),
    StreamArn: arn('dynamodb', ({ name }) => `table/${name}/stream/local`),
    TableId: ({ logicalId }) => logicalId,
  },
};

const secretArn = (resource: Named): string =>
  resource.secretArns?.get(resource.name) ?? arn('secretsmanager', ({ name }) => `secret:${name}`)(resource);
const bucketName = ({ name }: Named): string => name.toLowerCase().slice(0, 63);
const scheduleName = ({ name }: Named): string => name.slice(0, 64);
const topicArn = arn('sns', nameOf);
const plain: Identity = { ref: nameOf, attributes: { Id: nameOf } };

/**
 * What `Ref` and `Fn::GetAtt` give for each kind of resource.
 * Source: AWS CloudFormation template reference, "Return values" of each type.
 */
const identities: Readonly<Record<string, Identity>> = {
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    ref: nameOf,
    attributes: { Arn: arn('lambda', ({ name }) => `function:${name}`) },
  },
  'AWS::Lambda::Version': {
    ref: arn('lambda', ({ name }) => `function:${name}:1`),
    attributes: { Version: () => '1' },
  },
  'AWS::Lambda::Alias': { ref: arn('lambda', ({ name }) => `function:${name}`), attributes: {} },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    ref: nameOf,
    attributes: { Arn: globalArn('iam', ({ name }) => `role/${name}`), RoleId: nameOf },
  },
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    ref: bucketName,
    attributes: {
      Arn: globalArn('s3', bucketName),
      DomainName: ({ url }) => new URL(url).host,
      RegionalDomainName: ({ url }) => new URL(url).host,
    },
  },
  'AWS::SecretsManager::Secret': { nameProperty: 'Name', ref: secretArn, attributes: { Id: secretArn } },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: ({ url, accountId, name }) => `${url}/${accountId}/${name}`,
    attributes: {
      Arn: arn('sqs', nameOf),
      QueueName: nameOf,
      QueueUrl: ({ url, accountId, name }) => `${url}/${accountId}/${name}`,
    },
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    ref: topicArn,
    attributes: { TopicArn: topicArn, TopicName: nameOf },
  },
  'AWS::Scheduler::ScheduleGroup': {
    nameProperty: 'Name',
    ref: scheduleName,
    attributes: { Arn: arn('scheduler', (group) => `schedule-group/${scheduleName(group)}`) },
  },
  'AWS::Scheduler::Schedule': {
    nameProperty: 'Name',
    ref: scheduleName,
    attributes: { Arn: arn('scheduler', (schedule) => `schedule/default/${scheduleName(schedule)}`) },
  },
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    ref: nameOf,
    attributes: { Arn: arn('logs', ({ name }) => `log-group:${name}:*`) },
  },
  'AWS::KMS::Key': { ref: nameOf, attributes: { Arn: arn('kms', ({ name }) => `key/${name}`), KeyId: nameOf } },
  'AWS::Cognito::UserPool': {
    ref: ({ region, logicalId }) => `${region}_${logicalId}`,
    attributes: {
      Arn: arn('cognito-idp', ({ region, logicalId }) => `userpool/${region}_${logicalId}`),
      UserPoolId: ({ region, logicalId }) => `${region}_${logicalId}`,
      ProviderName: ({ url }) => `${new URL(url).host}/oidc`,
      ProviderURL: ({ url }) => `${url}/oidc`,
    },
  },
  'AWS::Cognito::UserPoolClient': {
    ref: ({ logicalId }) => logicalId,
    attributes: { ClientId: ({ logicalId }) => logicalId, Name: nameOf },
  },
  'AWS::Cognito::UserPoolDomain': {
    nameProperty: 'Domain',
    ref: nameOf,
    attributes: { CloudFrontDistribution: ({ url }) => new URL(url).host },
  },
  'AWS::ApiGatewayV2::Api': {
    ref: ({ logicalId }) => logicalId,
    attributes: { ApiEndpoint: ({ url }) => url, ApiId: ({ logicalId }) => logicalId },
  },
  'AWS::ApiGatewayV2::Integration': plain,
  'AWS::ApiGatewayV2::Authorizer': { ref: nameOf, attributes: { AuthorizerId: nameOf } },
  'AWS::ApiGatewayV2::Route': { ref: nameOf, attributes: { RouteId: nameOf } },
  'AWS::ApiGatewayV2::Stage': plain,
  'AWS::CloudFront::Distribution': {
    ref: nameOf,
    attributes: { Id: nameOf, DomainName: ({ url }) => new URL(url).host },
  },
  'AWS::CloudFront::ResponseHeadersPolicy': plain,
  'AWS::CloudFront::CachePolicy': plain,
  'AWS::CloudFront::OriginRequestPolicy': plain,
  'AWS::CloudFront::OriginAccessControl': plain,
  'AWS::CloudFront::Function': {
    ref: nameOf,
    attributes: { FunctionARN: globalArn('cloudfront', ({ name }) => `function/${name}`) },
  },
};

const identityOf = (type: string): Identity => {
  const identity = identities[type];
  if (!identity) throw new Error(`the local cloud does not know what a reference to ${type} gives`);
  return identity;
};

/** The property of that kind of resource that holds its physical name, if it has one. */
export const namePropertyOf = (type: string): string | undefined => identities[type]?.nameProperty;

/** What `Ref` gives for a resource. */
export const refOf = (type: string, resource: Named): string => identityOf(type).ref(resource);

/** What `Fn::GetAtt` gives for a resource. */
export const attributeOf = (type: string, attribute: string, resource: Named): string => {
  const attributeValue = identityOf(type).attributes[attribute];
  if (!attributeValue) throw new Error(`the local cloud does not know the attribute ${attribute} of ${type}`);
  return attributeValue(resource);
};
