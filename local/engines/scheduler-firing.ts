import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Access } from './engine.ts';
import type { Alarm, Job } from './scheduler-alarm.ts';

/** What a schedule calls. */
export interface ScheduleTarget {
  Arn: string;
  RoleArn: string;
  Input?: string;
  DeadLetterConfig?: { Arn?: string };
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
}

/** What the callee may know about its call; the same words as EventBridge's context attributes. */
export interface Invocation {
  scheduleArn: string;
  /** RFC 3339 */
  scheduledTime: string;
  executionId: string;
  /** 1 at first. */
  attempt: number;
}

/** A call that was given up. */
export interface DeadLetter {
  /** Of the dead-letter queue, where the schedule has one. */
  queueArn?: string;
  target: ScheduleTarget;
  context: Invocation;
  errorCode: string;
  errorMessage: string;
}

/** What the scheduler reaches in the world outside. */
export interface SchedulerPorts {
  /** Calls the target; a rejection is tried again as the schedule's retry policy says. */
  invoke(target: ScheduleTarget, context: Invocation): Promise<unknown>;
  /** Whether a role may do this. @default yes to everything */
  authorize?(roleArn: string, access: Access): boolean | Promise<boolean>;
  /** Takes what was given up. @default says so on stderr */
  deadLetter?(letter: DeadLetter): void | Promise<void>;
}

const DEFAULT_RETRIES = 185;
const DEFAULT_AGE_SECONDS = 86_400;
const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 60_000;

const targetActions: Record<string, string> = { lambda: 'lambda:InvokeFunction', sqs: 'sqs:SendMessage' };

const accessOf = ({ Arn }: ScheduleTarget): Access => {
  const service = Arn.split(':')[2] ?? '';
  return { action: targetActions[service] ?? `${service}:*`, resource: Arn };
};

/** Fills in what a schedule's input may ask about its own call. */
const fillIn = (target: ScheduleTarget, context: Invocation): ScheduleTarget => {
  const values: Record<string, string> = {
    'schedule-arn': context.scheduleArn,
    'scheduled-time': context.scheduledTime,
    'execution-id': context.executionId,
    'attempt-number': String(context.attempt),
  };
  const Input = target.Input?.replace(/<aws\.scheduler\.([a-z-]+)>/g, (sign, word: string) => values[word] ?? sign);
  return { ...target, Input };
};

const reportAloud = ({ context, errorMessage }: DeadLetter) =>
  console.error(`${context.scheduleArn} gave up after ${context.attempt} tries: ${errorMessage}`);

/** Calls targets, again and again where need be. Every promise of it resolves: a failure ends as a dead letter. */
export function createFiring(clock: Clock, alarm: Alarm, ports: SchedulerPorts) {
  const bury = async (target: ScheduleTarget, context: Invocation, errorCode: string, errorMessage: string) => {
    const letter = { queueArn: target.DeadLetterConfig?.Arn, target, context, errorCode, errorMessage };
    await (ports.deadLetter ?? reportAloud)(letter);
  };

  const mayRetry = (target: ScheduleTarget, context: Invocation): boolean => {
    const { MaximumRetryAttempts = DEFAULT_RETRIES, MaximumEventAgeInSeconds = DEFAULT_AGE_SECONDS } =
      target.RetryPolicy ?? {};
    const ageMs = clock.now() - Date.parse(context.scheduledTime);
    return context.attempt <= MaximumRetryAttempts && ageMs < MaximumEventAgeInSeconds * 1000;
  };

  const tryOnce = async (target: ScheduleTarget, context: Invocation, done: () => Promise<void>): Promise<void> => {
    const access = accessOf(target);
    if ((await ports.authorize?.(target.RoleArn, access)) === false) {
      // no retry would change the policy; on a laptop it is better said at once
      const text = `${target.RoleArn} is not authorized to perform: ${access.action} on resource: ${access.resource}`;
      await bury(target, context, 'AccessDeniedException', text);
      return done();
    }
    try {
      await ports.invoke(fillIn(target, context), context);
    } catch (error) {
      if (mayRetry(target, context)) return retryLater(target, context, done);
      await bury(target, context, error instanceof Error ? error.name : 'Error', String(error));
    }
    return done();
  };

  const retryLater = (target: ScheduleTarget, context: Invocation, done: () => Promise<void>): void => {
    const rest = Math.min(FIRST_REST_MS * 2 ** (context.attempt - 1), LONGEST_REST_MS);
    const next = { ...context, attempt: context.attempt + 1 };
    const job: Job = { dueAt: clock.now() + rest, run: () => tryOnce(target, next, done) };
    alarm.add(job);
  };

  /** Calls the target for the time at which it was due; `done` runs when it was called or given up. */
  return (target: ScheduleTarget, scheduleArn: string, dueAt: number, done: () => Promise<void>): Promise<void> => {
    const scheduledTime = new Date(dueAt).toISOString().replace(/\.\d+Z$/, 'Z');
    return tryOnce(target, { scheduleArn, scheduledTime, executionId: randomUUID(), attempt: 1 }, done);
  };
}
