import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, createClock } from '../../local/clock.ts';
import { readScheduleExpression } from '../../local/engines/schedule-expression.ts';
import { type SchedulerEngine, type SchedulerOptions, startScheduler } from '../../local/engines/scheduler.ts';
import type { DeadLetter, Invocation, ScheduleTarget } from '../../local/engines/scheduler-firing.ts';
import { aFolder, aPrincipal, type Cloud, failureOf, openCloud, place } from './local-cloud.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const targetArn = 'arn:aws:lambda:eu-west-1:123456789012:function:expire';
const roleArn = 'arn:aws:iam::123456789012:role/Expiry';
const queueArn = 'arn:aws:sqs:eu-west-1:123456789012:dead';

interface Call {
  target: ScheduleTarget;
  context: Invocation;
  at: number;
}

const createWorld = async (more: Partial<SchedulerOptions> = {}, clock: Clock = createClock()) => {
  const calls: Call[] = [];
  const letters: DeadLetter[] = [];
  const engine: SchedulerEngine = await startScheduler({
    ...place,
    clock,
    groups: ['expiry'],
    invoke: async (target, context) => {
      calls.push({ target, context, at: clock.now() });
    },
    deadLetter: (letter) => void letters.push(letter),
    ...more,
  });
  const limited = aPrincipal('limited', [
    {
      Statement: {
        Effect: 'Allow',
        Action: 'scheduler:CreateSchedule',
        Resource: 'arn:aws:scheduler:*:*:schedule/expiry/*',
      },
    },
  ]);
  const cloud = await openCloud([engine], clock, [limited]);
  const client = new SchedulerClient(cloud.as());
  const advance = async (ms: number) => {
    clock.advance(ms);
    await engine.settled();
  };
  return { clock, calls, letters, engine, cloud, client, advance, limited };
};

let world: Awaited<ReturnType<typeof createWorld>>;
let cloud: Cloud;
beforeEach(async () => {
  world = await createWorld();
  cloud = world.cloud;
});
afterEach(() => cloud.close());

const atExpression = (epochMs: number) =>
  `at(${new Date(Math.ceil(epochMs / 1000) * 1000).toISOString().slice(0, 19)})`;

const once = (name: string, inMs: number, more: Partial<CreateScheduleCommandInput> = {}, clock = world.clock) =>
  new CreateScheduleCommand({
    Name: name,
    GroupName: 'expiry',
    ScheduleExpression: atExpression(clock.now() + inMs),
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'DELETE',
    Target: { Arn: targetArn, RoleArn: roleArn, Input: '{"code":"abc"}' },
    ...more,
  });
const every = (name: string, ScheduleExpression: string, more: Partial<CreateScheduleCommandInput> = {}) =>
  once(name, 0, { ScheduleExpression, ActionAfterCompletion: 'NONE', ...more });

