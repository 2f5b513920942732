import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FunctionEntry, type FunctionName, manifest, type QueueEntry, queues } from '../../functions/manifest.ts';
import { webhookFigures } from '../../functions/webhooks/accept-webhook.ts';
import { stackNames } from '../../lib/app.ts';
import { functionLogicalId } from '../../lib/constructs/service-function.ts';
import { inWords, only, resourcesOf, templatesOf } from './templates.ts';

const templates = templatesOf('prod');
const { data, operations, service } = templates;
const entries = Object.entries(manifest) as [FunctionName, FunctionEntry][];
const guide = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

interface Alarm {
  AlarmActions: unknown[];
  AlarmDescription: string;
  ComparisonOperator: string;
  Dimensions?: { Name: string; Value: unknown }[];
  EvaluationPeriods: number;
  MetricName?: string;
  Metrics?: object[];
  Namespace?: string;
  Period?: number;
  Threshold: number;
  TreatMissingData: string;
}

const alarms = resourcesOf(operations, 'AWS::CloudWatch::Alarm').map(
  ([, { Properties }]) => inWords(templates, Properties) as Alarm,
);
const alarmOn = (MetricName: string, dimension?: string): Alarm => {
  const found = alarms.filter(
    (alarm) =>
      alarm.MetricName === MetricName &&
      (dimension === undefined || alarm.Dimensions?.some(({ Value }) => Value === dimension)),
  );
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} alarms on ${MetricName} ${dimension}`);
  return first;
};
const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
const anchors = new Set([...guide.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading)));

describe('every alarm', () => {
  it.each(alarms.map((alarm) => [alarm.AlarmDescription, alarm] as const))('%s', (description, { AlarmActions }) => {
    const [, hurt, anchor] = /^Who is hurt: (.+)\. What to do: docs\/operations\.md#(.+)$/.exec(description) ?? [];
    expect(hurt).toMatch(/\w+ \w+/);
    expect(anchors).toContain(anchor);
    expect(AlarmActions).toEqual(['<AlarmsTopic>']);
  });

  it('has an article, and every article an alarm', () => {
    const named = new Set(alarms.map(({ AlarmDescription }) => AlarmDescription.split('#')[1]));
    expect([...anchors].filter((anchor) => anchor.startsWith('alarm-')).sort()).toEqual([...named].sort());
  });
});

describe('functions', () => {
  it.each(entries)('%s has alarms for errors and throttles that say who is hurt', (name, { hurt }) => {
    const id = `<${functionLogicalId(name)}>`;
    for (const metric of ['Errors', 'Throttles']) {
      expect(alarmOn(metric, id)).toMatchObject({ Namespace: 'AWS/Lambda', Period: 300, Threshold: 1 });
      expect(alarmOn(metric, id).AlarmDescription).toContain(hurt);
    }
  });

  /** How long the function of an alarm rests between two runs, in seconds. */
  const longestRest = ({ Dimensions }: Alarm): number => {
    const [, entry] = entries.find(([name]) => Dimensions?.[0]?.Value === `<${functionLogicalId(name)}>`) ?? [];
    if (entry === undefined || !('every' in entry.on)) throw new Error('an alarm for a function that does not recur');
    const [, count = '1', unit = 'day'] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(entry.on.every) ?? [];
    return Number(count) * { minute: 60, hour: 3600, day: 86_400 }[unit as 'minute' | 'hour' | 'day'];
  };

  it('that recur have an alarm for not running at all, and not before their next run is due', () => {
    const silent = alarms.filter(({ MetricName }) => MetricName === 'Invocations');
    expect(silent).toHaveLength(entries.filter(([, { on }]) => 'every' in on).length);
    for (const alarm of silent) {
      expect(alarm).toMatchObject({ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' });
      const seconds = (alarm.Period ?? 0) * alarm.EvaluationPeriods;
      expect(seconds).toBeLessThanOrEqual(7 * 86_400);
      expect(seconds).toBeGreaterThan(longestRest(alarm));
    }
  });

  it('that follow the table have an alarm for being late', () => {
    expect(alarmOn('IteratorAge', '<RelayChangesFunction>')).toMatchObject({ Threshold: 60_000, EvaluationPeriods: 5 });
  });
});

describe('queues', () => {
  const bare = (id: string) => id.replace(/[0-9A-F]{8}$/, '');
  const idsIn = (template: typeof data) => resourcesOf(template, 'AWS::SQS::Queue').map(([id]) => bare(id));
  const deadLetters = [...idsIn(service), ...idsIn(data)].filter((id) => id.endsWith('DeadLetters'));

  it('of dead letters all have an alarm for anything waiting in them', () => {
    const watched = alarms
      .filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible')
      .map(({ Dimensions, Threshold }) => `${Dimensions?.[0]?.Value} ${Threshold}`);
    expect(watched.sort()).toEqual(deadLetters.map((id) => `<${id}.QueueName> 1`).sort());
  });

  it.each(Object.entries<QueueEntry>(queues))('%s have alarms that say who is hurt', (name, { hurt, lateSeconds }) => {
    const id = name.charAt(0).toUpperCase() + name.slice(1);
    const late = alarmOn('ApproximateAgeOfOldestMessage', `<${id}Queue.QueueName>`);
    expect(late).toMatchObject({ Threshold: lateSeconds, Period: 60, EvaluationPeriods: 3 });
    const dead = alarmOn('ApproximateNumberOfMessagesVisible', `<${id}DeadLetters.QueueName>`);
    for (const { AlarmDescription } of [late, dead]) expect(AlarmDescription).toContain(hurt);
    expect(dead.AlarmDescription).toContain(`#alarm-${name.toLowerCase()}-queue-dead-letters`);
    expect(guide).toContain(`npm run redrive -- --queue ${name} --stage`);
  });
});

