import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message that a function put on a queue. */
export interface SentMessage {
  queue: string;
  body: unknown;
  group?: string;
  dedupId?: string;
  delaySeconds?: number;
}

/** A message that a function wants again after so many seconds. */
export interface BroughtBack {
  queue: string;
  receiptHandle: string;
  seconds: number;
}

/** An answer that is no 200. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, name: string) {
    super(name);
    this.status = status;
  }
}

type Input = Readonly<Record<string, unknown>>;
type Operations = Record<string, (input: Input) => object>;

const queueOf = ({ QueueUrl }: Input): string => String(QueueUrl).split('/').at(-1) ?? '';

/** Somebody's account in the user pool. */
export interface PoolAccount {
  email: string;
  name: string;
  enabled: boolean;
  status: 'FORCE_CHANGE_PASSWORD' | 'CONFIRMED';
  /** Invitations that were mailed. */
  mails: number;
  signOuts: number;
}

/** What SQS, Secrets Manager and the user pool hold. */
export const createHolding = () => ({
  sent: [] as SentMessage[],
  /** Groups whose next message is refused, and no other of its batch. */
  failing: [] as string[],
  broughtBack: [] as BroughtBack[],
  /** Texts by name. */
  secrets: new Map<string, string>(),
  /** Names of secrets that wait for their deletion. */
  deleted: new Set<string>(),
  /** By subject. */
  accounts: new Map<string, PoolAccount>(),
  /** Refuses these calls, by operation: so many of the next ones. */
  refusals: new Map<string, { name: string; status: number; times: number }>(),
});
export type Holding = ReturnType<typeof createHolding>;

const queueOperations = ({ sent, broughtBack, failing }: Holding): Operations => ({
  SendMessageBatch: (input) => {
    const entries = input['Entries'] as Record<string, unknown>[];
    const Failed: object[] = [];
    for (const { Id, MessageBody, MessageGroupId, MessageDeduplicationId, DelaySeconds } of entries) {
      const refused = failing.indexOf(String(MessageGroupId));
      if (refused >= 0) {
        failing.splice(refused, 1);
        Failed.push({ Id, Code: 'InternalError', SenderFault: false });
        continue;
      }
      sent.push({
        queue: queueOf(input),
        body: JSON.parse(String(MessageBody)),
        ...(MessageGroupId !== undefined && { group: String(MessageGroupId) }),
        ...(MessageDeduplicationId !== undefined && { dedupId: String(MessageDeduplicationId) }),
        ...(DelaySeconds !== undefined && { delaySeconds: Number(DelaySeconds) }),
      });
    }
    return { Successful: entries.map(({ Id }) => ({ Id })), Failed };
  },
  ChangeMessageVisibility: (input) => {
    const { ReceiptHandle, VisibilityTimeout } = input;
    const change = { receiptHandle: String(ReceiptHandle), seconds: Number(VisibilityTimeout) };
    broughtBack.push({ queue: queueOf(input), ...change });
    return {};
  },
});

const secretOperations = ({ secrets, deleted }: Holding): Operations => {
  const nameOf = ({ SecretId }: Input): string => String(SecretId);
  const assertThere = (name: string): void => {
    if (!secrets.has(name)) throw new Refusal(400, 'ResourceNotFoundException');
  };
  const assertAlive = (name: string): void => {
    assertThere(name);
    if (deleted.has(name)) throw new Refusal(400, 'InvalidRequestException');
  };
  return {
    GetSecretValue: (input) => {
      assertAlive(nameOf(input));
      return { SecretString: secrets.get(nameOf(input)) };
    },
    CreateSecret: ({ Name, SecretString }) => {
      if (secrets.has(String(Name))) throw new Refusal(400, 'ResourceExistsException');
      secrets.set(String(Name), String(SecretString));
      return {};
    },
    PutSecretValue: (input) => {
      assertAlive(nameOf(input));
      secrets.set(nameOf(input), String(input['SecretString']));
      return {};
    },
    DeleteSecret: (input) => {
      assertAlive(nameOf(input));
      deleted.add(nameOf(input));
      return {};
    },
    RestoreSecret: (input) => {
      assertThere(nameOf(input));
      deleted.delete(nameOf(input));
      return {};
    },
  };
};