describe('one-time schedules', () => {
  it('call their target when the time has come, and are gone afterwards', async () => {
    await world.client.send(once('a', HOUR));
    await world.advance(HOUR - 2000);
    expect(world.calls).toEqual([]);
    await world.advance(4000);
    expect(world.calls).toMatchObject([
      { target: { Arn: targetArn, Input: '{"code":"abc"}' }, context: { attempt: 1 } },
    ]);
    const failure = await failureOf(world.client.send(new GetScheduleCommand({ Name: 'a', GroupName: 'expiry' })));
    expect(failure).toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } });
  });

  it('stay, and never call again, where they are not to be deleted', async () => {
    await world.client.send(once('a', MINUTE, { ActionAfterCompletion: 'NONE' }));
    await world.advance(2 * MINUTE);
    await world.advance(24 * HOUR);
    expect(world.calls).toHaveLength(1);
    await world.client.send(new GetScheduleCommand({ Name: 'a', GroupName: 'expiry' }));
  });

  it('never call early, by the real clock too', async () => {
    const due = Math.ceil((world.clock.now() + 1) / 1000) * 1000;
    world.clock.advance(due - world.clock.now() - 30);
    await world.client.send(once('a', 0, { ScheduleExpression: atExpression(due - 500) }));
    while (world.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(world.calls[0]?.at).toBeGreaterThanOrEqual(due);
  });

  it('call in the order of their times after a leap of the clock', async () => {
    await world.client.send(once('late', 3 * HOUR));
    await world.client.send(once('early', HOUR));
    await world.client.send(once('middle', 2 * HOUR));
    await world.advance(4 * HOUR);
    expect(world.calls.map((call) => call.context.scheduleArn.split('/').at(-1))).toEqual(['early', 'middle', 'late']);
  });

  it('call at once where their time has passed already', async () => {
    await world.client.send(once('a', -HOUR));
    await world.engine.settled();
    expect(world.calls).toHaveLength(1);
  });

  it('do not call while disabled, nor after they were deleted', async () => {
    await world.client.send(once('off', MINUTE, { State: 'DISABLED' }));
    await world.client.send(once('gone', MINUTE));
    await world.client.send(new DeleteScheduleCommand({ Name: 'gone', GroupName: 'expiry' }));
    await world.advance(HOUR);
    expect(world.calls).toEqual([]);
  });

  it('fill the context of the call into its input', async () => {
    const Input =
      '{"at":"<aws.scheduler.scheduled-time>","try":"<aws.scheduler.attempt-number>","x":"<aws.scheduler.nothing>"}';
    await world.client.send(once('a', MINUTE, { Target: { Arn: targetArn, RoleArn: roleArn, Input } }));
    await world.advance(2 * MINUTE);
    const call = world.calls[0];
    expect(call?.target.Input).toBe(`{"at":"${call?.context.scheduledTime}","try":"1","x":"<aws.scheduler.nothing>"}`);
  });

  it('a hundred at once all call, each once', async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => world.client.send(once(`n${index}`, MINUTE))));
    await world.advance(2 * MINUTE);
    expect(new Set(world.calls.map((call) => call.context.scheduleArn)).size).toBe(100);
    expect(world.calls).toHaveLength(100);
  });
});

describe('recurring schedules', () => {
  it('call again and again', async () => {
    await world.client.send(every('tick', 'rate(1 minute)'));
    for (let minute = 0; minute < 3; minute += 1) await world.advance(MINUTE);
    expect(world.calls).toHaveLength(3);
  });

  it('make up for a leap of the clock with one call', async () => {
    await world.client.send(every('tick', 'rate(1 minute)'));
    await world.advance(24 * HOUR);
    expect(world.calls).toHaveLength(1);
    await world.advance(MINUTE);
    expect(world.calls).toHaveLength(2);
  });

  it('keep within their period', async () => {
    const now = world.clock.now();
    const period = { StartDate: new Date(now + HOUR), EndDate: new Date(now + 2 * HOUR) };
    await world.client.send(every('tick', 'rate(30 minutes)', period));
    await world.advance(59 * MINUTE);
    expect(world.calls).toHaveLength(0);
    await world.advance(32 * MINUTE);
    expect(world.calls).toHaveLength(1);
    await world.advance(24 * HOUR);
    await world.advance(24 * HOUR);
    expect(world.calls.length).toBeLessThanOrEqual(2);
  });

  it('start anew from an update', async () => {
    await world.client.send(every('tick', 'rate(1 hour)'));
    await world.advance(50 * MINUTE);
    const { Name, ...rest } = every('tick', 'rate(1 hour)').input;
    await world.client.send(new UpdateScheduleCommand({ Name, ...rest }));
    await world.advance(50 * MINUTE);
    expect(world.calls).toHaveLength(0);
    await world.advance(11 * MINUTE);
    expect(world.calls).toHaveLength(1);
  });

  it('are ensured from a template without losing their place in time', async () => {
    const input = { ...every('tick', 'rate(1 hour)').input, Name: 'tick', GroupName: 'default' };
    await world.engine.ensureSchedule(input);
    await world.advance(50 * MINUTE);
    await world.engine.ensureSchedule(input);
    await world.advance(11 * MINUTE);
    expect(world.calls).toHaveLength(1);
  });
});