describe('invariants', () => {
  it('have alarms on what our functions publish, by stage', () => {
    const service = [{ Name: 'service', Value: 'vidriera-prod' }];
    expect(alarmOn('StockDrift')).toMatchObject({ Namespace: 'Vidriera', Dimensions: service, Threshold: 1 });
    expect(alarmOn('OverdueCheckoutAge')).toMatchObject({ Namespace: 'Vidriera', Dimensions: service, Threshold: 120 });
    expect(alarmOn('OverdueMessageAge')).toMatchObject({ Namespace: 'Vidriera', Dimensions: service, Threshold: 600 });
  });
});

describe('webhooks', () => {
  const sum = (MetricName: string) => ({
    MetricStat: {
      Metric: { Namespace: 'Vidriera', MetricName, Dimensions: [{ Name: 'service', Value: 'vidriera-prod' }] },
      Period: 900,
      Stat: 'Sum',
    },
  });

  it('have an alarm for a secret that is not Meta’s any more, which strangers cannot set off while Meta is let in', () => {
    const [alarm, ...others] = alarms.filter(({ AlarmDescription }) => AlarmDescription.endsWith('-webhooks-refused'));
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({ Threshold: 5, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' });
    expect(alarm?.Metrics).toMatchObject([
      { Expression: 'IF(accepted == 0, refused, 0)', ReturnData: true },
      { Id: 'accepted', ReturnData: false, ...sum('WebhooksAccepted') },
      { Id: 'refused', ReturnData: false, ...sum('WebhooksRefused') },
    ]);
  });
});

describe('figures of our functions', () => {
  const sources = globSync('functions/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const watched = JSON.stringify(alarms);
  /** Told by themselves, and only looked at: strangers make them, or the alarm on another one has them. */
  const onlyShown = ['OwnWebhooksRefused', 'WebhooksUnaddressed'];

  it('that alarms watch are published somewhere', () => {
    const own = alarms.flatMap(({ Namespace, MetricName = '' }) => (Namespace === 'Vidriera' ? [MetricName] : []));
    expect(own.filter((name) => !sources.some((source) => source.includes(`'${name}'`)))).toEqual([]);
  });

  it('are watched by an alarm, or shown at least', () => {
    const direct = sources.flatMap((source) => [...source.matchAll(/publishMetric\('(\w+)'/g)].map(([, name]) => name));
    const published = [...new Set([...direct, ...Object.values(webhookFigures)])];
    expect(published.length).toBeGreaterThan(15);
    expect(published.filter((name) => !watched.includes(`"MetricName":"${name}"`)).sort()).toEqual(onlyShown);
    const shown = JSON.stringify(only(operations, 'AWS::CloudWatch::Dashboard'));
    for (const name of onlyShown) expect(shown).toContain(name);
  });
});

describe('the guide', () => {
  const articleOf = (title: string): string => guide.split(`### Alarm: ${title}\n`)[1]?.split('\n### ')[0] ?? '';

  it('says what stays undone of changes that were passed over, and how they are handed over again', () => {
    const alarm = alarmOn('ApproximateNumberOfMessagesVisible', '<RelayDeadLetters.QueueName>');
    for (const text of [alarm.AlarmDescription, articleOf('relay dead letters')]) {
      expect(text).toMatch(/pending/);
      expect(text).toMatch(/not told/);
    }
    const commands = ['get-shard-iterator', 'get-records', 'lambda invoke', 'sweepMessages', 'npm run redrive'];
    for (const command of commands) expect(articleOf('relay dead letters')).toContain(command);
  });

  it('keeps webhooks out of the rules of a web ACL', () => {
    expect(guide.split('webAclArn`. ')[1]?.split('\n\n')[0]).toContain('`/webhooks/*`');
  });

  it('has no two headings that lead to the same place', () => {
    const headings = [...guide.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading));
    expect(headings.filter((heading, position) => headings.indexOf(heading) !== position)).toEqual([]);
  });

  it('sends its readers to places that there are', () => {
    const wanted = [...guide.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(wanted.filter((anchor) => !anchors.has(anchor))).toEqual([]);
  });
});

describe('edges', () => {
  it('have alarms: API, schedules, table', () => {
    expect(alarmOn('5xx')).toMatchObject({
      Namespace: 'AWS/ApiGateway',
      Dimensions: [{ Name: 'ApiId', Value: '<HttpApi>' }],
    });
    for (const group of ['Expiry', 'Recurring']) {
      expect(alarmOn('InvocationDroppedCount', `<${group}SchedulesGroup>`)).toMatchObject({ Threshold: 1 });
    }
    expect(alarms.filter(({ Metrics }) => JSON.stringify(Metrics ?? '').includes('ThrottledRequests'))).toHaveLength(1);
    expect(alarms.filter(({ Metrics }) => JSON.stringify(Metrics ?? '').includes('SystemErrors'))).toHaveLength(1);
  });
});

describe('alarms are sent', () => {
  it('to a topic over TLS, and by mail where an address is given', () => {
    const mailed = templatesOf('prod', { alarmEmail: 'ops@example.com' }).operations;
    expect(only(mailed, 'AWS::SNS::Subscription')).toMatchObject({ Endpoint: 'ops@example.com', Protocol: 'email' });
    expect(resourcesOf(operations, 'AWS::SNS::Subscription')).toEqual([]);
    expect(JSON.stringify(only(operations, 'AWS::SNS::TopicPolicy'))).toContain('aws:SecureTransport');
  });

  it('to a topic of the operator where one is named', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-west-1:111122223333:pager';
    const template = templatesOf('prod', { alarmTopicArn }).operations;
    expect(resourcesOf(template, 'AWS::SNS::Topic')).toEqual([]);
    for (const [, { Properties }] of resourcesOf(template, 'AWS::CloudWatch::Alarm')) {
      expect(Properties?.['AlarmActions']).toEqual([alarmTopicArn]);
    }
  });
});

describe('stacks', () => {
  it('import only from those before them', () => {
    const importsOf = (text: string) =>
      [...text.matchAll(/"Fn::ImportValue":"vidriera-prod-(\w+):/g)].map(([, name]) => name);
    for (const [position, name] of stackNames.entries()) {
      const before: readonly (string | undefined)[] = stackNames.slice(0, position);
      expect(importsOf(JSON.stringify(templates[name])).filter((other) => !before.includes(other))).toEqual([]);
    }
  });

  it('have one dashboard under a name that operators can find', () => {
    expect(only(operations, 'AWS::CloudWatch::Dashboard')['DashboardName']).toBe('vidriera-prod');
  });
});

describe('the topic of the alarms', () => {
  it('lets CloudWatch of this account publish, and nobody without TLS', () => {
    const { PolicyDocument } = only(operations, 'AWS::SNS::TopicPolicy');
    const statements = PolicyDocument.Statement as { Effect: string; Action: string; Principal: unknown }[];
    expect(statements.find(({ Effect }) => Effect === 'Allow')).toMatchObject({
      Action: 'sns:Publish',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      Principal: { Service: 'cloudwatch.amazonaws.com' },
    });
    expect(statements.some(({ Effect }) => Effect === 'Deny')).toBe(true);
  });
});
