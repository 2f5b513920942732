import type { Clock } from '#core/clock.ts';

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
const MOST_KEPT = 500;

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

/** Webhook keys have one form, so that junk in an address never reaches Secrets Manager. */
const KEY = /^[0-9a-f]{32}$/;

/**
 * Finds the secrets of the shared app, or of the one behind a webhook key; undefined when there is no such app. Kept for
 * five minutes, the absence of one for half a minute; `fresh` asks again, unless that was done a moment ago.
 */
export const secretFinder = ({ read, sharedId, prefix, clock }: SecretPorts) => {
  const kept = new Map<string, { secrets: AppSecrets | undefined; at: number }>();

  const load = async (secretId: string): Promise<AppSecrets | undefined> => {
    const text = await read(secretId);
    const secrets = text === undefined ? undefined : toSecrets(text);
    kept.delete(secretId);
    kept.set(secretId, { secrets, at: clock().getTime() });
    const oldest = kept.keys().next().value;
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return secrets;
  };

  const longest = (secrets: AppSecrets | undefined, fresh: boolean): number => {
    if (fresh) return FRESH_MS;
    return secrets ? KEPT_MS : ABSENT_MS;
  };

  return async (key: string | undefined, { fresh = false } = {}): Promise<AppSecrets | undefined> => {
    if (key !== undefined && !KEY.test(key)) return undefined;
    const secretId = key === undefined ? sharedId : prefix + key;
    const known = kept.get(secretId);
    const isKept = known !== undefined && clock().getTime() - known.at < longest(known.secrets, fresh);
    return isKept ? known.secrets : load(secretId);
  };
};

export type FindSecrets = ReturnType<typeof secretFinder>;
