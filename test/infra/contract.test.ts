import { describe, expect, it } from 'vitest';
import type { Route } from '../../functions/core/contract.ts';
import {
  type FunctionEntry,
  type FunctionName,
  manifest,
  type QueueEntry,
  type QueueName,
  queues,
  type Use,
} from '../../functions/manifest.ts';
import { functionLogicalId } from '../../lib/constructs/service-function.ts';
import { inWords, only, resourcesOf, type Statement, statementsOf, templatesOf } from './templates.ts';

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

const files = (bucket: string, ...actions: string[]): Statement[] => [
  { actions: actions.map((action) => `s3:${action}`), resources: [`<${bucket}.Arn>/*`] },
  { actions: ['s3:ListBucket'], resources: [`<${bucket}.Arn>`] },
];
const sendsToWork = (name: QueueName) => ({
  environment: {
    [`${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}_QUEUE_URL`]: `<${pascal(name)}Queue>`,
  },
  statements: [{ actions: ['sqs:SendMessage'], resources: [`<${pascal(name)}Queue.Arn>`] }],
});
const vaultArn = (kind: string) =>
  `arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:vidriera-dev/${kind}/*`;
const vault = (variable: string, kind: string, ...verbs: string[]) => ({
  environment: { [variable]: `vidriera-dev/${kind}/` },
  statements: [{ actions: verbs.map((verb) => `secretsmanager:${verb}`), resources: [vaultArn(kind)] }],
});
const vaultVerbs = ['CreateSecret', 'DeleteSecret', 'GetSecretValue', 'PutSecretValue', 'RestoreSecret'];

