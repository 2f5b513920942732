import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Operation } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { type FunctionEntry, manifest } from '../../functions/manifest.ts';
import { Alarms, apiMetric, ownMetric, scheduleMetric } from '../constructs/alarms.ts';
import { OperationsDashboard } from '../constructs/operations-dashboard.ts';
import type { ServiceFunction } from '../constructs/service-function.ts';
import { watchWhatsApp } from '../constructs/whatsapp-alarms.ts';
import type { WorkQueue } from '../constructs/work-queue.ts';
import type { StageConfig } from '../stages.ts';
import type { DataStack, VidrieraStackProps } from './data-stack.ts';
import type { ServiceStack } from './service-stack.ts';

/** What is watched. */
export interface OperationsStackProps extends VidrieraStackProps {
  data: DataStack;
  service: ServiceStack;
}

const MINUTES_5 = { period: Duration.minutes(5) };
const operations = [
  Operation.GET_ITEM,
  Operation.BATCH_GET_ITEM,
  Operation.QUERY,
  Operation.PUT_ITEM,
  Operation.UPDATE_ITEM,
  Operation.DELETE_ITEM,
  Operation.TRANSACT_WRITE_ITEMS,
];

/** How long is too long for a function that recurs: a quarter of an hour, two turns of hours, or two days. */
const silence = (every: string) => {
  const [, hours] = /^rate\((\d+) hours?\)$/.exec(every) ?? [];
  if (hours !== undefined) return { period: Duration.hours(Number(hours)), periods: 2 };
  return every.startsWith('rate(')
    ? { period: Duration.minutes(15), periods: 1 }
    : { period: Duration.days(1), periods: 2 };
};

/** Who is told when something goes wrong, and the pictures to look at then. */
export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, { stage, data, service, ...props }: OperationsStackProps) {
    super(scope, id, props);
    const alarms = new Alarms(this, 'Alarms', { stage });
    for (const fn of service.functions.values()) this.#watchFunction(alarms, fn);
    this.#watchWaiting(alarms, service);
    for (const queue of Object.values(data.queues)) this.#watchQueue(alarms, queue);
    this.#watchEdges(alarms, data, service);
    this.#watchInvariants(alarms, stage);
    watchWhatsApp(alarms, stage);
    new OperationsDashboard(this, 'Dashboard', { stage, data, service, alarms: alarms.all });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarms.topic.topicArn });
  }

  #watchFunction(alarms: Alarms, { name, hurt, lambda }: ServiceFunction): void {
    const { on }: FunctionEntry = manifest[name];
    const errors = { metric: lambda.metricErrors(MINUTES_5), threshold: 1, hurt, article: `${name} errors` };
    alarms.add(`${name}Errors`, errors);
    const throttles = { metric: lambda.metricThrottles(MINUTES_5), threshold: 1, hurt, article: 'function throttled' };
    alarms.add(`${name}Throttles`, throttles);
    if (!('every' in on)) return;
    const { period, periods } = silence(on.every);
    alarms.add(`${name}Silent`, {
      metric: lambda.metricInvocations({ period }),
      threshold: 1,
      below: true,
      missing: TreatMissingData.BREACHING,
      periods,
      hurt,
      article: 'recurring function silent',
    });
  }

  #watchWaiting(alarms: Alarms, { deadLetters, functions }: ServiceStack): void {
    for (const [name, queue] of Object.entries(deadLetters)) {
      const metric = queue.metricApproximateNumberOfMessagesVisible({ ...MINUTES_5, statistic: 'Maximum' });
      alarms.add(`${name}DeadLetters`, { metric, threshold: 1, hurt: queue.hurt, article: `${name} dead letters` });
    }
    const relays = [...functions.values()].filter(({ name }) => 'stream' in manifest[name].on);
    for (const { name, hurt, lambda } of relays) {
      const metric = lambda.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'Maximum' });
      alarms.add(`${name}Late`, { metric, threshold: 60_000, periods: 5, hurt, article: 'changes relayed late' });
    }
  }

  #watchQueue(alarms: Alarms, { name, entry, queue, deadLetters }: WorkQueue): void {
    const { hurt, lateSeconds } = entry;
    const period = { period: Duration.minutes(1), statistic: 'Maximum' };
    alarms.add(`${name}QueueLate`, {
      metric: queue.metricApproximateAgeOfOldestMessage(period),
      threshold: lateSeconds,
      periods: 3,
      hurt,
      article: `${name} queue late`,
    });
    const metric = deadLetters.metricApproximateNumberOfMessagesVisible({ ...MINUTES_5, statistic: 'Maximum' });
    alarms.add(`${name}QueueDeadLetters`, { metric, threshold: 1, hurt, article: `${name} queue dead letters` });
  }

  #watchEdges(alarms: Alarms, data: DataStack, { api, expiries, recurring }: ServiceStack): void {
    const hurt = 'shoppers or sellers get errors instead of answers';
    alarms.add('ApiFailures', { metric: apiMetric('5xx', api.api.ref), threshold: 5, hurt, article: 'api failures' });
    for (const [name, group] of Object.entries({ expiry: expiries, recurring })) {
      const metric = scheduleMetric('InvocationDroppedCount', group.name);
      const rule = { metric, threshold: 1, hurt: group.deadLetterQueue.hurt, article: 'schedules dropped' };
      alarms.add(`${name}Dropped`, rule);
    }
    const { table } = data.table;
    const throttled = table.metricThrottledRequestsForOperations({ operations, ...MINUTES_5 });
    const slow = 'shoppers wait, and some are asked to try again';
    alarms.add('TableThrottled', {
      metric: throttled,
      threshold: 10,
      periods: 2,
      hurt: slow,
      article: 'table throttled',
    });
    const failed = table.metricSystemErrorsForOperations({ operations, ...MINUTES_5 });
    alarms.add('TableFailures', { metric: failed, threshold: 5, periods: 2, hurt, article: 'table failures' });
  }

  #watchInvariants(alarms: Alarms, stage: StageConfig): void {
    alarms.add('StockDrift', {
      metric: ownMetric(stage, 'StockDrift'),
      threshold: 1,
      hurt: 'shops may sell what they do not have, or not sell what they have',
      article: 'stock drift',
      // The figure comes once a night: without a new one the last one stands.
      missing: TreatMissingData.IGNORE,
    });
    alarms.add('ShopsNotReconciled', {
      metric: ownMetric(stage, 'ShopsNotReconciled'),
      threshold: 1,
      hurt: 'in some shops nobody would learn of a drift between stock, ledger and checkouts',
      article: 'shops not reconciled',
      missing: TreatMissingData.IGNORE,
    });
    alarms.add('OverdueCheckouts', {
      metric: ownMetric(stage, 'OverdueCheckoutAge'),
      threshold: 120,
      periods: 3,
      hurt: 'stock of expired checkouts stays held and cannot be sold',
      article: 'overdue checkouts',
    });
  }
}
