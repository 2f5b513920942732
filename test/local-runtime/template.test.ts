// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of CloudFormation
import { describe, expect, it } from 'vitest';
import { createResolver, type Templates } from '../../local/intrinsics.ts';
import { generateSecretValue } from '../../local/secret-value.ts';
import { readTemplates } from '../../local/template.ts';

const place = { region: 'us-east-1', accountId: '000000000000', url: 'http://127.0.0.1:8787' };

const templates: Templates = {
  data: {
    Parameters: { Size: { Default: '7' } },
    Conditions: {
      Always: { 'Fn::Equals': ['a', 'a'] },
      Never: { 'Fn::Not': [{ Condition: 'Always' }] },
      Both: { 'Fn::And': [{ Condition: 'Always' }, { Condition: 'Never' }] },
      Either: { 'Fn::Or': [{ Condition: 'Always' }, { Condition: 'Never' }] },
    },
    Mappings: { Regions: { 'us-east-1': { zone: 'virginia' } } },
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: { TableName: { 'Fn::Join': ['-', ['shop', { Ref: 'Size' }]] } },
      },
      Queue: { Type: 'AWS::SQS::Queue' },
      Ordered: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'app' } },
      Nothing: { Type: 'AWS::S3::Bucket', Condition: 'Never' },
      Bucket: { Type: 'AWS::S3::Bucket', Condition: 'Always' },
      Custom: { Type: 'Custom::Thing' },
    },
    Outputs: {
      Arn: { Value: { 'Fn::GetAtt': ['Table', 'Arn'] }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:TableArn' } } },
    },
  },
  service: { Resources: {} },
};

const resolve = (value: unknown, stack = 'data') => createResolver(templates, place).resolve(stack, value);

describe('the resolver', () => {
  it.each([
    [{ Ref: 'Table' }, 'shop-7'],
    [{ Ref: 'Queue' }, 'http://127.0.0.1:8787/000000000000/data-Queue'],
    [{ Ref: 'Ordered' }, 'http://127.0.0.1:8787/000000000000/data-Ordered.fifo'],
    [{ Ref: 'Bucket' }, 'data-bucket'],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/shop-7'],
    [{ 'Fn::GetAtt': 'Queue.QueueName' }, 'data-Queue'],
    [
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':x:', { Ref: 'AWS::AccountId' }]] },
      'arn:aws:x:000000000000',
    ],
    [
      { 'Fn::Sub': 'a-${Table}-${Table.StreamArn}-${!kept}' },
      'a-shop-7-arn:aws:dynamodb:us-east-1:000000000000:table/shop-7/stream/local-${kept}',
    ],
    [{ 'Fn::Sub': ['${Own}/${AWS::URLSuffix}', { Own: { Ref: 'Size' } }] }, '7/amazonaws.com'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'Table' }] }] }, '7'],
    [{ 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    [{ 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'zone'] }, 'virginia'],
    [
      { kept: 1, gone: { 'Fn::If': ['Never', 1, { Ref: 'AWS::NoValue' }] }, list: [{ Ref: 'AWS::NoValue' }, 2] },
      { kept: 1, list: [2] },
    ],
    [{ Condition: { StringEquals: { a: { Ref: 'Size' } } } }, { Condition: { StringEquals: { a: '7' } } }],
  ])('gives for %j what CloudFormation would', (value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it('reaches the exports of other stacks', () => {
    expect(resolve({ 'Fn::ImportValue': 'data:TableArn' }, 'service')).toMatch(/table\/shop-7$/);
    expect(() => resolve({ 'Fn::ImportValue': 'data:Other' }, 'service')).toThrow('no stack exports data:Other');
  });

  it.each([
    [{ 'Fn::Cidr': ['10.0.0.0/16', 1] }, 'Fn::Cidr is not known'],
    [{ Ref: 'Absent' }, 'no resource Absent'],
    [{ Ref: 'Custom' }, 'Custom::Thing'],
    [{ 'Fn::GetAtt': ['Table', 'Colour'] }, 'the attribute Colour of AWS::DynamoDB::GlobalTable'],
    [{ 'Fn::If': ['Unheard', 1, 2] }, 'no condition Unheard'],
  ])('refuses %j loudly', (value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});

const lambda = (more: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Timeout: 10, MemorySize: 512, ...more },
});

const statement = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' };

const service = (change: Record<string, unknown> = {}): Templates =>
  ({
    service: {
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: {} },
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: [statement] } },
        },
        ShopsFunction: lambda({ Environment: { Variables: { TABLE_NAME: 't', COUNT: 3 } } }),
        CustomProvider: lambda(),
        Api: { Type: 'AWS::ApiGatewayV2::Api' },
        Authorizer: {
          Type: 'AWS::ApiGatewayV2::Authorizer',
          Properties: { JwtConfiguration: { Audience: ['console'], Issuer: 'https://issuer' } },
        },
        Integration: {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: {
            IntegrationUri: {
              'Fn::Join': [
                '',
                [
                  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/',
                  { 'Fn::GetAtt': ['ShopsFunction', 'Arn'] },
                  '/invocations',
                ],
              ],
            },
          },
        },
        Open: {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            RouteKey: 'GET /api/shop',
            Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
          },
        },
        Closed: {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            RouteKey: 'GET /admin/shop',
            Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
            AuthorizationType: 'JWT',
            AuthorizerId: { Ref: 'Authorizer' },
          },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            FunctionName: { Ref: 'ShopsFunction' },
            EventSourceArn: 'arn:stream',
            BatchSize: 10,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
          },
        },
        ...change,
      },
    },
  }) as Templates;

