import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { AwsError } from './engine.ts';
import { createTurns, listFolder, readIfThere, readJsonFiles, removeFile, replaceFile } from './files.ts';
import { readScheduleExpression } from './schedule-expression.ts';
import type { Schedule } from './schedule-input.ts';
import { type Alarm, createAlarm, type Job } from './scheduler-alarm.ts';
import { createFiring, type SchedulerPorts } from './scheduler-firing.ts';

const TOKENS_KEPT = 1000;

/** The schedules that there are, on disk and on the alarm. Each change is kept before its promise resolves. */
export interface ScheduleBook {
  /** The ARN. Rejects with ConflictException where the name is taken, but for a repeated call (same ClientToken). */
  create(schedule: Schedule): Promise<string>;
  update(schedule: Schedule): Promise<string>;
  /** Throws ResourceNotFoundException. */
  get(group: string, name: string): Schedule;
  remove(group: string, name: string, clientToken?: string): Promise<void>;
  all(): Schedule[];
  groups(): string[];
  /** Throws ResourceNotFoundException. */
  assertGroup(name: string): void;
  createGroup(name: string): Promise<void>;
  removeGroup(name: string): Promise<void>;
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface ScheduleBookOptions extends SchedulerPorts {
  clock: Clock;
  folder?: string;
  groups?: readonly string[];
}

const notFound = (kind: string, name: string): AwsError =>
  new AwsError('ResourceNotFoundException', `${kind} ${name} does not exist.`, 404);
const conflict = (kind: string, name: string): AwsError =>
  new AwsError('ConflictException', `${kind} ${name} already exists.`, 409);

/**
 * When the schedule is due next; undefined where it never is again. Whatever a recurring one missed before `from`, while
 * we were away or in a leap of the clock, is not made up for.
 */
const nextDue = ({ input, modified, firedFor }: Schedule, from = 0): number | undefined => {
  const recurrence = readScheduleExpression(input.ScheduleExpression, input.ScheduleExpressionTimezone);
  // a moment that has passed already is due at once, but only the first time
  if (recurrence.isOnce) return firedFor === undefined ? recurrence.next(Number.NEGATIVE_INFINITY, 0) : undefined;
  const start = (input.StartDate ?? 0) * 1000;
  const next = recurrence.next(Math.max(firedFor ?? modified, from, start - 1), Math.max(modified, start));
  const end = input.EndDate === undefined ? Number.POSITIVE_INFINITY : input.EndDate * 1000;
  return next !== undefined && next <= end ? next : undefined;
};

/** Files of the book: a folder per group, a file per schedule. Does nothing without a folder. */
const createShelf = (folder: string | undefined) => {
  const fileOf = (schedule: Schedule) => join(folder ?? '', schedule.group, `${schedule.name}.json`);
  // a name that no group can have
  const groupFile = join(folder ?? '', '$groups.json');
  const inTurn = createTurns();
  return {
    async load(): Promise<{ groups: string[]; schedules: Schedule[] }> {
      if (folder === undefined) return { groups: [], schedules: [] };
      const names = (await listFolder(folder)).filter((name) => !name.startsWith('$'));
      const schedules = await Promise.all(names.map((name) => readJsonFiles<Schedule>(join(folder, name))));
      return { groups: JSON.parse((await readIfThere(groupFile)) ?? '[]'), schedules: schedules.flat() };
    },
    keep: async (schedule: Schedule) => {
      if (folder === undefined) return;
      await inTurn(fileOf(schedule), () => replaceFile(fileOf(schedule), JSON.stringify(schedule, null, 2)));
    },
    drop: async (schedule: Schedule) => {
      if (folder !== undefined) await inTurn(fileOf(schedule), () => removeFile(fileOf(schedule)));
    },
    keepGroups: async (groups: string[]) => {
      if (folder !== undefined) await replaceFile(groupFile, JSON.stringify(groups));
    },
    dropGroup: async (name: string) => {
      if (folder !== undefined) await rm(join(folder, name), { recursive: true, force: true });
    },
  };
};

type Shelf = ReturnType<typeof createShelf>;

/** Puts schedules on the alarm and takes them off; `forget` removes one that is complete. */
const createPlan = (
  options: ScheduleBookOptions,
  alarm: Alarm,
  shelf: Shelf,
  isCurrent: (schedule: Schedule) => boolean,
  forget: (schedule: Schedule) => Promise<void>,
) => {
  const fire = createFiring(options.clock, alarm, options);
  const jobs = new Map<Schedule, Job>();

  const complete = async (schedule: Schedule): Promise<void> => {
    if (!isCurrent(schedule)) return;
    const isOver = nextDue(schedule, options.clock.now()) === undefined;
    if (isOver && schedule.input.ActionAfterCompletion === 'DELETE') await forget(schedule);
    else await shelf.keep(schedule);
  };
  const put = (schedule: Schedule, from?: number): void => {
    const dueAt = schedule.input.State === 'ENABLED' ? nextDue(schedule, from) : undefined;
    if (dueAt === undefined) return;
    const run = async () => {
      schedule.firedFor = dueAt;
      put(schedule, options.clock.now());
      await fire(schedule.input.Target, schedule.arn, dueAt, () => complete(schedule));
    };
    const job = { dueAt, run };
    jobs.set(schedule, job);
    alarm.add(job);
  };
  const take = (schedule: Schedule): void => {
    const job = jobs.get(schedule);
    if (job) alarm.remove(job);
    jobs.delete(schedule);
  };
  return { put, take };
};

const createGroups = (shelf: Shelf, names: Set<string>) => ({
  groups: () => [...names].sort(),
  assertGroup(name: string) {
    if (!names.has(name)) throw notFound('Schedule group', name);
  },
  async createGroup(name: string) {
    if (names.has(name)) throw conflict('Schedule group', name);
    names.add(name);
    await shelf.keepGroups([...names]);
  },
  async removeGroup(name: string) {
    if (!names.delete(name)) throw notFound('Schedule group', name);
    await shelf.keepGroups([...names]);
    await shelf.dropGroup(name);
  },
});

/** The schedules by name, on disk and on the alarm. */
const createEntries = (options: ScheduleBookOptions, alarm: Alarm, shelf: Shelf) => {
  const schedules = new Map<string, Schedule>();
  const keyOf = ({ group, name }: { group: string; name: string }) => `${group}/${name}`;
  const find = (of: { group: string; name: string }) => schedules.get(keyOf(of));
  const isCurrent = (schedule: Schedule) => find(schedule) === schedule;
  const forget = async (schedule: Schedule): Promise<void> => {
    plan.take(schedule);
    if (isCurrent(schedule)) schedules.delete(keyOf(schedule));
    await shelf.drop(schedule);
  };
  const plan = createPlan(options, alarm, shelf, isCurrent, forget);
  return {
    find,
    forget,
    all: () => [...schedules.values()],
    restore(schedule: Schedule) {
      schedules.set(keyOf(schedule), schedule);
      plan.put(schedule);
    },
    async enter(schedule: Schedule): Promise<string> {
      const before = find(schedule);
      if (before) plan.take(before);
      schedules.set(keyOf(schedule), schedule);
      await shelf.keep(schedule);
      // on the alarm only once it is on disk, and where nobody replaced or deleted it meanwhile
      if (isCurrent(schedule)) plan.put(schedule);
      return schedule.arn;
    },
  };
};

/** Remembers a bounded number of tokens. */
const createTokenMemory = () => {
  const tokens = new Set<string>();
  return {
    has: (token: string | undefined) => token !== undefined && tokens.has(token),
    add(token: string | undefined) {
      if (token !== undefined) tokens.add(token);
      const [oldest] = tokens;
      if (tokens.size > TOKENS_KEPT && oldest !== undefined) tokens.delete(oldest);
    },
  };
};

const isRepeat = (schedule: Schedule, there: Schedule): boolean =>
  there.clientToken !== undefined &&
  there.clientToken === schedule.clientToken &&
  isDeepStrictEqual(there.input, schedule.input);

/** Opens the book with what its folder holds. */
export async function createScheduleBook(options: ScheduleBookOptions): Promise<ScheduleBook> {
  const shelf = createShelf(options.folder);
  const loaded = await shelf.load();
  const alarm = createAlarm(options.clock);
  const entries = createEntries(options, alarm, shelf);
  const groups = createGroups(shelf, new Set(['default', ...(options.groups ?? []), ...loaded.groups]));
  const deletions = createTokenMemory();
  loaded.schedules.forEach(entries.restore);

  const get = (group: string, name: string): Schedule => {
    groups.assertGroup(group);
    const schedule = entries.find({ group, name });
    if (!schedule) throw notFound('Schedule', name);
    return schedule;
  };
  return {
    ...groups,
    get,
    all: entries.all,
    async create(schedule) {
      groups.assertGroup(schedule.group);
      const there = entries.find(schedule);
      if (!there) return entries.enter(schedule);
      if (isRepeat(schedule, there)) return there.arn;
      throw conflict('Schedule', schedule.name);
    },
    update: async (schedule) => entries.enter({ ...schedule, created: get(schedule.group, schedule.name).created }),
    async remove(group, name, clientToken) {
      // the answer to the first call was lost: the second means the same deed
      if (deletions.has(clientToken)) return;
      await entries.forget(get(group, name));
      deletions.add(clientToken);
    },
    async removeGroup(name) {
      groups.assertGroup(name);
      await Promise.all(entries.all().map((schedule) => schedule.group === name && entries.forget(schedule)));
      await groups.removeGroup(name);
    },
    settled: alarm.settled,
    close: alarm.close,
  };
}
