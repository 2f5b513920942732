import { describe, expect, it } from 'vitest';
import { type FunctionEntry, manifest } from '../../functions/manifest.ts';
import { inWords, only, resourcesOf, statementsOf, templatesOf } from './templates.ts';

const templates = templatesOf('dev');
const { service } = templates;
const recurring = Object.entries<FunctionEntry>(manifest).flatMap(([name, { on }]) => ('every' in on ? [name] : []));
const words = (value: unknown) => inWords(templates, value);

describe('API', () => {
  it('takes access tokens of our user pool for the console', () => {
    expect(words(only(service, 'AWS::ApiGatewayV2::Authorizer'))).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: {
        Audience: ['<UsersConsoleClient>'],
        Issuer: 'https://cognito-idp.<AWS::Region>.<AWS::URLSuffix>/<UsersPool>',
      },
    });
  });

  it('has one stage, without a name in the path, with limits', () => {
    expect(only(service, 'AWS::ApiGatewayV2::Stage')).toMatchObject({
      AutoDeploy: true,
      DefaultRouteSettings: { DetailedMetricsEnabled: true, ThrottlingBurstLimit: 400, ThrottlingRateLimit: 200 },
      StageName: '$default',
    });
  });

  it('logs the route, and never a path, a query or who called', () => {
    const { Format, DestinationArn } = only(service, 'AWS::ApiGatewayV2::Stage')['AccessLogSettings'];
    const variables = [...String(Format).matchAll(/\$context\.[\w.]+/g)].map(([variable]) => variable);
    expect(variables).toContain('$context.routeKey');
    expect(variables.filter((variable) => /path|ip|query|user|header|claims/i.test(variable))).toEqual([]);
    expect(words(DestinationArn)).toBe('<HttpApiAccessLog.Arn>');
  });

  it('may call the functions, and nobody else may but Cognito', () => {
    const served = Object.values<FunctionEntry>(manifest).filter(({ on }) => 'http' in on);
    const principals = resourcesOf(service, 'AWS::Lambda::Permission').map(([, { Properties = {} }]) => {
      expect(Properties).toHaveProperty('SourceArn');
      return Properties['Principal'];
    });
    expect(principals.sort()).toEqual([
      ...Array(served.length).fill('apigateway.amazonaws.com'),
      'cognito-idp.amazonaws.com',
    ]);
  });
});

describe('schedules', () => {
  it('of checkouts live in a group that operators can name', () => {
    expect(only(service, 'AWS::Scheduler::ScheduleGroup', 'Expiry')).toEqual({ Name: 'vidriera-dev-expiry' });
  });

  it.each(['Expiry', 'Recurring'])('of %s run under a role that only they can take', (name) => {
    const [[, role] = ['', undefined]] = resourcesOf(service, 'AWS::IAM::Role').filter(([id]) =>
      id.startsWith(`${name}SchedulesRole`),
    );
    expect(words(role?.Properties?.['AssumeRolePolicyDocument'].Statement)).toEqual([
      {
        Action: 'sts:AssumeRole',
        Condition: {
          ArnEquals: { 'aws:SourceArn': `<${name}SchedulesGroup.Arn>` },
          StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
        },
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
      },
    ]);
  });

  it.each([
    ['Expiry', ['ExpireCheckout']],
    ['Recurring', recurring.map((name) => name.charAt(0).toUpperCase() + name.slice(1))],
  ])('of %s may call %j and put aside what fails', (name, targets) => {
    const [[roleId] = ['']] = resourcesOf(service, 'AWS::IAM::Role').filter(([id]) =>
      id.startsWith(`${name}SchedulesRole`),
    );
    const allowed = statementsOf(templates, 'service', roleId).flatMap(({ actions, resources }) =>
      resources.map((resource) => `${actions.join()} ${resource}`),
    );
    const calls = targets.map((target) => `lambda:InvokeFunction <${target}Function.Arn>`);
    expect(allowed.sort()).toEqual([...calls, `sqs:SendMessage <${name}DeadLetters.Arn>`].sort());
  });

  it.each([
    ['sweepCheckouts', 'rate(1 minute)'],
    ['reconcileStock', 'cron(0 6 * * ? *)'],
  ])('call %s at %s', (name, expression) => {
    const target = `${name.charAt(0).toUpperCase()}${name.slice(1)}Function`;
    expect(words(only(service, 'AWS::Scheduler::Schedule', name))).toMatchObject({
      FlexibleTimeWindow: { Mode: 'OFF' },
      GroupName: '<RecurringSchedulesGroup>',
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: 'UTC',
      Target: {
        Arn: `<${target}.Arn>`,
        DeadLetterConfig: { Arn: '<RecurringDeadLetters.Arn>' },
        RetryPolicy: { MaximumEventAgeInSeconds: 300, MaximumRetryAttempts: 3 },
        RoleArn: '<RecurringSchedulesRole.Arn>',
      },
    });
  });

  it('put aside an event that their function failed at, for the scheduler calls without waiting', () => {
    const queueOf = (id: string) => words(service.Resources[id]?.Properties?.['DeadLetterConfig']);
    expect(queueOf('ExpireCheckoutFunction')).toEqual({ TargetArn: '<ExpiryDeadLetters.Arn>' });
    expect(queueOf('SweepCheckoutsFunction')).toEqual({ TargetArn: '<RecurringDeadLetters.Arn>' });
    expect(queueOf('ReconcileStockFunction')).toEqual({ TargetArn: '<RecurringDeadLetters.Arn>' });
    expect(queueOf('StorefrontFunction')).toBeUndefined();
  });
});