describe('expressions', () => {
  const from = Date.parse('2026-03-27T10:00:30Z');
  it.each([
    ['at(2026-12-24T18:00:00)', 'UTC', '2026-12-24T18:00:00.000Z'],
    ['at(2026-12-24T18:00:00)', 'America/Argentina/Buenos_Aires', '2026-12-24T21:00:00.000Z'],
    ['at(2026-07-01T00:00:00)', 'Europe/Madrid', '2026-06-30T22:00:00.000Z'],
    ['at(2026-03-29T02:30:00)', 'Europe/Madrid', '2026-03-29T01:30:00.000Z'],
    ['at(2026-10-25T02:30:00)', 'Europe/Madrid', '2026-10-25T00:30:00.000Z'],
    ['rate(5 minutes)', 'UTC', '2026-03-27T10:05:30.000Z'],
    ['rate(1 day)', 'UTC', '2026-03-28T10:00:30.000Z'],
    ['cron(0 6 * * ? *)', 'UTC', '2026-03-28T06:00:00.000Z'],
    ['cron(0/15 * * * ? *)', 'UTC', '2026-03-27T10:15:00.000Z'],
    ['cron(0 9 ? * MON-FRI *)', 'Europe/Madrid', '2026-03-30T07:00:00.000Z'],
    ['cron(0 9 ? * 2 *)', 'UTC', '2026-03-30T09:00:00.000Z'],
    ['cron(30 8 1 JAN,JUL ? *)', 'UTC', '2026-07-01T08:30:00.000Z'],
    ['cron(0 0 29 2 ? *)', 'UTC', '2028-02-29T00:00:00.000Z'],
    ['cron(30 2 29 3 ? *)', 'Europe/Madrid', '2027-03-29T00:30:00.000Z'],
    ['cron(0 0 1 1 ? 2030)', 'UTC', '2030-01-01T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2020)', 'UTC', undefined],
  ])('%s in %s is due next at %s', (expression, zone, expected) => {
    const next = readScheduleExpression(expression, zone).next(from, from);
    expect(next === undefined ? undefined : new Date(next).toISOString()).toBe(expected);
  });

  it.each([
    'at(2026-12-24)',
    'at(2026-13-24T18:00:00)',
    'rate(0 minutes)',
    'rate(1 week)',
    'rate(five minutes)',
    'cron(0 6 * * *)',
    'cron(0 6 * * * *)',
    'cron(0 6 ? * ? *)',
    'cron(60 6 * * ? *)',
    'cron(0 6 L * ? *)',
    'cron(a 6 * * ? *)',
    'every day',
  ])('%s is refused', async (expression) => {
    const failure = await failureOf(world.client.send(every('bad', expression)));
    expect(failure).toMatchObject({
      name: 'ValidationException',
      message: `Invalid Schedule Expression ${expression}.`,
    });
  });

  it('refuses a time zone that there is not', async () => {
    const failure = await failureOf(world.client.send(once('a', 0, { ScheduleExpressionTimezone: 'Mars/Olympus' })));
    expect(failure).toMatchObject({ name: 'ValidationException', message: expect.stringContaining('Mars/Olympus') });
  });
});

