import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { ScheduleGroup } from './schedule-group.ts';
import type { ServiceFunction } from './service-function.ts';

/** What to call, and when. */
export interface RecurringScheduleProps {
  /** `rate(1 minute)`, `cron(0 6 * * ? *)` in UTC. */
  every: string;
  group: ScheduleGroup;
  target: ServiceFunction;
}

/** Calls a function again and again. A call that is late by a few minutes is dropped: the next one does its work. */
export class RecurringSchedule extends Construct {
  constructor(scope: Construct, id: string, { every, group, target }: RecurringScheduleProps) {
    super(scope, id);
    group.allowCalling(target);
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: `${target.name}, ${every}`,
      flexibleTimeWindow: { mode: 'OFF' },
      groupName: group.name,
      scheduleExpression: every,
      scheduleExpressionTimezone: 'UTC',
      target: {
        arn: target.lambda.functionArn,
        deadLetterConfig: { arn: group.deadLetterQueue.queueArn },
        input: '{}',
        retryPolicy: { maximumEventAgeInSeconds: 300, maximumRetryAttempts: 3 },
        roleArn: group.role.roleArn,
      },
    });
    schedule.node.addDependency(group.role);
  }
}
