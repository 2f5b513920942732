import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import type { Access, AwsRequest, AwsResponse, Engine } from './engine.ts';
import { AwsError } from './engine.ts';
import { createScheduleBook, type ScheduleBook } from './schedule-book.ts';
import { nameOf, readSchedule, type Schedule } from './schedule-input.ts';
import type { SchedulerPorts } from './scheduler-firing.ts';
import { decodeLeniently } from './signature.ts';
import { denialText, jsonResponse, readJson, restJsonFailure } from './wire.ts';

export interface SchedulerOptions extends SchedulerPorts {
  clock: Clock;
  region: string;
  accountId: string;
  /** Data folder; schedules are kept below `scheduler/` in it. In memory without. */
  dir?: string;
  /** Groups that are there from the start, besides `default`. */
  groups?: readonly string[];
}

/** EventBridge Scheduler. */
export interface SchedulerEngine extends Engine {
  /**
   * Makes a schedule with the fields of CreateSchedule (as a template's `AWS::Scheduler::Schedule` has them) or brings
   * the one of that name to them; one that has them already keeps its place in time. Its ARN.
   */
  ensureSchedule(properties: { Name: string; GroupName?: string } & Record<string, unknown>): Promise<string>;
  /** Resolves when every call that is due by now has been made (tries that shall follow later are not awaited). */
  settled(): Promise<void>;
}

/** A call taken apart: `kind` is schedule or schedule-group, with a name or without. */
interface Parsed {
  operation: string;
  group: string;
  name: string;
}

const PAGE = 100;

const operations: Record<string, string> = {
  'POST schedules name': 'CreateSchedule',
  'GET schedules name': 'GetSchedule',
  'PUT schedules name': 'UpdateSchedule',
  'DELETE schedules name': 'DeleteSchedule',
  'GET schedules': 'ListSchedules',
  'POST schedule-groups name': 'CreateScheduleGroup',
  'GET schedule-groups name': 'GetScheduleGroup',
  'DELETE schedule-groups name': 'DeleteScheduleGroup',
  'GET schedule-groups': 'ListScheduleGroups',
};

const groupOf = (request: AwsRequest): string => {
  const inBody = request.method === 'POST' || request.method === 'PUT' ? readJson(request)['GroupName'] : undefined;
  return typeof inBody === 'string' ? inBody : (request.query.get('groupName') ?? 'default');
};

const parse = (request: AwsRequest): Parsed => {
  const [, kind = '', name = ''] = request.path.split('/').map(decodeLeniently);
  const operation = operations[`${request.method} ${kind}${name === '' ? '' : ' name'}`] ?? '';
  return { operation, name, group: kind === 'schedule-groups' ? name : groupOf(request) };
};

const ok = (body: object = {}): AwsResponse => jsonResponse(body, 'application/json');

const seconds = (epochMs: number): number => epochMs / 1000;

const describe = ({ input, created, modified, arn, group, name }: Schedule) => ({
  ...input,
  Arn: arn,
  GroupName: group,
  Name: name,
  CreationDate: seconds(created),
  LastModificationDate: seconds(modified),
});

const summarize = ({ input, ...schedule }: Schedule) => {
  const { Arn, GroupName, Name, CreationDate, LastModificationDate, State, Target } = describe({ input, ...schedule });
  return { Arn, GroupName, Name, CreationDate, LastModificationDate, State, Target: { Arn: Target.Arn } };
};

/** One page of a list that is sorted by name; the token is the last name given. */
const page = <Row>(rows: Row[], idOf: (row: Row) => string, query: URLSearchParams) => {
  const size = Math.min(Number(query.get('MaxResults') ?? PAGE), PAGE);
  const after = query.get('NextToken') ?? '';
  const left = rows.filter((row) => idOf(row) > after).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const shown = left.slice(0, size);
  const last = shown.at(-1);
  return { shown, NextToken: left.length > size && last !== undefined ? idOf(last) : undefined };
};

const listSchedules = (book: ScheduleBook, query: URLSearchParams): AwsResponse => {
  const group = query.get('ScheduleGroup');
  const prefix = query.get('NamePrefix') ?? '';
  const state = query.get('State');
  if (group !== null) book.assertGroup(group);
  const matching = book
    .all()
    .filter((schedule) => group === null || schedule.group === group)
    .filter((schedule) => schedule.name.startsWith(prefix) && (state === null || schedule.input.State === state));
  const { shown, NextToken } = page(matching, (schedule) => `${schedule.group}/${schedule.name}`, query);
  return ok({ Schedules: shown.map(summarize), NextToken });
};

