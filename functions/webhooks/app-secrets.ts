import type { Clock } from '#core/clock.ts';
import { readBudget } from './read-budget.ts';

/** What a Meta app signs and is known by; the previous ones hold while they are rotated. */
export interface AppSecrets {
  appSecrets: readonly string[];
  verifyTokens: readonly string[];
}

/** Where secrets are, and how they are read; undefined: there is none of this name. */
export interface SecretPorts {
  read: (secretId: string) => Promise<string | undefined>;
  /** The secret of the deployment's own Meta app. */
  sharedId: string;
  /** What stands before a webhook key in the name of a secret. */
  prefix: string;
  clock: Clock;
}

const KEPT_MS = 5 * 60_000;
const ABSENT_MS = 30_000;
/** A forged request makes us read again no more often than this. */
const FRESH_MS = 10_000;
/**
 * Whoever tries webhook keys by chance makes us read so many at once, and then one in two seconds, in each environment.
 * Without this a thousand tries a second would cost tens of dollars an hour.
 */
const STRANGERS = { most: 20, everyMs: 2000 };

const textsOf = (...values: unknown[]): string[] =>
  values.filter((value): value is string => typeof value === 'string' && value !== '');

const parse = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
};

const toSecrets = (text: string): AppSecrets => {
  const { appSecret, previousAppSecret, verifyToken, previousVerifyToken } = parse(text);
  return {
    appSecrets: textsOf(appSecret, previousAppSecret),
    verifyTokens: textsOf(verifyToken, previousVerifyToken),
  };
};

/** Webhook keys have one form: whatever has another is nobody's, and not asked for. */
const KEY = /^[0-9a-f]{32}$/;

interface Kept {
  secrets: AppSecrets | undefined;
  at: number;
}

const longest = ({ secrets }: Kept, fresh: boolean): number => {
  if (fresh) return FRESH_MS;
  return secrets ? KEPT_MS : ABSENT_MS;
};

/**
 * Finds the secrets of the shared app, or of the one behind a webhook key; undefined when there is no such app. Kept for
 * five minutes, the absence of one for half a minute; `fresh` asks again, unless that was done a moment ago. Keys that
 * no app was found behind are asked for within a budget; while it is spent they are nobody's. Apps that were found are
 * outside it, and are never forgotten for the sake of others.
 */
export const secretFinder = ({ read, sharedId, prefix, clock }: SecretPorts) => {
  const kept = new Map<string, Kept>();
  const mayReadStranger = readBudget({ ...STRANGERS, clock });

  const forgetAbsent = (now: number): void => {
    for (const [secretId, { secrets, at }] of kept) {
      if (secrets === undefined && now - at >= ABSENT_MS) kept.delete(secretId);
    }
  };

  const load = async (secretId: string): Promise<AppSecrets | undefined> => {
    const text = await read(secretId);
    const secrets = text === undefined ? undefined : toSecrets(text);
    const at = clock().getTime();
    forgetAbsent(at);
    kept.set(secretId, { secrets, at });
    return secrets;
  };

  const find = async (secretId: string, fresh: boolean): Promise<AppSecrets | undefined> => {
    const known = kept.get(secretId);
    if (known && clock().getTime() - known.at < longest(known, fresh)) return known.secrets;
    const isStranger = secretId !== sharedId && known?.secrets === undefined;
    return isStranger && !mayReadStranger() ? undefined : load(secretId);
  };

  return async (key: string | undefined, { fresh = false } = {}): Promise<AppSecrets | undefined> => {
    if (key === undefined) return find(sharedId, fresh);
    return KEY.test(key) ? find(prefix + key, fresh) : undefined;
  };
};

export type FindSecrets = ReturnType<typeof secretFinder>;