/** What each word of the manifest must come to, and nothing else. */
const uses: Record<Use, { environment: Record<string, string>; statements: Statement[] }> = {
  'table:read': { environment: { TABLE_NAME: '<DataTable>' }, statements: tableGrant(readItems, readKey) },
  'table:write': {
    environment: { TABLE_NAME: '<DataTable>' },
    statements: tableGrant([...readItems, ...writeItems], [...readKey, ...writeKey]),
  },
  'table:sale-links': {
    environment: { TABLE_NAME: '<DataTable>' },
    statements: [
      { actions: [...readItems, 'dynamodb:ConditionCheckItem'].toSorted(), resources: ['<DataTable.Arn>'] },
      {
        actions: ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: ['<DataTable.Arn>'],
        condition: {
          'ForAllValues:StringLike': {
            'dynamodb:LeadingKeys': ['SALE-LINKS', 'AUDIT#sale-link', 'AUDIT#sale-source'].map(
              (part) => `S#${'?'.repeat(26)}#${part}#*`,
            ),
          },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      },
      ...tableGrant([], [...readKey, ...writeKey]).slice(1),
    ],
  },
  'secret:app': {
    environment: { APP_SECRET_ID: '<AppSecret>' },
    statements: [{ actions: ['secretsmanager:GetSecretValue'], resources: ['<AppSecret>'] }],
  },
  'secret:meta': {
    environment: { META_SECRET_ID: '<MetaApp>' },
    statements: [{ actions: ['secretsmanager:GetSecretValue'], resources: ['<MetaApp>'] }],
  },
  'pictures:write': {
    environment: { PICTURE_BUCKET: '<Pictures>' },
    statements: files('Pictures', 'DeleteObject', 'GetObject', 'PutObject'),
  },
  'media:read': { environment: { MEDIA_BUCKET: '<MediaFiles>' }, statements: files('MediaFiles', 'GetObject') },
  'media:write': {
    environment: { MEDIA_BUCKET: '<MediaFiles>' },
    statements: [{ actions: ['s3:PutObject'], resources: ['<MediaFiles.Arn>/*'] }],
  },
  'media:erase': {
    environment: { MEDIA_BUCKET: '<MediaFiles>' },
    statements: [{ actions: ['s3:DeleteObject'], resources: ['<MediaFiles.Arn>/*'] }],
  },
  'files:read': { environment: { FILES_BUCKET: '<ShopFiles>' }, statements: files('ShopFiles', 'GetObject') },
  'files:write': {
    environment: { FILES_BUCKET: '<ShopFiles>' },
    statements: files('ShopFiles', 'DeleteObject', 'GetObject', 'PutObject'),
  },
  'archive:read': {
    environment: { ARCHIVE_BUCKET: '<Archive>' },
    statements: [
      { actions: ['s3:GetObject'], resources: ['<Archive.Arn>/claims/*', '<Archive.Arn>/webhooks/*'] },
      { actions: ['s3:ListBucket'], resources: ['<Archive.Arn>'] },
    ],
  },
  'archive:write': {
    environment: { ARCHIVE_BUCKET: '<Archive>' },
    statements: [{ actions: ['s3:PutObject'], resources: ['<Archive.Arn>/claims/*', '<Archive.Arn>/webhooks/*'] }],
  },
  'queue:inbound': sendsToWork('inbound'),
  'queue:statuses': sendsToWork('statuses'),
  'queue:outbound': sendsToWork('outbound'),
  'queue:media': sendsToWork('media'),
  'queue:notices': sendsToWork('notices'),
  'queue:leads': sendsToWork('leads'),
  'queue:jobs': sendsToWork('jobs'),
  'queue:personJobs': sendsToWork('personJobs'),
  'vault:tokens:read': vault('TOKEN_VAULT', 'tokens', 'GetSecretValue'),
  'vault:tokens': vault('TOKEN_VAULT', 'tokens', ...vaultVerbs),
  'vault:apps:read': vault('APP_VAULT', 'apps', 'GetSecretValue'),
  'vault:apps': vault('APP_VAULT', 'apps', ...vaultVerbs),
  'vault:pages:read': vault('PAGE_VAULT', 'pages', 'GetSecretValue'),
  'vault:pages': vault('PAGE_VAULT', 'pages', ...vaultVerbs),
  'vault:sales': vault('SALES_VAULT', 'sales', ...vaultVerbs),
  'guarded-https': { environment: { PRIVATE_HOSTS: '[]' }, statements: [] },
  directory: {
    environment: { USER_POOL_ID: '<UsersPool>' },
    statements: [
      {
        actions: [
          'cognito-idp:AdminCreateUser',
          'cognito-idp:AdminDeleteUser',
          'cognito-idp:AdminDisableUser',
          'cognito-idp:AdminEnableUser',
          'cognito-idp:AdminGetUser',
          'cognito-idp:AdminUserGlobalSignOut',
        ],
        resources: ['<UsersPool.Arn>'],
      },
    ],
  },
  'click-to-chat': { environment: { CLICK_TO_CHAT_URL: 'https://wa.me' }, statements: [] },
  graph: { environment: { GRAPH_URL: 'https://graph.facebook.com' }, statements: [] },
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
  if ('queue' in on) {
    const verbs = ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'];
    return [{ actions: verbs.map((verb) => `sqs:${verb}`), resources: [`<${pascal(on.queue)}Queue.Arn>`] }];
  }
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
      '<Archive.Arn>/claims/*',
      '<Archive.Arn>/webhooks/*',
      '<DataTable.Arn>/stream/*',
      '<MediaFiles.Arn>/*',
      '<Pictures.Arn>/*',
      '<ShopFiles.Arn>/*',
      'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<ExpirySchedulesGroup>/*',
      vaultArn('apps'),
      vaultArn('pages'),
      vaultArn('sales'),
      vaultArn('tokens'),
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

describe('each queue of the manifest', () => {
  const all = Object.entries(queues) as [QueueName, QueueEntry][];
  const consumersOf = (name: QueueName) => entries.filter(([, { on }]) => 'queue' in on && on.queue === name);
  const propertiesOfQueue = (id: string) => inWords(templates, only(templates.data, 'AWS::SQS::Queue', id));

  it('is one of the queues of the data stack, with its dead letters, and there are no others', () => {
    const made = resourcesOf(templates.data, 'AWS::SQS::Queue').map(([id]) => id.replace(/[0-9A-F]{8}$/, ''));
    const wanted = all.flatMap(([name]) => [`${pascal(name)}DeadLetters`, `${pascal(name)}Queue`]);
    expect(made.sort()).toEqual(wanted.sort());
  });

  it.each(all)('%s is encrypted, keeps for 14 days and puts aside what fails', (name, entry) => {
    const suffix = entry.fifo ? '.fifo' : '';
    const order = { DeduplicationScope: 'messageGroup', FifoQueue: true, FifoThroughputLimit: 'perMessageGroupId' };
    expect(propertiesOfQueue(`${pascal(name)}Queue`)).toEqual({
      ...(entry.fifo && order),
      MessageRetentionPeriod: 1_209_600,
      QueueName: `vidriera-dev-${name}${suffix}`,
      RedrivePolicy: {
        deadLetterTargetArn: `<${pascal(name)}DeadLetters.Arn>`,
        maxReceiveCount: entry.maxReceives,
      },
      SqsManagedSseEnabled: true,
      VisibilityTimeout: entry.visibilitySeconds,
    });
    const source = `arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:vidriera-dev-${name}${suffix}`;
    expect(propertiesOfQueue(`${pascal(name)}DeadLetters`)).toEqual({
      ...(entry.fifo && { FifoQueue: true }),
      MessageRetentionPeriod: 1_209_600,
      QueueName: `vidriera-dev-${name}-dead${suffix}`,
      RedriveAllowPolicy: { redrivePermission: 'byQueue', sourceQueueArns: [source] },
      SqsManagedSseEnabled: true,
    });
  });

  it.each(all)('%s is fed, and worked off by one function that answers in part and has its time', (name, entry) => {
    expect(entries.some(([, { uses: words }]) => words.includes(`queue:${name}`))).toBe(true);
    const [found, ...others] = consumersOf(name);
    expect(others).toEqual([]);
    if (found === undefined) throw new Error(`nobody works off ${name}`);
    const [consumer, { on, timeoutSeconds }] = found;
    if (!('queue' in on)) throw new Error('a consumer without a queue');
    expect(entry.visibilitySeconds).toBeGreaterThanOrEqual(6 * timeoutSeconds);
    expect(inWords(templates, only(service, 'AWS::Lambda::EventSourceMapping', `${consumer}Work`))).toEqual({
      BatchSize: on.batchSize,
      EventSourceArn: `<${pascal(name)}Queue.Arn>`,
      FunctionName: `<${functionLogicalId(consumer)}>`,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: on.maxConcurrency },
      ...(on.windowSeconds !== undefined && { MaximumBatchingWindowInSeconds: on.windowSeconds }),
    });
    expect(on.maxConcurrency).toBeGreaterThanOrEqual(2);
    expect(on.batchSize <= 10 || (!entry.fifo && (on.windowSeconds ?? 0) >= 1)).toBe(true);
  });

  it('takes nothing without TLS', () => {
    const policies = resourcesOf(templates.data, 'AWS::SQS::QueuePolicy');
    expect(policies).toHaveLength(2 * all.length);
    for (const [, { Properties }] of policies) {
      expect(Properties?.['PolicyDocument'].Statement).toMatchObject([
        { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ]);
    }
  });
});

describe('environment', () => {
  it('names no host of AWS', () => {
    const values = entries.flatMap(([name]) =>
      Object.values(inWords(templates, propertiesOf(name)['Environment'].Variables) as object),
    );
    expect(values.filter((value) => String(value).includes('amazonaws'))).toEqual([]);
    const outside = values.filter((value) => String(value).includes('://'));
    expect(new Set(outside)).toEqual(new Set(['https://graph.facebook.com', 'https://wa.me']));
  });
});
