import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchCapacity } from './capacity.ts';
import { benchColdStart } from './cold-start.ts';
import { benchFlashSale } from './flash-sale.ts';
import { benchImport } from './import.ts';
import { benchLatency } from './latency.ts';
import { benchLeads } from './leads.ts';
import { benchMessages } from './messages.ts';
import { benchPages } from './pages.ts';
import { type Finding, isWithin, toText } from './report.ts';
import { benchWebhook } from './webhook.ts';

/** `npm run bench`: measures, prints, writes `build/bench.json`, and fails when a budget is passed. */
const sections = {
  'Capacity units': benchCapacity,
  Messages: benchMessages,
  Leads: benchLeads,
  Webhook: benchWebhook,
  'Flash sale': benchFlashSale,
  Import: benchImport,
  Pages: benchPages,
  'Cold start': benchColdStart,
  'Local cloud': benchLatency,
} as const satisfies Record<string, () => Promise<Finding[]>>;

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
const results: Record<string, Finding[]> = {};
for (const [title, run] of Object.entries(sections)) {
  if (values.only && !title.toLowerCase().includes(values.only.toLowerCase())) continue;
  results[title] = await run();
  if (!values.json) console.log(toText(title, results[title]));
}

const missed = Object.values(results)
  .flat()
  .filter((finding) => !isWithin(finding));
const report = JSON.stringify({ node: process.version, missed: missed.length, sections: results }, null, 2);
const folder = fileURLToPath(new URL('../build', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/bench.json`, `${report}\n`);
if (values.json) console.log(report);
else console.log(missed.length === 0 ? 'every budget is kept' : `${missed.length} budgets are missed`);
process.exitCode = missed.length === 0 ? 0 : 1;
