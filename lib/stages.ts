import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';

const webAcl = /^arn:aws[\w-]*:wafv2:us-east-1:\d{12}:global\/webacl\/.+$/;
const certificate = /^arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate\/.+$/;

z.config(z.locales.en());

const httpsAddress = () =>
  z.string().check(z.regex(/^https:\/\/[a-z0-9.-]+(:\d+)?(\/[\w./-]*)?$/, 'must be an https address'));

/** What an operator may set for a stage, in `cdk.json` under `vidriera:<stage>` or with `-c <name>=<value>`. */
const Overrides = z.strictObject({
  /** Where alarms are mailed to. */
  alarmEmail: z.optional(z.email()),
  /** A topic that gets the alarms instead of one of ours. */
  alarmTopicArn: z.optional(z.string().check(z.startsWith('arn:'))),
  /** The host of the site; needs a certificate. */
  domainName: z.optional(
    z.string().check(z.regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'must be a host like shop.example.com')),
  ),
  /** The certificate of the host, in us-east-1, for CloudFront takes no other. */
  certificateArn: z.optional(z.string().check(z.regex(certificate, 'must be an ACM certificate in us-east-1'))),
  /** A web ACL made for CloudFront. */
  webAclArn: z.optional(z.string().check(z.regex(webAcl, 'must be a global web ACL'))),
  /** One of the lengths that CloudWatch Logs knows. */
  logRetentionDays: z.optional(z.pipe(z.coerce.number(), z.enum(RetentionDays))),
  logLevel: z.optional(z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR'])),
  mfa: z.optional(z.enum(['optional', 'required'])),
  /** Where Meta's Graph API is. */
  graphUrl: z.optional(httpsAddress()),
  /** Where links that open a chat lead. */
  clickToChatUrl: z.optional(httpsAddress()),
  requestsPerSecond: z.optional(z.coerce.number().check(z.positive())),
  requestBurst: z.optional(z.coerce.number().check(z.positive())),
});

/** Settings of a stage that an operator may change. */
export type StageOverrides = z.infer<typeof Overrides>;

/** Everything that differs between stages. */
export interface StageConfig extends StageOverrides {
  stage: string;
  /** What becomes of table, key, secrets, users, queues and files when their stack is deleted. */
  removalPolicy: RemovalPolicy;
  /** Refuse to delete table, user pool and data stack until this is switched off. */
  deletionProtection: boolean;
  /** Keep replaced and deleted pictures and files of conversations for a month. */
  versionedPictures: boolean;
  logRetentionDays: number;
  logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  mfa: 'optional' | 'required';
  /** Where Meta's Graph API is, without a version. */
  graphUrl: string;
  /** Where links that open a chat lead: number and text follow. */
  clickToChatUrl: string;
  /** Hosts of a private network that addresses named by shops may lead to, by plain http too: on a laptop its own. */
  privateHosts: readonly string[];
  /** Requests that the API takes on average over all callers. */
  requestsPerSecond: number;
  /** Requests that the API takes at once. */
  requestBurst: number;
}

/** What stands for Meta in the templates of the local cloud, which puts its simulator's addresses in their place. */
export const SIMULATOR = {
  graphUrl: 'http://simulator.invalid/graph',
  clickToChatUrl: 'http://simulator.invalid/chat',
};

const META = { graphUrl: 'https://graph.facebook.com', clickToChatUrl: 'https://wa.me' };

type Defaults = Omit<StageConfig, 'stage'>;

const disposable: Defaults = {
  removalPolicy: RemovalPolicy.DESTROY,
  deletionProtection: false,
  versionedPictures: false,
  logRetentionDays: 7,
  logLevel: 'DEBUG',
  mfa: 'optional',
  ...META,
  privateHosts: [],
  requestsPerSecond: 200,
  requestBurst: 400,
};

const known: Record<string, Defaults> = {
  local: { ...disposable, ...SIMULATOR, privateHosts: ['127.0.0.1'] },
  dev: disposable,
  prod: {
    removalPolicy: RemovalPolicy.RETAIN,
    deletionProtection: true,
    versionedPictures: true,
    logRetentionDays: 30,
    logLevel: 'INFO',
    mfa: 'required',
    ...META,
    privateHosts: [],
    requestsPerSecond: 2000,
    requestBurst: 4000,
  },
};

/** Names of the settings that an operator may change. */
export const overrideNames: readonly string[] = Object.keys(Overrides.shape);

const assertConsistent = ({ domainName, certificateArn, alarmEmail, alarmTopicArn }: StageOverrides): void => {
  if ((domainName === undefined) !== (certificateArn === undefined)) {
    throw new Error('domainName and certificateArn must be given together');
  }
  if (alarmEmail !== undefined && alarmTopicArn !== undefined) {
    throw new Error('alarmEmail and alarmTopicArn exclude each other: subscribe the address to the topic');
  }
};

/** The configuration of a stage: one of the known ones, or a disposable one under any other short name. */
export const stageConfig = (stage: string, overrides: object = {}): StageConfig => {
  if (!/^[a-z][a-z0-9-]{1,20}$/.test(stage)) {
    throw new Error(`the stage ${JSON.stringify(stage)} must be 2 to 21 of a-z, 0-9 and -, starting with a letter`);
  }
  const parsed = Overrides.safeParse(overrides);
  if (!parsed.success) throw new Error(`settings of stage ${stage}: ${z.prettifyError(parsed.error)}`);
  assertConsistent(parsed.data);
  return { ...(known[stage] ?? disposable), ...parsed.data, stage };
};
