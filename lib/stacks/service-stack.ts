import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  type FunctionEntry,
  type FunctionName,
  manifest,
  type QueueName,
  type Trigger,
  type Use,
} from '../../functions/manifest.ts';
import { ChangeRelay } from '../constructs/change-relay.ts';
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { QueueConsumer } from '../constructs/queue-consumer.ts';
import { RecurringSchedule } from '../constructs/recurring-schedule.ts';
import { ScheduleGroup } from '../constructs/schedule-group.ts';
import { ServiceFunction } from '../constructs/service-function.ts';
import { UserDirectory } from '../constructs/user-directory.ts';
import type { StageConfig } from '../stages.ts';
import type { DataStack, VidrieraStackProps } from './data-stack.ts';

/** What the functions work on, and where their code comes from. */
export interface ServiceStackProps extends VidrieraStackProps {
  data: DataStack;
  codeOf: (name: FunctionName) => Code;
}

type QueueUse = `queue:${QueueName}`;

const isQueueUse = (use: Use): use is QueueUse => use.startsWith('queue:');

const entries = Object.entries(manifest) as [FunctionName, FunctionEntry][];

const soleName = (matches: (on: Trigger) => boolean): FunctionName => {
  const [found, ...more] = entries.filter(([, { on }]) => matches(on));
  if (found === undefined || more.length > 0) throw new Error('the manifest must have exactly one such function');
  return found[0];
};

/** Everything that runs: walks the manifest and makes function, trigger, grants and environment of each entry. */
export class ServiceStack extends Stack {
  readonly functions: ReadonlyMap<FunctionName, ServiceFunction>;
  readonly users: UserDirectory;
  readonly api: HttpApi;
  readonly expiries: ScheduleGroup;
  readonly recurring: ScheduleGroup;
  readonly relayDeadLetters: DeadLetterQueue;
  readonly #data: DataStack;
  readonly #stage: Pick<StageConfig, 'graphUrl' | 'clickToChatUrl' | 'privateHosts'>;

