import { AwsError } from './engine.ts';

/** When a schedule is due. */
export interface Recurrence {
  isOnce: boolean;
  /** The first time after `after`, in epoch ms; undefined where none is left. `anchor` is what a rate counts from. */
  next(after: number, anchor: number): number | undefined;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A leap day may be eight years away (1896 to 1904, 2096 to 2104). */
const FARTHEST_DAYS = 366 * 8 + 1;

const invalid = (expression: string): AwsError =>
  new AwsError('ValidationException', `Invalid Schedule Expression ${expression}.`);

const formats = new Map<string, Intl.DateTimeFormat>();

const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const kept = formats.get(timeZone);
  if (kept) return kept;
  try {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(timeZone, format);
    return format;
  } catch (cause) {
    const error = new AwsError('ValidationException', `Invalid time zone ${timeZone}`);
    error.cause = cause;
    throw error;
  }
};

/** What a clock on the wall shows there, read as if it were UTC. */
const wallTime = (epochMs: number, timeZone: string): number =>
  Date.parse(
    `${formatOf(timeZone)
      .format(Math.floor(epochMs / 1000) * 1000)
      .replace(' ', 'T')}Z`,
  );

/** The moment at which a clock on the wall shows `wall`; the first of two, or undefined where it is skipped. */
const momentOf = (wall: number, timeZone: string): number | undefined =>
  [wall - DAY, wall + DAY]
    .map((near) => wall - (wallTime(near, timeZone) - near))
    .filter((moment) => wallTime(moment, timeZone) === wall)
    .sort((a, b) => a - b)[0];

const readAt = (expression: string, text: string, timeZone: string): Recurrence => {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  if (Number.isNaN(wall)) throw invalid(expression);
  // an hour that a zone skips: one hour later, as its clocks do
  const moment = momentOf(wall, timeZone) ?? momentOf(wall + 60 * MINUTE, timeZone) ?? wall;
  return { isOnce: true, next: (after) => (moment > after ? moment : undefined) };
};

const unitMs: Record<string, number> = { minute: MINUTE, hour: 60 * MINUTE, day: DAY };

const readRate = (expression: string, text: string): Recurrence => {
  const [, count = '', unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(text) ?? [];
  const every = Number(count) * (unitMs[unit] ?? 0);
  if (!(every > 0)) throw invalid(expression);
  return {
    isOnce: false,
    next: (after, anchor) => anchor + Math.max(1, Math.floor((after - anchor) / every) + 1) * every,
  };
};

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  first: number;
  last: number;
  names?: readonly string[];
}

const cronFields: Field[] = [
  { first: 0, last: 59 },
  { first: 0, last: 23 },
  { first: 1, last: 31 },
  { first: 1, last: 12, names: MONTHS },
  { first: 1, last: 7, names: DAYS },
  { first: 1970, last: 2199 },
];

/** The numbers that one part of a list allows: a star, a number, a range, each with an optional step. */
const readPart = (part: string, { first, last, names }: Field): number[] | undefined => {
  const [range = '', step = ''] = part.split('/');
  const toNumber = (text: string) => (names?.includes(text) ? names.indexOf(text) + 1 : Number(text || Number.NaN));
  const [low, high] = range === '*' || range === '?' ? [first, last] : range.split('-').map(toNumber);
  const from = low ?? Number.NaN;
  const to = high ?? (part.includes('/') ? last : from);
  const by = part.includes('/') ? Number(step || Number.NaN) : 1;
  if (!(from >= first && to <= last && from <= to && by >= 1)) return undefined;
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
};

const readField = (expression: string, text: string, field: Field): number[] => {
  const parts = text
    .toUpperCase()
    .split(',')
    .map((part) => readPart(part, field));
  const numbers = parts.flatMap((part) => part ?? Number.NaN);
  if (numbers.some((number) => !Number.isInteger(number))) throw invalid(expression);
  return [...new Set(numbers)].sort((a, b) => a - b);
};

const readCron = (expression: string, text: string, timeZone: string): Recurrence => {
  const texts = text.trim().split(/\s+/);
  // exactly one of the two day fields leaves the choice to the other
  if (texts.length !== 6 || (texts[2] === '?') === (texts[4] === '?')) throw invalid(expression);
  const [minutes = [], ...rest] = cronFields.map((field, place) => readField(expression, texts[place] ?? '', field));
  const [hours = [], ...dates] = rest;
  const [days, months, weekdays, years] = dates.map((numbers) => new Set(numbers));
  const isDay = (date: Date) =>
    days?.has(date.getUTCDate()) &&
    months?.has(date.getUTCMonth() + 1) &&
    weekdays?.has(date.getUTCDay() + 1) &&
    years?.has(date.getUTCFullYear());
  const times = hours.flatMap((hour) => minutes.map((minute) => (hour * 60 + minute) * MINUTE));
  const nextOn = (day: number, after: number) => {
    for (const time of times) {
      const moment = momentOf(day + time, timeZone);
      if (moment !== undefined && moment > after) return moment;
    }
    return undefined;
  };
  const next = (after: number) => {
    const today = Math.floor(wallTime(after, timeZone) / DAY) * DAY;
    for (let day = 0; day < FARTHEST_DAYS; day += 1) {
      const start = today + day * DAY;
      const moment = isDay(new Date(start)) ? nextOn(start, after) : undefined;
      if (moment !== undefined) return moment;
    }
    return undefined;
  };
  return { isOnce: false, next };
};

/**
 * Reads `at(…)`, `rate(…)` or `cron(…)`. Throws a ValidationException for anything else, an unknown time zone, and the
 * signs L, W and # of cron, which are not played here.
 */
export function readScheduleExpression(expression: string, timeZone = 'UTC'): Recurrence {
  const [, kind, text = ''] = /^(at|rate|cron)\((.*)\)$/.exec(expression) ?? [];
  formatOf(timeZone);
  if (kind === 'at') return readAt(expression, text, timeZone);
  if (kind === 'rate') return readRate(expression, text);
  if (kind === 'cron') return readCron(expression, text, timeZone);
  throw invalid(expression);
}
