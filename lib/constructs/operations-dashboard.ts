import { Duration } from 'aws-cdk-lib';
import { type Alarm, AlarmStatusWidget, Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { ServiceStack } from '../stacks/service-stack.ts';
import type { StageConfig } from '../stages.ts';
import { apiMetric, ownMetric, scheduleMetric } from './alarms.ts';

/** What the dashboard shows. */
export interface OperationsDashboardProps {
  stage: StageConfig;
  data: DataStack;
  service: ServiceStack;
  alarms: Alarm[];
}

const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
  new GraphWidget({ title, left, right, width: 8, height: 6, period: Duration.minutes(5) });

const edgeRow = (stage: StageConfig, service: ServiceStack): GraphWidget[] => {
  const apiId = service.api.api.ref;
  return [
    graph('Requests and failures', [apiMetric('Count', apiId)], [apiMetric('4xx', apiId), apiMetric('5xx', apiId)]),
    graph('Time to answer, ms', [apiMetric('Latency', apiId, 'p50'), apiMetric('Latency', apiId, 'p99')]),
    graph('Stock', [ownMetric(stage, 'StockDrift')], [ownMetric(stage, 'OverdueCheckoutAge')]),
  ];
};

const functionRow = (service: ServiceStack): GraphWidget[] => {
  const functions = [...service.functions.values()];
  return [
    graph(
      'Function errors',
      functions.map(({ lambda, name: label }) => lambda.metricErrors({ label })),
    ),
    graph(
      'Function time, p99',
      functions.map(({ lambda, name: label }) => lambda.metricDuration({ label, statistic: 'p99' })),
    ),
    graph(
      'Function calls',
      functions.map(({ lambda, name: label }) => lambda.metricInvocations({ label })),
    ),
  ];
};

const workRow = (data: DataStack, service: ServiceStack): GraphWidget[] => {
  const { table } = data.table;
  const waiting = Object.entries(service.deadLetters).map(([label, queue]) =>
    queue.metricApproximateNumberOfMessagesVisible({ label }),
  );
  return [
    graph('Table units', [table.metricConsumedReadCapacityUnits()], [table.metricConsumedWriteCapacityUnits()]),
    graph('Dead letters', waiting),
    graph('Expiries called', [scheduleMetric('InvocationAttemptCount', service.expiries.name)]),
  ];
};

const queueRow = (data: DataStack): GraphWidget[] => {
  const queues = Object.values(data.queues);
  return [
    graph(
      'Queues: age of the oldest message, s',
      queues.map(({ queue, name: label }) =>
        queue.metricApproximateAgeOfOldestMessage({ label, statistic: 'Maximum' }),
      ),
    ),
    graph(
      'Queues: messages that wait',
      queues.map(({ queue, name: label }) => queue.metricApproximateNumberOfMessagesVisible({ label })),
    ),
    graph(
      'Queues: dead letters',
      queues.map(({ deadLetters, name: label }) => deadLetters.metricApproximateNumberOfMessagesVisible({ label })),
    ),
  ];
};

const whatsappRow = (stage: StageConfig): GraphWidget[] => [
  graph(
    'WhatsApp: what came for nobody, or unreadable',
    ['UnaddressedEvents', 'UnaddressedStatuses', 'UnreadableWebhooks', 'UnreadableMessages'].map((name) =>
      ownMetric(stage, name),
    ),
  ),
  graph(
    'WhatsApp: overdue messages, s',
    [ownMetric(stage, 'OverdueMessageAge')],
    [ownMetric(stage, 'UnknownMessages')],
  ),
  graph(
    'WhatsApp: webhooks',
    ['WebhooksAccepted', 'WebhooksRefused', 'OwnWebhooksRefused', 'WebhooksUnaddressed'].map((name) =>
      ownMetric(stage, name).with({ statistic: 'Sum' }),
    ),
  ),
  graph('WhatsApp: numbers', [ownMetric(stage, 'ConnectionsStopped'), ownMetric(stage, 'ConnectionsNotChecked')]),
];

/** One page from the customers' edge down to the table: alarms, API, functions, queues, schedules, stock. */
export class OperationsDashboard extends Construct {
  constructor(scope: Construct, id: string, { stage, data, service, alarms }: OperationsDashboardProps) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', {
      dashboardName: `vidriera-${stage.stage}`,
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 5 })],
        edgeRow(stage, service),
        functionRow(service),
        queueRow(data),
        whatsappRow(stage),
        workRow(data, service),
      ],
    });
  }
}
