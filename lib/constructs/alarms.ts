import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';

/** Where alarms go. */
export interface AlarmsProps {
  stage: StageConfig;
}

/** One alarm: what is measured, when it is too much, who is hurt, and where it says what to do. */
export interface AlarmRule {
  metric: IMetric;
  /** Goes off at this value and above; with `below`, under it. */
  threshold: number;
  hurt: string;
  /** Heading of its article in docs/operations.md, without `Alarm: `. */
  article: string;
  /** @default 1 */
  periods?: number;
  /** @default false */
  below?: boolean;
  /**
   * What it means when there are no figures.
   * @default TreatMissingData.NOT_BREACHING
   */
  missing?: TreatMissingData;
}

const runbook = (article: string): string =>
  `docs/operations.md#${`alarm ${article}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')}`;

/** All alarms of a stage and the topic they go to. */
export class Alarms extends Construct {
  readonly topic: ITopic;
  readonly all: Alarm[] = [];

  constructor(scope: Construct, id: string, { stage }: AlarmsProps) {
    super(scope, id);
    this.topic = this.#topicOf(stage);
  }

  /** Watches a metric. */
  add(
    id: string,
    {
      metric,
      threshold,
      hurt,
      article,
      periods = 1,
      below = false,
      missing = TreatMissingData.NOT_BREACHING,
    }: AlarmRule,
  ): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `Who is hurt: ${hurt}. What to do: ${runbook(article)}`,
      comparisonOperator: below
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      metric,
      threshold,
      treatMissingData: missing,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    this.all.push(alarm);
  }

  #topicOf({ stage, alarmEmail, alarmTopicArn }: StageConfig): ITopic {
    if (alarmTopicArn !== undefined) return Topic.fromTopicArn(this, 'Topic', alarmTopicArn);
    const topic = new Topic(this, 'Topic', { displayName: `Vidriera ${stage}`, enforceSSL: true });
    // The topic's own policy takes the place of SNS's, which would let alarms in.
    topic.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sns:Publish'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [topic.topicArn],
      }),
    );
    if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail));
    return topic;
  }
}

/** A figure that our functions publish. */
export const ownMetric = (stage: StageConfig, metricName: string): Metric =>
  new Metric({
    namespace: 'Vidriera',
    metricName,
    dimensionsMap: { service: `vidriera-${stage.stage}` },
    period: Duration.minutes(1),
    statistic: 'Maximum',
  });

/** A figure of the scheduler about one group. */
export const scheduleMetric = (metricName: string, groupName: string): Metric =>
  new Metric({
    namespace: 'AWS/Scheduler',
    metricName,
    dimensionsMap: { ScheduleGroup: groupName },
    period: Duration.minutes(5),
    statistic: 'Sum',
  });

/** A figure of the API over all its routes. */
export const apiMetric = (metricName: string, apiId: string, statistic = 'Sum'): Metric =>
  new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId: apiId },
    period: Duration.minutes(5),
    statistic,
  });