  constructor(scope: Construct, id: string, { stage, data, codeOf, ...props }: ServiceStackProps) {
    super(scope, id, props);
    this.#data = data;
    this.#stage = stage;
    this.expiries = this.#makeGroup(
      'Expiry',
      'stock of expired checkouts is freed late',
      `vidriera-${stage.stage}-expiry`,
    );
    this.recurring = this.#makeGroup(
      'Recurring',
      'a sweeper, the check of connections or the nightly proof of the stock did not run',
    );
    this.relayDeadLetters = new DeadLetterQueue(this, 'RelayDeadLetters', {
      hurt: 'files of customers that stay pending, customers who are not told of their checkouts, products listed wrongly',
    });
    this.functions = new Map(
      entries.map(([name, { on, memoryMb, timeoutSeconds, hurt }]) => [
        name,
        new ServiceFunction(this, name.charAt(0).toUpperCase() + name.slice(1), {
          ...{ name, stage, memoryMb, timeoutSeconds, hurt },
          code: codeOf(name),
          deadLetterQueue: this.#deadLettersOf(on),
        }),
      ]),
    );
    this.users = new UserDirectory(this, 'Users', {
      stage,
      preToken: this.functionNamed(soleName((on) => 'cognito' in on)),
    });
    this.api = new HttpApi(this, 'HttpApi', { stage, issuer: this.users.issuer, clientId: this.users.clientId });
    for (const [name, { on, uses }] of entries) this.#wire(this.functionNamed(name), on, uses);
    new CfnOutput(this, 'UserPoolId', { value: this.users.pool.userPoolId });
    new CfnOutput(this, 'ApiUrl', { value: `https://${this.api.hostName}` });
  }

  /** The function behind a name of the manifest. */
  functionNamed(name: FunctionName): ServiceFunction {
    const found = this.functions.get(name);
    if (found === undefined) throw new Error(`no function ${name}`);
    return found;
  }

  /** Every dead-letter queue, by what fills it. */
  get deadLetters(): Readonly<Record<string, DeadLetterQueue>> {
    return {
      expiry: this.expiries.deadLetterQueue,
      recurring: this.recurring.deadLetterQueue,
      relay: this.relayDeadLetters,
    };
  }

  #makeGroup(id: string, hurt: string, groupName?: string): ScheduleGroup {
    const deadLetterQueue = new DeadLetterQueue(this, `${id}DeadLetters`, { hurt });
    return new ScheduleGroup(this, `${id}Schedules`, { deadLetterQueue, ...(groupName && { groupName }) });
  }

  #deadLettersOf(on: Trigger): DeadLetterQueue | undefined {
    if ('schedule' in on) return this.expiries.deadLetterQueue;
    return 'every' in on ? this.recurring.deadLetterQueue : undefined;
  }

  #wire(fn: ServiceFunction, on: Trigger, uses: readonly Use[]): void {
    for (const use of uses) this.#grant(fn, use);
    if ('http' in on) this.api.serve(fn, on.http);
    if ('schedule' in on) this.expiries.allowCalling(fn);
    if ('every' in on)
      new RecurringSchedule(this, `${fn.name}Tick`, { every: on.every, group: this.recurring, target: fn });
    if ('stream' in on) {
      const { table } = this.#data;
      new ChangeRelay(this, 'ChangeRelay', { ...on.stream, table, target: fn, deadLetterQueue: this.relayDeadLetters });
    }
    if ('queue' in on) {
      const { queue, ...limits } = on;
      new QueueConsumer(this, `${fn.name}Work`, { ...limits, queue: this.#data.queues[queue], target: fn });
    }
  }

  #grant(fn: ServiceFunction, use: Use): void {
    if (isQueueUse(use)) {
      this.#data.queues[use.slice('queue:'.length) as QueueName].bind(fn);
      return;
    }
    const { table, secret, metaApp, pictures, media, files, archive, tokens, apps, pages, sales } = this.#data;
    const grants: Record<Exclude<Use, QueueUse>, () => void> = {
      'table:read': () => table.bind(fn, 'read'),
      'table:write': () => table.bind(fn, 'write'),
      'table:sale-links': () => table.bind(fn, 'sale-links'),
      'secret:app': () => secret.bind(fn),
      'secret:meta': () => metaApp.bind(fn),
      'pictures:write': () => pictures.bind(fn),
      'media:read': () => media.bind(fn, 'read'),
      'media:write': () => media.bind(fn, 'write'),
      'media:erase': () => media.bind(fn, 'erase'),
      'files:read': () => files.bind(fn, 'read'),
      'files:write': () => files.bind(fn, 'write'),
      'archive:read': () => archive.bind(fn, 'read'),
      'archive:write': () => archive.bind(fn, 'write'),
      'vault:tokens:read': () => tokens.bind(fn, 'read'),
      'vault:tokens': () => tokens.bind(fn, 'write'),
      'vault:apps:read': () => apps.bind(fn, 'read'),
      'vault:apps': () => apps.bind(fn, 'write'),
      'vault:pages:read': () => pages.bind(fn, 'read'),
      'vault:pages': () => pages.bind(fn, 'write'),
      'vault:sales': () => sales.bind(fn, 'write'),
      directory: () => this.users.bind(fn),
      'click-to-chat': () => fn.tell('CLICK_TO_CHAT_URL', this.#stage.clickToChatUrl),
      'guarded-https': () => fn.tell('PRIVATE_HOSTS', JSON.stringify(this.#stage.privateHosts)),
      graph: () => fn.tell('GRAPH_URL', this.#stage.graphUrl),
      'schedule:expiry': () => this.expiries.bindExpiry(fn, this.functionNamed(soleName((on) => 'schedule' in on))),
    };
    grants[use]();
  }
}
