import { readOptionalEnv } from './env.ts';

const units = { count: 'Count', seconds: 'Seconds' } as const;

/**
 * Publishes one figure of this stage (SERVICE_NAME) under the namespace `Vidriera`. Never with a shop, a
 * phone or a code as a dimension: each combination would be a metric of its own.
 * Source: Amazon CloudWatch user guide, "Specification: Embedded metric format".
 */
export const publishMetric = (name: string, value: number, unit: keyof typeof units = 'count'): void => {
  const metric = {
    Namespace: 'Vidriera',
    Dimensions: [['service']],
    Metrics: [{ Name: name, Unit: units[unit] }],
  };
  const line = {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [metric] },
    service: readOptionalEnv('SERVICE_NAME'),
    [name]: value,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
