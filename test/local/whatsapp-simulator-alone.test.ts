import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { openReceiver, signed } from './whatsapp-simulator-stand.ts';

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

/** Starts it on a free port and waits for what it says. */
const start = async (...options: string[]): Promise<string> => {
  const child = spawn(process.execPath, ['bin/simulator.ts', '--port', '0', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes('Ctrl-C')) break;
  }
  return said;
};

it('runs alone, says how to reach it, and tells a callback', async () => {
  const receiver = await openReceiver('word');
  const said = await start('--callback', `${receiver.url}/hook`, '--verify-token', 'word', '--app-secret', 's3cret');
  const graphUrl = /Graph API\s+(\S+)/.exec(said)?.[1] ?? '';
  expect(said).toContain(defaultWorld.token);
  expect(said).toContain('secret s3cret');
  expect(said).toContain(`${receiver.url}/hook`);
  const [{ numberId }] = defaultWorld.numbers;
  const headers = { authorization: `Bearer ${defaultWorld.token}` };
  expect((await fetch(`${graphUrl}/v24.0/${numberId}`, { headers })).status).toBe(200);
  const path = graphUrl.replace(/\/graph$/, `/simulator/api/chats/ana/${numberId}/messages`);
  const body = JSON.stringify({ type: 'text', body: '¡Hola!' });
  await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await expect.poll(() => receiver.received.length).toBe(1);
  const [webhook] = receiver.received;
  expect(webhook?.headers['x-hub-signature-256']).toBe(signed(webhook?.raw ?? Buffer.alloc(0), 's3cret'));
  expect((await fetch(graphUrl.replace(/\/graph$/, '/'))).status).toBe(404);
  receiver.close();
});
