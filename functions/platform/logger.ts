import { readOptionalEnv } from './env.ts';

/** What a line tells beside its message. */
type Fields = Readonly<Record<string, unknown>>;

const severities = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
type Severity = (typeof severities)[number];

const lowest = severities.findIndex((severity) => severity === (readOptionalEnv('LOG_LEVEL') ?? 'INFO'));
const service = readOptionalEnv('SERVICE_NAME');

/** Fields of every line until the next request. */
let kept: Fields = {};

/**
 * Of an error only its name, words, stack and cause. Errors of the SDK and of the table carry whole rows in further
 * members, with the phone and the code of a checkout.
 */
const plainError = ({ name, message, stack, cause }: Error): Fields => ({
  name,
  message,
  stack,
  ...(cause instanceof Error && { cause: plainError(cause) }),
});

const write = (level: Severity, message: string, fields: Fields): void => {
  if (severities.indexOf(level) < lowest) return;
  const traceId = readOptionalEnv('_X_AMZN_TRACE_ID')?.match(/Root=([^;]+)/)?.[1];
  const line = {
    level,
    message,
    timestamp: new Date().toISOString(),
    service,
    xray_trace_id: traceId,
    ...kept,
    ...fields,
  };
  const text = JSON.stringify(line, (_, value: unknown) => (value instanceof Error ? plainError(value) : value));
  process.stdout.write(`${text}\n`);
};

/**
 * The log of a function: JSON lines with ids, codes and durations. Never a phone, a name, a text, a token or a whole
 * event; never a checkout code either, for whoever has it may act on the checkout. Written here and not by a library:
 * ours took a sixth of a cold start, and its way with errors had to be undone anyway.
 */
export const logger = {
  info: (message: string, fields: Fields = {}): void => write('INFO', message, fields),
  error: (message: string, fields: Fields = {}): void => write('ERROR', message, fields),
  /** Starts a request: these fields, and no earlier ones, stand on every line from now on. */
  startRequest: (fields: Fields): void => {
    kept = fields;
  },
};
