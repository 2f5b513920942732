import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const units = { count: MetricUnit.Count, seconds: MetricUnit.Seconds } as const;

/** Publishes one figure of this stage (POWERTOOLS_SERVICE_NAME) under the namespace `Vidriera`. Never with a shop, a phone or a code as a dimension. */
export const publishMetric = (name: string, value: number, unit: keyof typeof units = 'count'): void => {
  const metrics = new Metrics({ namespace: 'Vidriera' });
  metrics.addMetric(name, units[unit], value);
  metrics.publishStoredMetrics();
};