const read = (given: Templates) => readTemplates(given, place, (id) => (id === 'ShopsFunction' ? 'shops' : undefined));

describe('the templates', () => {
  it('give each function of the manifest its environment, limits and policies', () => {
    expect(read(service()).functions).toEqual([
      {
        name: 'shops',
        functionName: 'service-ShopsFunction',
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:service-ShopsFunction',
        environment: { TABLE_NAME: 't', COUNT: '3' },
        timeoutSeconds: 10,
        memoryMb: 512,
        policies: [{ Statement: [statement] }],
      },
    ]);
  });

  it('give routes with their authorizers, and streams', () => {
    const model = read(service());
    expect(model.routes).toEqual([
      { routeKey: 'GET /api/shop', functionName: 'shops' },
      {
        routeKey: 'GET /admin/shop',
        functionName: 'shops',
        authorizer: { issuer: 'https://issuer', audience: ['console'] },
      },
    ]);
    expect(model.streams).toEqual([
      {
        functionName: 'shops',
        streamArn: 'arn:stream',
        batchSize: 10,
        reportsFailures: true,
        retries: Number.MAX_SAFE_INTEGER,
      },
    ]);
  });

  it('give the address that is played here in the place of one outside of AWS', () => {
    const functions = { ShopsFunction: lambda({ Environment: { Variables: { GRAPH_URL: 'https://graph.example' } } }) };
    expect(read(service(functions)).functions[0]?.environment).toEqual({ GRAPH_URL: 'http://127.0.0.1:8787/graph' });
  });

  it('are refused when a route asks for a token but names no authorizer', () => {
    const broken = {
      Closed: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          RouteKey: 'GET /x',
          Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
          AuthorizationType: 'JWT',
        },
      },
    };
    expect(() => read(service(broken))).toThrow('has no authorizer');
  });

  it('are refused when a role has a managed policy that nobody here enforces', () => {
    const role = {
      Type: 'AWS::IAM::Role',
      Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
    };
    expect(() => read(service({ Role: role }))).toThrow('AdministratorAccess');
  });
});

describe('the queues of the templates', () => {
  const onlyTls = {
    Effect: 'Deny',
    Action: 'sqs:*',
    Resource: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const withQueue = (mapping: object = {}, statement: object = onlyTls) =>
    service({
      Work: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          FifoQueue: true,
          QueueName: 'work.fifo',
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 },
        },
      },
      Dead: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
      WorkPolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'Work' }], PolicyDocument: { Statement: [statement] } },
      },
      WorkMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: { 'Fn::GetAtt': ['ShopsFunction', 'Arn'] },
          EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] },
          BatchSize: 5,
          ScalingConfig: { MaximumConcurrency: 20 },
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ...mapping,
        },
      },
    });
  const deadArn = 'arn:aws:sqs:us-east-1:000000000000:service-Dead.fifo';

  it('come with their names and properties, and the functions that read them', () => {
    const model = read(withQueue());
    expect(model.queues).toMatchObject([
      { name: 'work.fifo', properties: { RedrivePolicy: { deadLetterTargetArn: deadArn, maxReceiveCount: 5 } } },
      { name: 'service-Dead.fifo' },
    ]);
    expect(model.queueSources).toEqual([
      {
        functionName: 'shops',
        queueArn: 'arn:aws:sqs:us-east-1:000000000000:work.fifo',
        batchSize: 5,
        windowSeconds: 0,
        maxConcurrency: 20,
        reportsFailures: true,
      },
    ]);
    expect(model.streams).toHaveLength(1);
  });

  it.each([
    ['more in a batch of a FIFO queue than ten', { BatchSize: 11 }, 'the batch size 11'],
    ['a window on a FIFO queue', { MaximumBatchingWindowInSeconds: 1 }, 'a window of seconds 1'],
    ['a concurrency of one', { ScalingConfig: { MaximumConcurrency: 1 } }, 'the concurrency 1'],
    ['a filter', { FilterCriteria: { Filters: [] } }, 'filters'],
  ])('are refused with %s', (_, mapping, message) => {
    expect(() => read(withQueue(mapping))).toThrow(message);
  });

  it('are refused with a policy of their own that nobody here enforces', () => {
    expect(() => read(withQueue({}, { Effect: 'Allow', Principal: '*', Action: 'sqs:*' }))).toThrow('WorkPolicy');
  });
});

describe('a generated secret', () => {
  it('has the wished length and letters', () => {
    expect(generateSecretValue({ PasswordLength: 64, ExcludePunctuation: true })).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(
      generateSecretValue({
        ExcludeLowercase: true,
        ExcludeUppercase: true,
        ExcludeNumbers: true,
        ExcludeCharacters: '"',
      }),
    ).toMatch(/^[^A-Za-z0-9"]{32}$/);
    expect(JSON.parse(generateSecretValue({ SecretStringTemplate: '{"a":1}', GenerateStringKey: 'b' }))).toEqual({
      a: 1,
      b: expect.any(String),
    });
    expect(() => generateSecretValue({ Emoji: true })).toThrow('Emoji');
  });
});