type Answerer = (parsed: Parsed, request: AwsRequest) => Promise<AwsResponse>;

const createAnswerers = (book: ScheduleBook, options: SchedulerOptions): Record<string, Answerer> => {
  const base = `arn:aws:scheduler:${options.region}:${options.accountId}`;
  const describeGroup = (name: string) => ({ Arn: `${base}:schedule-group/${name}`, Name: name, State: 'ACTIVE' });
  return {
    CreateSchedule: async (parsed, request) => {
      const schedule = readSchedule(readJson(request), parsed, base, options.clock.now());
      return ok({ ScheduleArn: await book.create(schedule) });
    },
    UpdateSchedule: async (parsed, request) => {
      const schedule = readSchedule(readJson(request), parsed, base, options.clock.now());
      return ok({ ScheduleArn: await book.update(schedule) });
    },
    GetSchedule: async ({ group, name }) => ok(describe(book.get(group, name))),
    DeleteSchedule: async ({ group, name }, { query }) => {
      await book.remove(group, name, query.get('clientToken') ?? undefined);
      return ok();
    },
    ListSchedules: async (_, { query }) => listSchedules(book, query),
    CreateScheduleGroup: async ({ name }) => {
      await book.createGroup(nameOf(name));
      return ok({ ScheduleGroupArn: describeGroup(name).Arn });
    },
    GetScheduleGroup: async ({ name }) => {
      book.assertGroup(name);
      return ok(describeGroup(name));
    },
    DeleteScheduleGroup: async ({ name }) => {
      await book.removeGroup(name);
      return ok();
    },
    ListScheduleGroups: async (_, { query }) => {
      const prefix = query.get('NamePrefix') ?? '';
      const { shown, NextToken } = page(
        book.groups().filter((name) => name.startsWith(prefix)),
        (name) => name,
        query,
      );
      return ok({ ScheduleGroups: shown.map(describeGroup), NextToken });
    },
  };
};

const passedRole = (request: AwsRequest): Access[] => {
  const { RoleArn } = (readJson(request)['Target'] ?? {}) as { RoleArn?: unknown };
  const context = { 'iam:PassedToService': 'scheduler.amazonaws.com' };
  return typeof RoleArn === 'string' ? [{ action: 'iam:PassRole', resource: RoleArn, context }] : [];
};

/** Starts EventBridge Scheduler with the schedules of its folder; those overdue fire at once. */
export async function startScheduler(options: SchedulerOptions): Promise<SchedulerEngine> {
  const folder = options.dir === undefined ? undefined : join(options.dir, 'scheduler');
  const book = await createScheduleBook({ ...options, folder });
  const answerers = createAnswerers(book, options);
  const base = `arn:aws:scheduler:${options.region}:${options.accountId}`;

  const resourceOf = ({ operation, group, name }: Parsed): string => {
    if (operation.startsWith('List')) return '*';
    return operation.endsWith('Group') ? `${base}:schedule-group/${name}` : `${base}:schedule/${group}/${name}`;
  };

  return {
    service: 'scheduler',
    operationOf: (request) => parse(request).operation || undefined,
    access(request) {
      const parsed = parse(request);
      if (parsed.operation === '') return [];
      const own = { action: `scheduler:${parsed.operation}`, resource: resourceOf(parsed) };
      return /^(Create|Update)Schedule$/.test(parsed.operation) ? [own, ...passedRole(request)] : [own];
    },
    async handle(request) {
      const parsed = parse(request);
      const answerer = answerers[parsed.operation];
      if (!answerer) {
        throw new AwsError(
          'UnknownOperationException',
          `the local scheduler has no ${request.method} ${request.path}`,
          404,
        );
      }
      return answerer(parsed, request);
    },
    denied: (access, principal) =>
      restJsonFailure(new AwsError('AccessDeniedException', denialText(access, principal), 403)),
    failure: restJsonFailure,
    async ensureSchedule(properties) {
      const names = { group: properties.GroupName ?? 'default', name: properties.Name };
      const wanted = readSchedule(properties, names, base, options.clock.now());
      const there = book.all().find((schedule) => schedule.arn === wanted.arn);
      if (!there) return book.create(wanted);
      return isDeepStrictEqual(there.input, wanted.input) ? there.arn : book.update(wanted);
    },
    settled: book.settled,
    close: book.close,
  };
}
