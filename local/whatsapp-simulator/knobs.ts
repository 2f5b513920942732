import type { Knobs, SendTrouble } from './simulator-api.ts';

/** A change of the knobs that makes no sense. */
export class KnobRefused extends Error {}

/** Meta on a good day. */
export const calmKnobs: Readonly<Knobs> = {
  latencyMs: 0,
  webhookDelayMs: 0,
  duplicates: 1,
  shuffleMs: 0,
  lossRate: 0,
  batch: 0,
  statusesOff: false,
  skipDelivered: true,
  statusDelayMs: 250,
  rates: {},
  tokenExpired: false,
  paymentProblem: false,
  holdTemplates: false,
  readAtOnce: false,
};

const DAY = 86_400_000;

const troubles: readonly SendTrouble[] = [
  'rate-limited',
  'pair-limited',
  'app-limited',
  'server-error',
  'unavailable',
  'drop',
  'time-out-after-acceptance',
];

const isNumber = (least: number, most: number) => (value: unknown) =>
  typeof value === 'number' && value >= least && value <= most;
const isFlag = (value: unknown) => typeof value === 'boolean';
const isShare = isNumber(0, 1);
const isTrouble = (value: unknown) => troubles.includes(value as SendTrouble);
const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const areRates = (value: unknown) =>
  Object.entries(asRecord(value)).every(([name, share]) => isTrouble(name) && isShare(share));
const isNext = (value: unknown) => isTrouble(asRecord(value).trouble) && isNumber(0, 1e6)(asRecord(value).times);
const isNextError = (value: unknown) =>
  isNumber(0, 1e9)(asRecord(value).code) && isNumber(0, 1e6)(asRecord(value).times);
const orNothing = (check: (value: unknown) => boolean) => (value: unknown) =>
  (value ?? undefined) === undefined || check(value);

const checks: { [Name in keyof Required<Knobs>]: (value: unknown) => boolean } = {
  latencyMs: isNumber(0, 60_000),
  webhookDelayMs: isNumber(0, DAY),
  duplicates: isNumber(1, 10),
  shuffleMs: isNumber(0, DAY),
  lossRate: isShare,
  batch: isNumber(0, 1000),
  statusesOff: isFlag,
  skipDelivered: isFlag,
  statusDelayMs: isNumber(0, DAY),
  rates: areRates,
  next: orNothing(isNext),
  nextError: orNothing(isNextError),
  tokenExpired: isFlag,
  paymentProblem: isFlag,
  holdTemplates: isFlag,
  readAtOnce: isFlag,
};

/** The knobs after a change; null takes `next` or `nextError` away. Throws `KnobRefused` for one that is unknown or out of range. */
export const turnKnobs = (knobs: Knobs, change: Readonly<Record<string, unknown>>): Knobs => {
  for (const [name, value] of Object.entries(change)) {
    const check = Object.hasOwn(checks, name) ? checks[name as keyof Knobs] : undefined;
    if (!check?.(value)) throw new KnobRefused(`${name} cannot be ${JSON.stringify(value)}`);
  }
  const given = Object.entries(change).map(([name, value]) => [name, value ?? undefined]);
  return { ...knobs, ...(Object.fromEntries(given) as Partial<Knobs>) };
};

/** What the next send meets by the knobs, and the knobs after it. */
export const drawTrouble = (knobs: Knobs, chance: () => number): { trouble?: SendTrouble; knobs: Knobs } => {
  const { next } = knobs;
  if (next && next.times > 0) {
    const left = next.times - 1;
    return { trouble: next.trouble, knobs: { ...knobs, next: left > 0 ? { ...next, times: left } : undefined } };
  }
  for (const trouble of troubles) {
    if (chance() < (knobs.rates[trouble] ?? 0)) return { trouble, knobs };
  }
  return { knobs };
};

/** The error that the next send gets by the knobs, and the knobs after it. */
export const drawError = (knobs: Knobs): { error?: { code: number; asStatus?: boolean }; knobs: Knobs } => {
  const { nextError } = knobs;
  if (!nextError || nextError.times < 1) return { knobs };
  const left = nextError.times - 1;
  return { error: nextError, knobs: { ...knobs, nextError: left > 0 ? { ...nextError, times: left } : undefined } };
};
