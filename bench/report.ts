/** One figure of the bench. With a budget it is met or missed; without one it is only told. */
export interface Finding {
  name: string;
  value: number;
  unit: string;
  budget?: { atMost?: number; exactly?: number };
}

/** True when the figure keeps its budget, or has none. */
export const isWithin = ({ value, budget }: Finding): boolean => {
  if (budget?.exactly !== undefined) return value === budget.exactly;
  return budget?.atMost === undefined || value <= budget.atMost;
};

const number = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(2));

const budgetText = ({ budget }: Finding): string => {
  if (budget?.exactly !== undefined) return `exactly ${number(budget.exactly)}`;
  return budget?.atMost === undefined ? '' : `≤ ${number(budget.atMost)}`;
};

/** The findings as a table for people. */
export const toText = (title: string, findings: readonly Finding[]): string => {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const rows = findings.map((finding) => {
    const verdict = finding.budget ? (isWithin(finding) ? 'ok' : 'OVER BUDGET') : '';
    const figure = `${number(finding.value)} ${finding.unit}`.padStart(14);
    return `  ${finding.name.padEnd(width)} ${figure}  ${budgetText(finding).padEnd(12)} ${verdict}`.trimEnd();
  });
  return [title, ...rows, ''].join('\n');
};
