/** How Meta says an error: its title, the HTTP status, and whether it comes after acceptance as a `failed` status. */
interface ErrorKind {
  title: string;
  status: number;
  /** Comes as a status, not as the answer of the call. */
  later?: boolean;
}

/**
 * Titles: Meta's page "Error codes". HTTP statuses: an older edition of the same page (the current one has none).
 * `later`: Meta checks these only after it has answered 200 with a message id, and reports them by webhook. All others
 * are told at once.
 */
const kinds: Readonly<Record<number, ErrorKind>> = {
  0: { title: 'AuthException', status: 401 },
  1: { title: 'API Unknown', status: 400 },
  2: { title: 'API Service', status: 503 },
  3: { title: 'API Method', status: 500 },
  4: { title: 'Application request limit reached', status: 400 },
  10: { title: 'Application does not have permission for this action', status: 403 },
  33: { title: 'Parameter value is not valid', status: 400 },
  100: { title: 'Invalid parameter', status: 400 },
  190: { title: 'Access token has expired', status: 401 },
  200: { title: 'Provide valid app ID', status: 403 },
  368: { title: 'Temporarily blocked for policies violations', status: 403 },
  80007: { title: 'There have been too many calls to this WhatsApp Business account', status: 400 },
  130403: { title: 'User blocked', status: 403 },
  130429: { title: 'Rate limit hit', status: 429 },
  130472: { title: "User's number is part of an experiment", status: 400, later: true },
  130497: { title: 'Business account is restricted from messaging users in this country', status: 403, later: true },
  131000: { title: 'Something went wrong', status: 500 },
  131005: { title: 'Access denied', status: 403 },
  131008: { title: 'Required parameter is missing', status: 400 },
  131009: { title: 'Parameter value is not valid', status: 400 },
  131016: { title: 'Service unavailable', status: 500 },
  131021: { title: 'Recipient cannot be sender', status: 400 },
  131026: { title: 'Message undeliverable', status: 400, later: true },
  131030: { title: 'Recipient phone number not in allowed list', status: 400 },
  131031: { title: 'Account has been locked', status: 403 },
  131037: { title: 'WhatsApp provided number needs display name approval before message can be sent', status: 400 },
  131042: { title: 'Business eligibility payment issue', status: 400, later: true },
  131045: { title: 'Incorrect certificate', status: 500 },
  131047: { title: 'Re-engagement message', status: 400, later: true },
  131048: { title: 'Spam rate limit hit', status: 400, later: true },
  131049: {
    title: 'This message was not delivered to maintain healthy ecosystem engagement.',
    status: 400,
    later: true,
  },
  131050: {
    title:
      'Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business',
    status: 400,
    later: true,
  },
  131051: { title: 'Unsupported message type', status: 400 },
  131052: { title: 'Media download error', status: 400, later: true },
  131053: { title: 'Media upload error', status: 400, later: true },
  131055: { title: 'Method not allowed', status: 400 },
  131056: { title: '(Business Account, Consumer Account) pair rate limit hit', status: 400 },
  131057: { title: 'Business Account is currently in maintenance mode', status: 500 },
  131062: { title: 'Business-scoped user IDs are not supported for this message', status: 400 },
  131063: { title: 'Marketing messages are disabled on Cloud API', status: 400 },
  131064: { title: 'Account restricted for template misclassification', status: 400, later: true },
  132000: { title: 'Number of parameters does not match the expected number of params', status: 400 },
  132001: { title: 'Template name does not exist in the translation', status: 404 },
  132005: { title: 'Translated text too long', status: 400 },
  132007: { title: 'Template format character policy violated', status: 400 },
  132012: { title: 'Parameter format does not match format in the created template', status: 400 },
  132015: { title: 'Template is paused', status: 400 },
  132016: { title: 'Template is disabled', status: 400 },
  132068: { title: 'Flow is in blocked state', status: 400 },
  132069: { title: 'Flow is in throttled state', status: 400 },
  133000: { title: 'Incomplete deregistration', status: 500 },
  133004: { title: 'Server temporarily unavailable', status: 503 },
  133005: { title: 'Two step verification PIN mismatch', status: 400 },
  133006: { title: 'Phone number re-verification needed', status: 400 },
  133008: { title: 'Too many two step verification PIN guesses', status: 400 },
  133009: { title: 'Two step verification PIN guessed too fast', status: 400 },
  133010: { title: 'Phone number not registered', status: 400 },
  133015: { title: 'Please wait a few minutes before attempting to register this phone number', status: 400 },
  133016: { title: 'Account register/deregister rate limit exceeded', status: 400 },
  134011: { title: 'WhatsApp Payments terms of service has not been accepted', status: 400, later: true },
  135000: { title: 'Generic user error', status: 400 },
  137000: { title: 'Identity key hash mismatch', status: 400, later: true },
};

/** An error of Meta's. */
export interface MetaError {
  code: number;
  title: string;
  details?: string;
}

/** Whether the code is told by webhook after acceptance. */
export const comesLater = (code: number): boolean => kinds[code]?.later ?? false;

/** An error by its code. */
export const metaError = (code: number, details?: string): MetaError => ({
  code,
  title: kinds[code]?.title ?? 'Something went wrong',
  details,
});

interface RefusalExtras {
  subcode?: number;
  /** Instead of the title of the code. */
  message?: string;
  type?: string;
  status?: number;
  userTitle?: string;
}

/** The Graph API says no. */
export class GraphRefusal extends Error {
  readonly code: number;
  readonly details: string | undefined;
  readonly extras: RefusalExtras;

  constructor(code: number, details?: string, extras: RefusalExtras = {}) {
    super(extras.message ?? `(#${code}) ${kinds[code]?.title ?? 'Something went wrong'}`);
    this.code = code;
    this.details = details;
    this.extras = extras;
  }

  get status(): number {
    return this.extras.status ?? kinds[this.code]?.status ?? 400;
  }
}

/** The body of an error answer, member for member as the Graph API gives it. */
export const refusalBody = ({ message, code, details, extras }: GraphRefusal, traceId: string): object => ({
  error: {
    message,
    type: extras.type ?? 'OAuthException',
    code,
    ...(details !== undefined && { error_data: { messaging_product: 'whatsapp', details } }),
    ...(extras.subcode !== undefined && { error_subcode: extras.subcode }),
    ...(extras.userTitle !== undefined && {
      is_transient: false,
      error_user_title: extras.userTitle,
      error_user_msg: details,
    }),
    fbtrace_id: traceId,
  },
});

/** There is no such node, or the token may not see it: Meta does not tell which. */
export const noSuchObject = (id: string, method: string): GraphRefusal =>
  new GraphRefusal(100, undefined, {
    subcode: 33,
    type: 'GraphMethodException',
    message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
  });