const poolOperations = ({ accounts }: Holding): Operations => {
  const find = ({ Username }: Input): [string, PoolAccount] => {
    const found = [...accounts].find(([sub, { email }]) => sub === Username || email === Username);
    if (!found) throw new Refusal(400, 'UserNotFoundException');
    return found;
  };
  const attributes = ([sub, { email }]: [string, PoolAccount]) => [
    { Name: 'sub', Value: sub },
    { Name: 'email', Value: email },
  ];
  const onAccount = (change: (account: PoolAccount) => void) => (input: Input) => {
    change(find(input)[1]);
    return {};
  };
  const resend = (input: Input) => {
    const [sub, account] = find(input);
    if (account.status === 'CONFIRMED') throw new Refusal(400, 'UnsupportedUserStateException');
    account.mails += 1;
    return { User: { UserStatus: account.status, Attributes: attributes([sub, account]) } };
  };
  return {
    AdminCreateUser: (input) => {
      if (input['MessageAction'] === 'RESEND') return resend(input);
      const email = String(input['Username']);
      if ([...accounts.values()].some((account) => account.email === email))
        throw new Refusal(400, 'UsernameExistsException');
      const given = input['UserAttributes'] as { Name: string; Value: string }[];
      const name = given.find(({ Name }) => Name === 'name')?.Value ?? '';
      const account = { email, name, enabled: true, status: 'FORCE_CHANGE_PASSWORD', signOuts: 0 } as const;
      const mails = input['MessageAction'] === 'SUPPRESS' ? 0 : 1;
      const sub = randomUUID();
      accounts.set(sub, { ...account, mails });
      return { User: { UserStatus: account.status, Attributes: attributes([sub, { ...account, mails }]) } };
    },
    AdminGetUser: (input) => {
      const [sub, account] = find(input);
      return { UserStatus: account.status, UserAttributes: attributes([sub, account]) };
    },
    AdminEnableUser: onAccount((account) => {
      account.enabled = true;
    }),
    AdminDisableUser: onAccount((account) => {
      account.enabled = false;
    }),
    AdminUserGlobalSignOut: onAccount((account) => {
      account.signOuts += 1;
    }),
    AdminDeleteUser: (input) => {
      accounts.delete(find(input)[0]);
      return {};
    },
  };
};

const servicesByTarget: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  AWSCognitoIdentityProviderService: 'cognito-idp',
};

/** The permission that a call needs; a batch needs that of its single form. */
const actionOf = (target: string): string => {
  const [service = '', operation = ''] = target.split('.');
  return `${servicesByTarget[service] ?? service}:${operation.replace(/Batch$/, '')}`;
};

const readInput = async (request: IncomingMessage): Promise<Input> => {
  const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Input;
};

/** SQS, Secrets Manager and a user pool, as far as our functions call them without the SDK. `onCall` hears the permission used. */
export const startServices = async (onCall: (action: string) => void = () => undefined) => {
  const holding = createHolding();
  const operations: Operations = {
    ...queueOperations(holding),
    ...secretOperations(holding),
    ...poolOperations(holding),
  };
  const answer = (operation: string, input: Input): object => {
    const refusal = holding.refusals.get(operation);
    if (refusal && refusal.times > 0) {
      refusal.times -= 1;
      throw new Refusal(refusal.status, refusal.name);
    }
    const run = operations[operation];
    if (run === undefined) throw new Refusal(400, 'UnknownOperationException');
    return run(input);
  };
  const server = createServer(async (request, response) => {
    const target = String(request.headers['x-amz-target']);
    onCall(actionOf(target));
    try {
      const result = answer(target.split('.')[1] ?? '', await readInput(request));
      response.writeHead(200).end(JSON.stringify(result));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response.writeHead(error.status).end(JSON.stringify({ __type: error.message }));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { ...holding, close, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};
