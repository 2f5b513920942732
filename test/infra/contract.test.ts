import { describe, expect, it } from 'vitest';
import type { Route } from '../../functions/core/contract.ts';
import { type FunctionEntry, type FunctionName, manifest, type Use } from '../../functions/manifest.ts';
import { functionLogicalId } from '../../lib/constructs/service-function.ts';
import { inWords, resourcesOf, type Statement, statementsOf, templatesOf } from './templates.ts';

const templates = templatesOf('dev');
const { service } = templates;
const entries = Object.entries(manifest) as [FunctionName, FunctionEntry][];
const propertiesOf = (name: FunctionName) => service.Resources[functionLogicalId(name)]?.Properties ?? {};
const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

const readItems = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];
const writeItems = ['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
const indexes = ['gsi1', 'gsi2', 'gsi3'].map((index) => `<DataTable.Arn>/index/${index}`);
const throughTable = { StringEquals: { 'kms:ViaService': 'dynamodb.<AWS::Region>.<AWS::URLSuffix>' } };
const tableGrant = (items: string[], key: string[]): Statement[] => [
  { actions: items.toSorted(), resources: ['<DataTable.Arn>'] },
  { actions: ['dynamodb:Query'], resources: indexes },
  { actions: key.toSorted(), resources: ['<DataKey.Arn>'], condition: throughTable },
];
const readKey = ['kms:Decrypt', 'kms:DescribeKey'];
const writeKey = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

/** What each word of the manifest must come to, and nothing else. */
const uses: Record<Use, { environment: Record<string, string>; statements: Statement[] }> = {
  'table:read': { environment: { TABLE_NAME: '<DataTable>' }, statements: tableGrant(readItems, readKey) },
  'table:write': {
    environment: { TABLE_NAME: '<DataTable>' },
    statements: tableGrant([...readItems, ...writeItems], [...readKey, ...writeKey]),
  },
  'secret:app': {
    environment: { APP_SECRET_ID: '<AppSecret>' },
    statements: [{ actions: ['secretsmanager:GetSecretValue'], resources: ['<AppSecret>'] }],
  },
  'pictures:write': {
    environment: { PICTURE_BUCKET: '<Pictures>' },
    statements: [
      { actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'], resources: ['<Pictures.Arn>/*'] },
      { actions: ['s3:ListBucket'], resources: ['<Pictures.Arn>'] },
    ],
  },
  'schedule:expiry': {
    environment: {
      EXPIRY_SCHEDULE_GROUP: '<ExpirySchedulesGroup>',
      EXPIRY_TARGET_ARN: '<ExpireCheckoutFunction.Arn>',
      EXPIRY_ROLE_ARN: '<ExpirySchedulesRole.Arn>',
      EXPIRY_DEAD_LETTER_ARN: '<ExpiryDeadLetters.Arn>',
    },
    statements: [
      {
        actions: ['scheduler:CreateSchedule'],
        resources: ['arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<ExpirySchedulesGroup>/*'],
      },
      {
        actions: ['iam:PassRole'],
        resources: ['<ExpirySchedulesRole.Arn>'],
        condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    ],
  },
};

/** What running at all takes, and what each kind of trigger takes. */
const always = (name: string): Statement[] => [
  { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`<${pascal(name)}Log.Arn>`] },
  { actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resources: ['*'] },
];
const sendsTo = (queue: string): Statement => ({ actions: ['sqs:SendMessage'], resources: [`<${queue}.Arn>`] });
const forTrigger = ({ on }: FunctionEntry): Statement[] => {
  if ('schedule' in on) return [sendsTo('ExpiryDeadLetters')];
  if ('every' in on) return [sendsTo('RecurringDeadLetters')];
  if (!('stream' in on)) return [];
  return [
    {
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: ['<DataTable.StreamArn>'],
    },
    { actions: ['dynamodb:ListStreams'], resources: ['<DataTable.Arn>/stream/*'] },
    sendsTo('RelayDeadLetters'),
  ];
};

const inOrder = (statements: Statement[]) => statements.map((statement) => JSON.stringify(statement)).sort();

describe('each function of the manifest', () => {
  it('is the only kind of function in the service stack', () => {
    const made = resourcesOf(service, 'AWS::Lambda::Function').map(([id]) => id);
    expect(made.sort()).toEqual(entries.map(([name]) => functionLogicalId(name)).sort());
  });

  it.each(entries)('%s runs as the manifest says', (name, { memoryMb, timeoutSeconds }) => {
    expect(propertiesOf(name)).toMatchObject({
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: memoryMb,
      Runtime: 'nodejs24.x',
      Timeout: timeoutSeconds,
      TracingConfig: { Mode: 'Active' },
    });
  });

  it.each(entries)('%s has exactly the environment of what it uses', (name, { uses: words }) => {
    expect(inWords(templates, propertiesOf(name)['Environment'].Variables)).toEqual({
      SERVICE_NAME: 'vidriera-dev',
      LOG_LEVEL: 'DEBUG',
      ...Object.assign({}, ...words.map((word) => uses[word].environment)),
    });
  });

  it.each(entries)('%s may do exactly what it uses', (name, entry) => {
    const roleId = propertiesOf(name)['Role']['Fn::GetAtt'][0];
    expect(inOrder(statementsOf(templates, 'service', roleId))).toEqual(
      inOrder([...always(name), ...forTrigger(entry), ...entry.uses.flatMap((word) => uses[word].statements)]),
    );
  });

  it.each(entries)('%s shares its role and its log with nobody', (name) => {
    const { Role, LoggingConfig } = propertiesOf(name);
    const others = entries.filter(([other]) => other !== name).map(([other]) => propertiesOf(other));
    expect(others.map((other) => other['Role'])).not.toContainEqual(Role);
    expect(others.map((other) => other['LoggingConfig'])).not.toContainEqual(LoggingConfig);
    const role = service.Resources[Role['Fn::GetAtt'][0]]?.Properties ?? {};
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    expect(role).not.toHaveProperty('Policies');
  });
});

describe('wildcards', () => {
  it('stand only where AWS has no name or the name is made at run time', () => {
    const roleIds = resourcesOf(service, 'AWS::IAM::Role').map(([id]) => id);
    const statements = roleIds.flatMap((roleId) => statementsOf(templates, 'service', roleId));
    const wild = statements.flatMap(({ resources }) => resources).filter((resource) => String(resource).includes('*'));
    expect([...new Set(wild)].sort()).toEqual([
      '*',
      '<DataTable.Arn>/stream/*',
      '<Pictures.Arn>/*',
      'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<ExpirySchedulesGroup>/*',
    ]);
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
    const anywhere = statements.filter(({ resources }) => resources.includes('*'));
    expect(new Set(anywhere.map(({ actions }) => actions.join()))).toEqual(
      new Set(['xray:PutTelemetryRecords,xray:PutTraceSegments']),
    );
  });
});

describe('routes', () => {
  const contracts = entries.flatMap(([name, { on }]) => {
    const routes = 'http' in on ? Object.values<Route>(on.http) : [];
    return routes.flatMap(({ method, path, access }) =>
      (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((verb) => ({ name, access, key: `${verb} ${path}` })),
    );
  });
  const made = new Map(
    resourcesOf(service, 'AWS::ApiGatewayV2::Route').map(([, { Properties = {} }]) => [
      Properties['RouteKey'],
      Properties,
    ]),
  );

  it('of the API are those of the contracts, and HEAD beside every GET', () => {
    expect([...made.keys()].sort()).toEqual(contracts.map(({ key }) => key).sort());
  });

  it.each(contracts)('$key asks for a token unless it is public', ({ key, access }) => {
    const { AuthorizationType, AuthorizerId } = made.get(key) ?? {};
    const authorizer = AuthorizerId && service.Resources[AuthorizerId.Ref]?.Type;
    expect([AuthorizationType, authorizer]).toEqual(
      access === 'public' ? ['NONE', undefined] : ['JWT', 'AWS::ApiGatewayV2::Authorizer'],
    );
  });

  it.each(contracts)('$key calls $name', ({ key, name }) => {
    const target = made.get(key)?.['Target']['Fn::Join'][1][1].Ref;
    const integration = service.Resources[target]?.Properties;
    expect(integration).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': [functionLogicalId(name), 'Arn'] },
      PayloadFormatVersion: '2.0',
    });
  });
});

describe('environment', () => {
  it('names no host of AWS', () => {
    const values = entries.flatMap(([name]) =>
      Object.values(inWords(templates, propertiesOf(name)['Environment'].Variables) as object),
    );
    expect(values.filter((value) => String(value).includes('amazonaws'))).toEqual([]);
    expect(values.filter((value) => String(value).includes('://'))).toEqual([]);
  });
});
