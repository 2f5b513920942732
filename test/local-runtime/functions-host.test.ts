import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { LocalFunction } from '../../local/function-worker.ts';
import { createFunctionsHost, type FunctionsHost } from '../../local/functions-host.ts';

const directories: string[] = [];
const hosts: FunctionsHost[] = [];

const host = (source: string, change: Partial<LocalFunction> = {}, concurrency?: number) => {
  const directory = mkdtempSync(join(tmpdir(), 'vidriera-host-'));
  directories.push(directory);
  const file = join(directory, 'index.cjs');
  writeFileSync(file, source);
  const offset = new SharedArrayBuffer(8);
  const lines: string[] = [];
  const made = createFunctionsHost({
    functions: [
      {
        name: 'work',
        functionName: 'vidriera-work',
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:vidriera-work',
        file,
        environment: { TABLE_NAME: 'table' },
        timeoutSeconds: 5,
        memoryMb: 256,
        ...change,
      },
    ],
    offset,
    log: (_, line) => lines.push(line),
    concurrency,
  });
  hosts.push(made);
  const advance = (ms: number) => Atomics.add(new BigInt64Array(offset), 0, BigInt(ms));
  return { host: made, advance, lines, run: (event?: unknown) => made.invoke('work', event) };
};

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((one) => one.close()));
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

describe('a function', () => {
  it('gets its event and its context, and only its own environment', async () => {
    const { run } = host(`exports.handler = async (event, context) => ({
      event, environment: { ...process.env }, name: context.functionName, left: context.getRemainingTimeInMillis() })`);
    const result = (await run({ a: [1] })) as { left: number };
    expect(result).toMatchObject({ event: { a: [1] }, environment: { TABLE_NAME: 'table' }, name: 'vidriera-work' });
    expect(Object.keys((result as unknown as { environment: object }).environment)).toEqual(['TABLE_NAME']);
    expect(result.left).toBeGreaterThan(1000);
    expect(result.left).toBeLessThanOrEqual(5000);
  });

  it('sees the time of the clock in every form of Date, in an environment that is already warm too', async () => {
    const { run, advance } = host(`exports.handler = async () => ({
      now: Date.now(), made: new Date().getTime(), said: new Date(Date()).getTime(),
      is: new Date() instanceof Date, same: new Date().constructor === Date, fixed: new Date(5).getTime(),
      parts: new Date(2020, 0, 1).getFullYear(), utc: Date.UTC(1970, 0, 1), parsed: Date.parse('1970-01-01') })`);
    const day = 86_400_000;
    await run();
    advance(day);
    const after = (await run()) as { now: number; made: number; said: number };
    for (const time of [after.now, after.made]) expect(Math.abs(time - Date.now() - day)).toBeLessThan(2000);
    expect(Math.abs(after.said - Date.now() - day)).toBeLessThan(3000);
    expect(after).toMatchObject({ is: true, same: true, fixed: 5, parts: 2020, utc: 0, parsed: 0 });
  });

  it('reports its error as Lambda does and handles the next event', async () => {
    const { run, host: made } = host(
      `exports.handler = async (event) => { if (event.fail) throw new TypeError('no good'); return 'well' }`,
    );
    await expect(run({ fail: true })).rejects.toMatchObject({ errorType: 'TypeError', message: 'work: no good' });
    await expect(run({})).resolves.toBe('well');
    expect(made.size()).toBe(1);
  });

  it('says what went wrong when it cannot start', async () => {
    const { run, lines } = host(`throw new Error('missing environment: TABLE')`);
    await expect(run()).rejects.toMatchObject({ message: 'work: missing environment: TABLE' });
    expect(lines.join('\n')).toContain('init failed: Error: missing environment: TABLE');
  });

  it('is cut off at its time-out, even when it never yields, and then replaced', async () => {
    const { run, host: made } = host(
      `exports.handler = async (event) => { while (event.spin) ; if (event.hang) await new Promise(() => {}); return 1 }`,
      { timeoutSeconds: 0.2 },
    );
    for (const event of [{ spin: true }, { hang: true }]) {
      await expect(run(event)).rejects.toMatchObject({ errorType: 'Sandbox.Timedout' });
    }
    await expect(run({})).resolves.toBe(1);
    expect(made.size()).toBe(1);
  });

  it.each([
    ['exits', 'process.exit(3)', 'Runtime.ExitError'],
    [
      'throws outside of any call',
      "setImmediate(() => { throw new Error('lost') }); await new Promise(() => {})",
      'Runtime.UnhandledError',
    ],
  ])('takes nothing down when it %s', async (_, act, errorType) => {
    const { run } = host(`exports.handler = async (event) => { if (event.die) { ${act} } return 'alive' }`);
    await expect(run({ die: true })).rejects.toMatchObject({ errorType });
    await expect(run({})).resolves.toBe('alive');
  });

  it('writes its log lines to the sink', async () => {
    const { run, lines } = host(`exports.handler = async () => { console.log('one'); console.error('two'); }`);
    await run();
    await expect.poll(() => lines.toSorted()).toEqual(['one', 'two']);
  });
});

describe('the pool', () => {
  const slow = `let busy = 0; exports.handler = async () => {
    busy += 1; const most = busy; await new Promise((done) => setTimeout(done, 50)); busy -= 1; return most }`;

  it('gives an environment one event at a time and starts no more of them than allowed', async () => {
    const { run, host: made } = host(slow, {}, 2);
    const results = await Promise.all(Array.from({ length: 6 }, () => run()));
    expect(results).toEqual([1, 1, 1, 1, 1, 1]);
    expect(made.size()).toBe(2);
  });

  it('uses an idle environment again', async () => {
    const { run, host: made } = host(slow);
    await run();
    await run();
    expect(made.size()).toBe(1);
  });

  it('starts nothing once closed', async () => {
    const { run, host: made } = host(slow);
    await made.close();
    await expect(run()).rejects.toThrow('has stopped');
  });

  it('is killed at work: that invocation fails, the next one runs in a new environment', async () => {
    const endless = `exports.handler = async (event) => event ?? new Promise((done) => setTimeout(done, 60_000))`;
    const { host: made, run } = host(endless);
    expect(await made.kill('work')).toBe(false);
    const running = run();
    running.catch(() => undefined);
    while (!(await made.kill('work'))) await new Promise((resolve) => setImmediate(resolve));
    await expect(running).rejects.toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await run('again')).toBe('again');
    expect(await made.kill('nothing')).toBe(false);
  });
});