describe('the API', () => {
  it('answers what was created', async () => {
    const { ScheduleArn } = await world.client.send(once('a', HOUR, { Description: 'expiry' }));
    expect(ScheduleArn).toBe('arn:aws:scheduler:eu-west-1:123456789012:schedule/expiry/a');
    const found = await world.client.send(new GetScheduleCommand({ Name: 'a', GroupName: 'expiry' }));
    expect(found).toMatchObject({
      Arn: ScheduleArn,
      Description: 'expiry',
      State: 'ENABLED',
      ScheduleExpressionTimezone: 'UTC',
    });
    expect(Math.abs((found.CreationDate?.getTime() ?? 0) - world.clock.now())).toBeLessThan(1000);
  });

  it('refuses a name that is taken, but for the same call again', async () => {
    const command = once('a', HOUR, { ClientToken: 'one' });
    const first = await world.client.send(command);
    expect((await world.client.send(command)).ScheduleArn).toBe(first.ScheduleArn);
    const failure = await failureOf(world.client.send(once('a', HOUR, { ClientToken: 'two' })));
    expect(failure).toMatchObject({ name: 'ConflictException', $metadata: { httpStatusCode: 409 } });
    const other = once('a', 2 * HOUR, { ClientToken: 'one' });
    expect((await failureOf(world.client.send(other))).name).toBe('ConflictException');
  });

  it('takes a deletion that comes again for the same one', async () => {
    await world.client.send(once('a', HOUR));
    const gone = new DeleteScheduleCommand({ Name: 'a', GroupName: 'expiry', ClientToken: 't' });
    await world.client.send(gone);
    await world.client.send(gone);
    const again = new DeleteScheduleCommand({ Name: 'a', GroupName: 'expiry' });
    expect((await failureOf(world.client.send(again))).name).toBe('ResourceNotFoundException');
  });

  it.each([
    ['a group that is not there', { GroupName: 'nowhere' }, 'ResourceNotFoundException'],
    ['a name with a slash', { Name: 'a b' }, 'ValidationException'],
    ['a name that would leave the folder', { GroupName: '..' }, 'ValidationException'],
    ['a target that is no ARN', { Target: { Arn: 'expire', RoleArn: roleArn } }, 'ValidationException'],
    ['a role that is none', { Target: { Arn: targetArn, RoleArn: 'me' } }, 'ValidationException'],
    ['an unknown action', { ActionAfterCompletion: 'EXPLODE' as 'NONE' }, 'ValidationException'],
    ['an end before its start', { StartDate: new Date(2000), EndDate: new Date(1000) }, 'ValidationException'],
  ])('refuses %s', async (_, more, name) => {
    expect((await failureOf(world.client.send(once('a', HOUR, more)))).name).toBe(name);
  });

  it('lists by group, prefix and page', async () => {
    for (const name of ['a1', 'a2', 'b1']) await world.client.send(once(name, HOUR));
    const list = (more: object) => world.client.send(new ListSchedulesCommand({ GroupName: 'expiry', ...more }));
    const first = await list({ MaxResults: 2 });
    const second = await list({ MaxResults: 2, NextToken: first.NextToken });
    expect([...(first.Schedules ?? []), ...(second.Schedules ?? [])].map((row) => row.Name)).toEqual([
      'a1',
      'a2',
      'b1',
    ]);
    expect(second.NextToken).toBeUndefined();
    expect((await list({ NamePrefix: 'b' })).Schedules?.map((row) => row.Name)).toEqual(['b1']);
  });

  it('makes groups, and deletes them with what they hold', async () => {
    await world.client.send(new CreateScheduleGroupCommand({ Name: 'campaigns' }));
    await world.client.send(once('a', MINUTE, { GroupName: 'campaigns' }));
    const again = failureOf(world.client.send(new CreateScheduleGroupCommand({ Name: 'campaigns' })));
    expect((await again).name).toBe('ConflictException');
    const { ScheduleGroups } = await world.client.send(new ListScheduleGroupsCommand({}));
    expect(ScheduleGroups?.map((group) => group.Name)).toEqual(['campaigns', 'default', 'expiry']);
    await world.client.send(new DeleteScheduleGroupCommand({ Name: 'campaigns' }));
    await world.advance(HOUR);
    expect(world.calls).toEqual([]);
  });

  it('needs the right to pass the role on', async () => {
    const client = new SchedulerClient(cloud.as(world.limited));
    const failure = await failureOf(client.send(once('a', HOUR)));
    expect(failure.message).toContain(`not authorized to perform: iam:PassRole on resource: ${roleArn}`);
  });
});