describe('changes of the table', () => {
  it('go to the relay from the first on, whole, with an end to trying', () => {
    expect(words(only(service, 'AWS::Lambda::EventSourceMapping', 'ChangeRelay'))).toEqual({
      BatchSize: 100,
      BisectBatchOnFunctionError: false,
      DestinationConfig: { OnFailure: { Destination: '<RelayDeadLetters.Arn>' } },
      EventSourceArn: '<DataTable.StreamArn>',
      FunctionName: '<RelayChangesFunction>',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: 0,
      MaximumRecordAgeInSeconds: 3600,
      MaximumRetryAttempts: 100,
      StartingPosition: 'TRIM_HORIZON',
    });
  });
});

describe('queues of this stack', () => {
  it('are all dead-letter queues that keep for 14 days, encrypted', () => {
    const queues = resourcesOf(service, 'AWS::SQS::Queue');
    expect(queues.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'ExpiryDeadLetters',
      'RecurringDeadLetters',
      'RelayDeadLetters',
    ]);
    for (const [, { Properties }] of queues) {
      expect(Properties).toEqual({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
    }
  });
});

describe('users', () => {
  const pool = only(service, 'AWS::Cognito::UserPool');

  it('sign in by e-mail, with a strong password, and only when invited', () => {
    expect(pool).toMatchObject({
      AdminCreateUserConfig: {
        AllowAdminCreateUserOnly: true,
        InviteMessageTemplate: { EmailMessage: expect.stringMatching(/\{username\}.*\{####\}/) },
      },
      UserPoolName: 'vidriera-dev',
      UsernameAttributes: ['email'],
      UserPoolTier: 'ESSENTIALS',
      Policies: { PasswordPolicy: { MinimumLength: 12, RequireNumbers: true, RequireSymbols: true } },
    });
  });

  it.each([
    ['dev', 'OPTIONAL', 'INACTIVE'],
    ['prod', 'ON', 'ACTIVE'],
  ])('of %s have a second factor %s and deletion protection %s', (stage, MfaConfiguration, DeletionProtection) => {
    const found = only(templatesOf(stage).service, 'AWS::Cognito::UserPool');
    expect(found).toMatchObject({ DeletionProtection, EnabledMfas: ['SOFTWARE_TOKEN_MFA'], MfaConfiguration });
  });

  it('get shop and role into their access tokens', () => {
    expect(words(pool['LambdaConfig'])).toEqual({
      PreTokenGenerationConfig: { LambdaArn: '<AddTokenClaimsFunction.Arn>', LambdaVersion: 'V2_0' },
    });
  });

  it('come through a public client with the code flow, which may write nothing that gives rights', () => {
    expect(only(service, 'AWS::Cognito::UserPoolClient')).toMatchObject({
      AllowedOAuthFlows: ['code'],
      CallbackURLs: ['https://site.invalid/console'],
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      GenerateSecret: false,
      WriteAttributes: ['email', 'name'],
    });
    expect(pool['Schema'].map(({ Name }: { Name: string }) => Name).sort()).toEqual(['email', 'name']);
  });

  it('come back to the domain of the stage where it has one', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/a';
    const own = templatesOf('prod', { domainName: 'shop.example.com', certificateArn });
    expect(only(own.service, 'AWS::Cognito::UserPoolClient')['CallbackURLs']).toEqual([
      'https://shop.example.com/console',
    ]);
    expect(resourcesOf(own.web, 'Custom::AWS')).toEqual([]);
  });

  it('see the sign-in page of the account and stage', () => {
    expect(words(only(service, 'AWS::Cognito::UserPoolDomain'))).toMatchObject({
      Domain: 'vidriera-dev-<AWS::AccountId>',
      ManagedLoginVersion: 2,
    });
    expect(words(only(service, 'AWS::Cognito::ManagedLoginBranding'))).toMatchObject({
      ClientId: '<UsersConsoleClient>',
      UseCognitoProvidedValues: true,
    });
  });
});

describe('logs', () => {
  it.each([
    ['dev', 7],
    ['prod', 30],
  ])('of %s are kept for %i days', (stage, days) => {
    for (const name of ['service', 'data'] as const) {
      for (const [, { Properties }] of resourcesOf(templatesOf(stage)[name], 'AWS::Logs::LogGroup')) {
        expect(Properties?.['RetentionInDays']).toBe(days);
      }
    }
  });
});
