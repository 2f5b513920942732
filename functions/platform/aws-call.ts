import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { readEnv, readOptionalEnv } from './env.ts';
import { callHttps, type HttpsAnswer } from './https.ts';

/** A service that speaks Amazon's JSON protocol. */
export interface AwsService {
  /** As it stands in signatures and in addresses. */
  name: 'sqs' | 'secretsmanager' | 'cognito-idp';
  /** The prefix of `x-amz-target`. */
  target: string;
  version: '1.0' | '1.1';
  /** How long one attempt may take. @default 1500 */
  timeoutMs?: number;
}

/** A service's own error; `name` is the service's word for it. */
export class AwsCallError extends Error {
  readonly status: number;

  constructor(name: string, operation: string, status: number) {
    super(`${operation} answered ${status} ${name}`);
    this.name = name;
    this.status = status;
  }
}

const ATTEMPTS = 3;
const TIMEOUT_MS = 1500;
const FIRST_PAUSE_MS = 40;

const signer = (service: string, region: string) => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = readEnv('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY');
  const sessionToken = readOptionalEnv('AWS_SESSION_TOKEN');
  return new SignatureV4({
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(sessionToken && { sessionToken }),
    },
    region,
    service,
    sha256: Hash.bind(null, 'sha256'),
  });
};

const errorOf = (operation: string, { status, body }: HttpsAnswer): AwsCallError => {
  const [, type = 'UnknownError'] = /"__type"\s*:\s*"(?:[^"]*#)?([^"#]+)"/.exec(body.toString('utf8')) ?? [];
  return new AwsCallError(type, operation, status);
};

const isTransient = (error: unknown): boolean =>
  !(error instanceof AwsCallError) || error.status >= 500 || /Throttl|TooMany|RequestLimit/i.test(error.name);

const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/**
 * Calls an operation, three times if need be, and gives its answer. For functions that start often and do little: the
 * SDK client of one service is 160 KB, and loading it takes longer than all their work.
 * Throws {@link AwsCallError} for what the service refuses, and other errors for what did not reach it.
 * Source: AWS SDKs reference, "AWS JSON 1.0 and 1.1 protocol"; IAM user guide, "Signature Version 4".
 */
export const callAws = async (
  { name, target, version, timeoutMs = TIMEOUT_MS }: AwsService,
  operation: string,
  endpoint: URL,
  input: object,
): Promise<unknown> => {
  const { AWS_REGION: region } = readEnv('AWS_REGION');
  const body = JSON.stringify(input);
  const once = async () => {
    const signed = await signer(name, region).sign({
      method: 'POST',
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...(endpoint.port && { port: Number(endpoint.port) }),
      path: '/',
      query: {},
      headers: {
        host: endpoint.host,
        'content-type': `application/x-amz-json-${version}`,
        'x-amz-target': `${target}.${operation}`,
      },
      body,
    });
    const answer = await callHttps(new URL('/', endpoint), {
      method: 'POST',
      headers: signed.headers,
      body,
      timeoutMs,
    });
    if (answer.status !== 200) throw errorOf(operation, answer);
    // some operations have nothing to say
    return answer.body.length === 0 ? {} : (JSON.parse(answer.body.toString('utf8')) as unknown);
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once();
    } catch (error) {
      if (attempt >= ATTEMPTS || !isTransient(error)) throw error;
      await pause(FIRST_PAUSE_MS * 2 ** attempt * Math.random());
    }
  }
};
