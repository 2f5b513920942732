import { ConflictException, CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { clientDefaults } from './clients.ts';

/** Where one-time schedules live, what they call, and as whom. */
export interface ScheduleTarget {
  groupName: string;
  targetArn: string;
  roleArn: string;
  deadLetterArn: string;
}

/** The environment that names where the schedules of checkouts live. */
export const expiryVariables = [
  'EXPIRY_SCHEDULE_GROUP',
  'EXPIRY_TARGET_ARN',
  'EXPIRY_ROLE_ARN',
  'EXPIRY_DEAD_LETTER_ARN',
] as const;

/** The schedules of checkouts, as the environment names them. */
export const expiryTarget = (env: Record<(typeof expiryVariables)[number], string>): ScheduleTarget => ({
  groupName: env.EXPIRY_SCHEDULE_GROUP,
  targetArn: env.EXPIRY_TARGET_ARN,
  roleArn: env.EXPIRY_ROLE_ARN,
  deadLetterArn: env.EXPIRY_DEAD_LETTER_ARN,
});

const atExpression = (at: Date): string => {
  const wholeSecond = new Date(Math.ceil(at.getTime() / 1000) * 1000);
  return `at(${wholeSecond.toISOString().slice(0, 19)})`;
};

/**
 * Calls the target with `input` once, within a minute after `at`. A schedule of that name that exists already is as
 * good as a new one. Source: EventBridge Scheduler user guide, "Schedule types" and "CreateSchedule".
 */
export const openScheduler = (
  target: ScheduleTarget,
  client: SchedulerClient = new SchedulerClient(clientDefaults),
) => ({
  callOnce: async (name: string, at: Date, input: object): Promise<void> => {
    try {
      await client.send(
        new CreateScheduleCommand({
          Name: name,
          GroupName: target.groupName,
          ScheduleExpression: atExpression(at),
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Target: {
            Arn: target.targetArn,
            RoleArn: target.roleArn,
            Input: JSON.stringify(input),
            DeadLetterConfig: { Arn: target.deadLetterArn },
            RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3600 },
          },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
    }
  },
});
