import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { StageConfig } from '../stages.ts';
import { type AlarmRule, type Alarms, ownMetric } from './alarms.ts';

/** A figure that is counted up over some minutes. */
const count = (stage: StageConfig, name: string, minutes: number) =>
  ownMetric(stage, name).with({ period: Duration.minutes(minutes), statistic: 'Sum' });

const webhookAlarms = (stage: StageConfig): Record<string, AlarmRule> => ({
  // Anybody may send what has the form of a signature: that alone must wake nobody while Meta is let in.
  WebhooksRefused: {
    metric: new MathExpression({
      expression: 'IF(accepted == 0, refused, 0)',
      label: 'webhooks refused, while none is accepted',
      period: Duration.minutes(15),
      usingMetrics: {
        accepted: count(stage, 'WebhooksAccepted', 15),
        refused: count(stage, 'WebhooksRefused', 15),
      },
    }),
    threshold: 5,
    hurt: 'if it is Meta that is refused, nothing that customers write on WhatsApp comes in',
    article: 'webhooks refused',
  },
  UnreadableWebhooks: {
    metric: ownMetric(stage, 'UnreadableWebhooks'),
    threshold: 1,
    hurt: 'something that Meta told of customers reached no shop',
    article: 'unreadable webhooks',
  },
  WebhooksNotArchived: {
    metric: ownMetric(stage, 'WebhooksNotArchived'),
    threshold: 1,
    periods: 3,
    hurt: 'nobody yet, but what comes in now could not be replayed after a mistake of ours',
    article: 'webhooks not archived',
  },
});

const messageAlarms = (stage: StageConfig): Record<string, AlarmRule> => ({
  UnreadableMessages: {
    metric: count(stage, 'UnreadableMessages', 5),
    threshold: 1,
    hurt: 'whoever the work was for that no function can read: a customer, or the seller who waits for it',
    article: 'unreadable messages',
  },
  UnaddressedEvents: {
    metric: count(stage, 'UnaddressedEvents', 60),
    threshold: 10,
    hurt: 'customers who write to a number that no shop has connected, for nobody sees it',
    article: 'unaddressed events',
  },
  UnaddressedStatuses: {
    metric: count(stage, 'UnaddressedStatuses', 60),
    threshold: 100,
    hurt: 'sellers may not see whether their messages were delivered, read or failed',
    article: 'unaddressed statuses',
  },
  UnknownMessages: {
    metric: count(stage, 'UnknownMessages', 15),
    threshold: 3,
    hurt: 'customers may or may not have got some messages, and sellers have to ask them',
    article: 'unknown messages',
  },
  OverdueMessages: {
    metric: ownMetric(stage, 'OverdueMessageAge'),
    threshold: 600,
    periods: 3,
    hurt: 'customers do not get messages that sellers sent ten minutes ago and more',
    article: 'overdue messages',
  },
});

/** These figures come with each round of checks: without a new one the last one stands. */
const connectionAlarms = (stage: StageConfig): Record<string, AlarmRule> => ({
  ConnectionsStopped: {
    metric: ownMetric(stage, 'ConnectionsStopped'),
    threshold: 1,
    hurt: 'shops whose WhatsApp number has just stopped send nothing, though what customers write may still come in',
    article: 'connections stopped',
    missing: TreatMissingData.IGNORE,
  },
  ConnectionsNotChecked: {
    metric: ownMetric(stage, 'ConnectionsNotChecked'),
    threshold: 1,
    hurt: 'nobody would learn that the WhatsApp number of some shops is about to stop',
    article: 'connections not checked',
    missing: TreatMissingData.IGNORE,
  },
});

/** Watches what our functions count of WhatsApp: webhooks, messages and connections. */
export const watchWhatsApp = (alarms: Alarms, stage: StageConfig): void => {
  const rules = { ...webhookAlarms(stage), ...messageAlarms(stage), ...connectionAlarms(stage) };
  for (const [id, rule] of Object.entries(rules)) alarms.add(id, rule);
};
