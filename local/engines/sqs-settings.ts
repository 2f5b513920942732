/** How a queue is made; names and units are those of CloudFormation's `AWS::SQS::Queue`. */
export interface QueueDefinition {
  name: string;
  properties: Record<string, unknown>;
}

/** What a queue's properties come to. */
export interface QueueSettings {
  name: string;
  arn: string;
  isFifo: boolean;
  /** Makes the id by which repetitions are known out of the body. */
  dedupsByContent: boolean;
  dedupsPerGroup: boolean;
  delaySeconds: number;
  visibilitySeconds: number;
  retentionSeconds: number;
  waitSeconds: number;
  maxBytes: number;
  /** Gives up what was received so often without being deleted. */
  redrive?: { targetArn: string; maxReceives: number };
  /** Which queues may give up to this one. */
  redriveAllow?: { permission: string; sourceArns: readonly string[] };
}

export const LARGEST_MESSAGE = 1024 * 1024;
const DAY = 86_400;

const knownProperties = new Set([
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'QueueName',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'Tags',
  'VisibilityTimeout',
]);

type Properties = Record<string, unknown>;

const asObject = (value: unknown): Properties | undefined =>
  typeof value === 'string' ? (JSON.parse(value) as Properties) : (value as Properties | undefined);

const isTrue = (value: unknown): boolean => String(value) === 'true';

const readNumber = (properties: Properties, field: string, from: number, to: number, preset: number): number => {
  const value = Number(properties[field] ?? preset);
  if (value >= from && value <= to) return value;
  throw new Error(`${field} must be ${from} to ${to}, not ${String(properties[field])}`);
};

const readRedrive = (properties: Properties): QueueSettings['redrive'] => {
  const policy = asObject(properties['RedrivePolicy']);
  if (!policy) return undefined;
  const maxReceives = readNumber(policy, 'maxReceiveCount', 1, 1000, Number.NaN);
  return { targetArn: String(policy['deadLetterTargetArn']), maxReceives };
};

const readRedriveAllow = (properties: Properties): QueueSettings['redriveAllow'] => {
  const policy = asObject(properties['RedriveAllowPolicy']);
  if (!policy) return undefined;
  const sourceArns = Array.isArray(policy['sourceQueueArns']) ? policy['sourceQueueArns'].map(String) : [];
  return { permission: String(policy['redrivePermission']), sourceArns };
};

const assertName = (name: string, isFifo: boolean): void => {
  const isFit = /^[\w-]{1,80}$/.test(name.replace(/\.fifo$/, '')) && name.length <= 80;
  if (!isFit) throw new Error('a name has up to 80 letters, digits, hyphens and underscores');
  if (isFifo !== name.endsWith('.fifo')) throw new Error('the name of a FIFO queue, and of no other, ends in .fifo');
};

const assertFifoOnly = (properties: Properties, isFifo: boolean): void => {
  for (const field of ['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit']) {
    if (!isFifo && properties[field] !== undefined) throw new Error(`${field} is for FIFO queues`);
  }
};

const read = ({ name, properties }: QueueDefinition, arn: string): QueueSettings => {
  const unknown = Object.keys(properties).find((field) => !knownProperties.has(field));
  if (unknown) throw new Error(`the local cloud does not know its property ${unknown}`);
  const isFifo = isTrue(properties['FifoQueue']);
  assertName(name, isFifo);
  assertFifoOnly(properties, isFifo);
  return {
    name,
    arn,
    isFifo,
    dedupsByContent: isTrue(properties['ContentBasedDeduplication']),
    dedupsPerGroup: properties['DeduplicationScope'] === 'messageGroup',
    delaySeconds: readNumber(properties, 'DelaySeconds', 0, 900, 0),
    visibilitySeconds: readNumber(properties, 'VisibilityTimeout', 0, DAY / 2, 30),
    retentionSeconds: readNumber(properties, 'MessageRetentionPeriod', 60, 14 * DAY, 4 * DAY),
    waitSeconds: readNumber(properties, 'ReceiveMessageWaitTimeSeconds', 0, 20, 0),
    maxBytes: readNumber(properties, 'MaximumMessageSize', 1024, LARGEST_MESSAGE, LARGEST_MESSAGE),
    redrive: readRedrive(properties),
    redriveAllow: readRedriveAllow(properties),
  };
};

/**
 * Reads a queue's properties. Throws an error that names the queue for anything that AWS would refuse, and for what the
 * local cloud does not play.
 */
export const readQueueSettings = (definition: QueueDefinition, arn: string): QueueSettings => {
  try {
    return read(definition, arn);
  } catch (error) {
    throw new Error(`the queue ${definition.name}: ${(error as Error).message}`);
  }
};

const mayGiveUpTo = (target: QueueSettings, sourceArn: string): boolean => {
  const { permission, sourceArns } = target.redriveAllow ?? { permission: 'allowAll', sourceArns: [] };
  return permission === 'allowAll' || (permission === 'byQueue' && sourceArns.includes(sourceArn));
};

/** Throws where a dead-letter queue is missing, of the other kind, or does not take what the queue gives up. */
export const assertRedrives = (all: readonly QueueSettings[]): void => {
  for (const { name, arn, isFifo, redrive } of all) {
    if (!redrive) continue;
    const target = all.find((one) => one.arn === redrive.targetArn);
    if (!target)
      throw new Error(`the queue ${name} has the dead-letter queue ${redrive.targetArn}, which is not there`);
    if (target.isFifo !== isFifo) {
      throw new Error(`the queue ${name} and its dead-letter queue ${target.name} must both be FIFO, or neither`);
    }
    if (!mayGiveUpTo(target, arn)) {
      throw new Error(`the dead-letter queue ${target.name} does not let ${name} use it: RedriveAllowPolicy`);
    }
  }
};

const policies = ({ redrive, redriveAllow }: QueueSettings) => ({
  ...(redrive && {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: redrive.targetArn, maxReceiveCount: redrive.maxReceives }),
  }),
  ...(redriveAllow && {
    RedriveAllowPolicy: JSON.stringify({
      redrivePermission: redriveAllow.permission,
      ...(redriveAllow.sourceArns.length > 0 && { sourceQueueArns: redriveAllow.sourceArns }),
    }),
  }),
});

/** The settings as GetQueueAttributes tells them. */
export const settingsAsAttributes = (settings: QueueSettings): Record<string, string> => ({
  QueueArn: settings.arn,
  DelaySeconds: String(settings.delaySeconds),
  VisibilityTimeout: String(settings.visibilitySeconds),
  MessageRetentionPeriod: String(settings.retentionSeconds),
  ReceiveMessageWaitTimeSeconds: String(settings.waitSeconds),
  MaximumMessageSize: String(settings.maxBytes),
  SqsManagedSseEnabled: 'true',
  ...policies(settings),
  ...(settings.isFifo && {
    FifoQueue: 'true',
    ContentBasedDeduplication: String(settings.dedupsByContent),
    DeduplicationScope: settings.dedupsPerGroup ? 'messageGroup' : 'queue',
  }),
});