describe('calls that fail', () => {
  const failing = async (times: number, more: Partial<SchedulerOptions> = {}) => {
    await cloud.close();
    let left = times;
    const tries: number[] = [];
    world = await createWorld({
      invoke: async (_, { attempt }) => {
        tries.push(attempt);
        left -= 1;
        if (left >= 0) throw new Error('throttled');
      },
      ...more,
    });
    cloud = world.cloud;
    return tries;
  };
  const target = (RetryPolicy?: object) => ({
    Target: { Arn: targetArn, RoleArn: roleArn, RetryPolicy, DeadLetterConfig: { Arn: queueArn } },
  });

  it('are tried again until they work', async () => {
    const tries = await failing(2);
    await world.client.send(once('a', 0, target()));
    for (let minute = 0; minute < 4; minute += 1) await world.advance(MINUTE);
    expect(tries).toEqual([1, 2, 3]);
    expect(world.letters).toEqual([]);
  });

  it('are given up after the tries that the policy allows, and the dead letter says why', async () => {
    const tries = await failing(99);
    await world.client.send(once('a', 0, target({ MaximumRetryAttempts: 2 })));
    for (let minute = 0; minute < 9; minute += 1) await world.advance(MINUTE);
    expect(tries).toEqual([1, 2, 3]);
    expect(world.letters).toMatchObject([
      { queueArn, errorMessage: expect.stringContaining('throttled'), context: { attempt: 3 } },
    ]);
    const find = new GetScheduleCommand({ Name: 'a', GroupName: 'expiry' });
    expect((await failureOf(world.client.send(find))).name).toBe('ResourceNotFoundException');
  });

  it('are given up when they are too old', async () => {
    await failing(99);
    await world.client.send(once('a', 0, target({ MaximumEventAgeInSeconds: 60 })));
    for (let minute = 0; minute < 9; minute += 1) await world.advance(MINUTE);
    expect(world.letters).toHaveLength(1);
  });

  it('are not made at all where the role may not', async () => {
    const asked: unknown[] = [];
    const tries = await failing(0, {
      authorize: (role, access) => {
        asked.push([role, access]);
        return false;
      },
    });
    await world.client.send(once('a', 0, target()));
    await world.advance(MINUTE);
    expect(tries).toEqual([]);
    expect(asked).toEqual([[roleArn, { action: 'lambda:InvokeFunction', resource: targetArn }]]);
    expect(world.letters).toMatchObject([{ errorCode: 'AccessDeniedException' }]);
  });
});

describe('a restart', () => {
  it('keeps every schedule, and calls at once what became due meanwhile', async () => {
    const folder = await aFolder();
    const first = await createWorld({ dir: folder.path });
    await first.client.send(once('soon', MINUTE, {}, first.clock));
    await first.client.send(once('later', 3 * HOUR, {}, first.clock));
    await first.client.send(new CreateScheduleGroupCommand({ Name: 'campaigns' }));
    await first.cloud.close();
    expect(await readdir(join(folder.path, 'scheduler', 'expiry'))).toEqual(['later.json', 'soon.json']);

    const second = await createWorld({ dir: folder.path }, createClock(2 * HOUR));
    await second.engine.settled();
    expect(second.calls.map((call) => call.context.scheduleArn.split('/').at(-1))).toEqual(['soon']);
    await second.client.send(new GetScheduleCommand({ Name: 'later', GroupName: 'expiry' }));
    await second.client.send(once('new', HOUR, { GroupName: 'campaigns' }));
    await second.cloud.close();
    expect(await readdir(join(folder.path, 'scheduler', 'expiry'))).toEqual(['later.json']);
    await folder.remove();
  });

  it('calls again for a call that was cut short', async () => {
    const folder = await aFolder();
    const first = await createWorld({
      dir: folder.path,
      invoke: async () => {
        throw new Error('the process dies here');
      },
    });
    await first.client.send(once('a', MINUTE, {}, first.clock));
    await first.advance(2 * MINUTE);
    await first.cloud.close();
    const second = await createWorld({ dir: folder.path }, createClock(5 * MINUTE));
    await second.engine.settled();
    expect(second.calls).toHaveLength(1);
    await second.cloud.close();
    await folder.remove();
  });
});
