import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { ServiceFunction } from './service-function.ts';

/** What the group's schedules call. */
export interface ScheduleGroupProps {
  /** @default - CloudFormation makes one up */
  groupName?: string;
  /** Where a call goes that the scheduler could not make. */
  deadLetterQueue: DeadLetterQueue;
}

/** A group of EventBridge schedules, and the role under which they call their targets. */
export class ScheduleGroup extends Construct {
  readonly deadLetterQueue: DeadLetterQueue;
  readonly name: string;
  readonly role: Role;
  readonly #group: CfnScheduleGroup;

  constructor(scope: Construct, id: string, { groupName, deadLetterQueue }: ScheduleGroupProps) {
    super(scope, id);
    const group = new CfnScheduleGroup(this, 'Group', { ...(groupName && { name: groupName }) });
    this.#group = group;
    this.name = group.ref;
    this.deadLetterQueue = deadLetterQueue;
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnEquals: { 'aws:SourceArn': group.attrArn },
        },
      }),
    });
    this.role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetterQueue.queueArn] }));
  }

  /** Lets the schedules of this group call the function. */
  allowCalling(target: ServiceFunction): void {
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.lambda.functionArn] }),
    );
  }

  /** Lets the function make schedules in this group that call the target once, and tells it all they are made of. */
  bindExpiry(fn: ServiceFunction, target: ServiceFunction): void {
    fn.tell('EXPIRY_SCHEDULE_GROUP', this.name);
    fn.tell('EXPIRY_TARGET_ARN', target.lambda.functionArn);
    fn.tell('EXPIRY_ROLE_ARN', this.role.roleArn);
    fn.tell('EXPIRY_DEAD_LETTER_ARN', this.deadLetterQueue.queueArn);
    const schedules = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.name}/*`,
    });
    fn.allow({ actions: ['scheduler:CreateSchedule'], resources: [schedules] });
    const group = `arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<${Stack.of(this).getLogicalId(this.#group)}>`;
    acknowledge(fn.role, {
      [`AwsSolutions-IAM5[Resource::${group}/*]`]:
        'each checkout has a schedule of its own name; the group is the bound',
    });
    fn.allow({
      actions: ['iam:PassRole'],
      resources: [this.role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    });
  }
}
