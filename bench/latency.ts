import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCloud } from '../local/cloud.ts';
import { percentile } from './numbers.ts';
import type { Finding } from './report.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const CALLS = 200;
const AT_ONCE = 4;

interface Answer {
  status: number;
  body: string;
}

const call = (url: string, method: string, path: string, body?: object): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'application/json' } : {};
    const sent = request(`${url}${path}`, { method, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });

/** Milliseconds of each call, a few at a time; throws when one is not answered as it should be. */
const time = async (make: (index: number) => Promise<Answer>, status: number): Promise<number[]> => {
  const times: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < CALLS) {
      const index = next;
      next += 1;
      const startedAt = performance.now();
      const answer = await make(index);
      times.push(performance.now() - startedAt);
      if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.body}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return times;
};

const finding = (name: string, times: number[]): Finding[] => [
  { name: `${name}: median`, value: percentile(times, 50), unit: 'ms' },
  { name: `${name}: 99th percentile`, value: percentile(times, 99), unit: 'ms' },
];

/** Requests through the local cloud, warm, four at a time; and how long the cloud takes to its first page. */
export const benchLatency = async (): Promise<Finding[]> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'vidriera-bench-'));
  const startedAt = performance.now();
  const cloud = await startCloud({ port: 0, dataDir, quiet: true, demo: true });
  try {
    await call(cloud.url, 'GET', '/s/demo');
    const start = (performance.now() - startedAt) / 1000;
    const { items } = JSON.parse((await call(cloud.url, 'GET', '/api/products?shop=demo&available=true')).body) as {
      items: { productId: string; available: number }[];
    };
    const [product] = items.sort((a, b) => b.available - a.available);
    const codes: string[] = [];
    const create = async (index: number) => {
      const lines = [{ productId: product?.productId, quantity: 1 }];
      const body = { shop: 'demo', lines, customerName: 'Ana', phone: `+54911${30_000_000 + index}` };
      const created = await call(cloud.url, 'POST', '/api/checkouts', body);
      const { code } = JSON.parse(created.body) as { code: string };
      codes.push(code);
      await call(cloud.url, 'POST', `/api/checkouts/${code}/cancel`);
      return created;
    };
    await create(CALLS);
    return [
      { name: 'start to first page, demo made anew', value: start, unit: 's', budget: { atMost: 10 } },
      ...finding('GET /s/demo', await time(() => call(cloud.url, 'GET', '/s/demo'), 200)),
      ...finding('GET /api/products', await time(() => call(cloud.url, 'GET', '/api/products?shop=demo'), 200)),
      ...finding('POST /api/checkouts, and cancel it', await time(create, 201)),
      ...finding(
        'GET /api/checkouts/{code}',
        await time((index) => call(cloud.url, 'GET', `/api/checkouts/${codes[index % codes.length]}`), 200),
      ),
    ];
  } finally {
    agent.destroy();
    await cloud.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
};
