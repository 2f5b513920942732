import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const units = { count: MetricUnit.Count, seconds: MetricUnit.Seconds } as const;

/** Publishes one figure under the namespace `Vidriera`. Never with a shop, a phone or a code as a dimension. */
export const publishMetric = (name: string, value: number, unit: keyof typeof units = 'count'): void => {
  const metrics = new Metrics({ namespace: 'Vidriera', serviceName: 'vidriera' });
  metrics.addMetric(name, units[unit], value);
  metrics.publishStoredMetrics();
};
