/** The figure that so many percent are not above. */
export const percentile = (figures: readonly number[], percent: number): number => {
  const sorted = [...figures].sort((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1);
  return sorted[Math.max(0, index)] ?? Number.NaN;
};
