/** What connections ask of Meta's Graph API, and what they read of its answers. */

/** An app, as far as it proves who asks. */
export interface AppCredentials {
  appId: string;
  appSecret: string;
}

/** What Meta says of a token. Source: Meta for Developers, "Debug-Token". */
export interface TokenInspection {
  isValid: boolean;
  appId?: string | undefined;
  type?: string | undefined;
  /** Absent: it never expires. */
  expiresAt?: Date | undefined;
  scopes: readonly string[];
  /** Scopes that hold for some accounts only; without target ids they hold for all. */
  granular: readonly { scope: string; targetIds?: readonly string[] | undefined }[];
  /** Why it is not valid. */
  subcode?: number | undefined;
}

/** A part of what sending needs, and how it fares. Source: Meta for Developers, "Messaging and Calling Health Status". */
export interface HealthEntity {
  type: string;
  id: string;
  canSend: string;
  errorCodes: readonly number[];
}

/** What Meta says of a number; each word is as Meta writes it. */
export interface NumberFacts {
  displayNumber: string;
  verifiedName?: string | undefined;
  nameStatus?: string | undefined;
  quality?: string | undefined;
  status?: string | undefined;
  platform?: string | undefined;
  throughput?: string | undefined;
  messagingLimit?: string | undefined;
  onPhoneApp?: boolean | undefined;
  /** Where its messages go: the address of the app, and those that override it. */
  webhooks?: { application?: string | undefined; account?: string | undefined; number?: string | undefined };
  health?: { canSend: string; entities: readonly HealthEntity[] } | undefined;
}

/** An app's own subscription to WhatsApp's webhooks. */
export interface AppSubscription {
  callbackUrl: string;
  active: boolean;
  fields: readonly string[];
}

/** One version of the Graph API. Every call may fail: see {@link failureOf}. */
export interface MetaGraph {
  /** The business token behind the code of an Embedded Signup, which lives thirty seconds. */
  exchangeCode: (app: AppCredentials, code: string) => Promise<string>;
  inspect: (token: string, app: AppCredentials) => Promise<TokenInspection>;
  number: (token: string, phoneNumberId: string) => Promise<NumberFacts>;
  /** Ids of all numbers of an account. */
  numbersOf: (token: string, wabaId: string) => Promise<readonly string[]>;
  /** Ids of the apps that hear of an account. */
  subscribedApps: (token: string, wabaId: string) => Promise<readonly string[]>;
  /** Lets the token's app hear of the account. */
  subscribe: (token: string, wabaId: string) => Promise<void>;
  /** Lets the token's app hear no more of the account. */
  unsubscribe: (token: string, wabaId: string) => Promise<void>;
  subscriptionOf: (app: AppCredentials) => Promise<AppSubscription | undefined>;
  register: (token: string, phoneNumberId: string, pin: string) => Promise<void>;
}

/**
 * Opens the Graph API at a version. With an app, every call proves that the token is in that app's own hands: apps that
 * require their secret answer no other call, and a token of another app is refused.
 */
export type OpenMetaGraph = (graphVersion: string, app?: AppCredentials) => MetaGraph;

/** How a call failed: with a code of Meta's, or without an answer. */
export interface GraphFailure {
  code?: number | undefined;
  subcode?: number | undefined;
  /** The same call may succeed later. */
  transient: boolean;
  /** The app requires its secret with every call. */
  needsProof?: boolean;
}

/** Outages and limits, as "Graph API: Error handling" and "Cloud API: Error codes" list them. */
const transientCodes = new Set([1, 2, 4, 17, 32, 341, 613, 80007, 80008, 130429, 131000, 131016, 131057]);

const BAD_PARAMETER = 100;
/** Source: Meta for Developers, "Securing Graph API Calls": "API calls from the server require an appsecret_proof argument". */
const PROOF_WANTED = /requires? an appsecret_proof/;

/** Reads a failed call. What has no code of Meta's never got an answer. */
export const failureOf = (error: unknown): GraphFailure => {
  const { code, subcode, transient, title } = (error ?? {}) as Partial<Record<string, unknown>>;
  if (typeof code !== 'number') return { transient: true };
  return {
    code,
    transient: transient === true || transientCodes.has(code),
    ...(typeof subcode === 'number' && { subcode }),
    ...(code === BAD_PARAMETER && PROOF_WANTED.test(String(title)) && { needsProof: true }),
  };
};

/** Why an app may not look at a token: it is another app's, or Meta refuses the app itself. */
export const appRefusalOf = (error: unknown): 'other' | 'refused' =>
  failureOf(error).code === 100 ? 'other' : 'refused';

/** True when Meta knows no such thing, or does not show it to this token. A bad parameter has the same code alone. */
export const isUnknown = ({ code, subcode }: GraphFailure): boolean => code === 33 || (code === 100 && subcode === 33);
