import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { form, openReceiver, png, signed } from './whatsapp-simulator-stand.ts';

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

/** The status of a request that says another host, which fetch cannot. */
const statusAs = (url: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(url, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });

const homeOf = (said: string): string => /Phones\s+(\S+)\/simulator/.exec(said)?.[1] ?? '';

it('serves the page with the phones, built when it is not there, and leads links that open a chat to them', async () => {
  const home = homeOf(await start());
  const page = await fetch(`${home}/simulator`);
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).toContain('<script type="module"');
  const [, script = ''] = /src="([^"]+\.js)"/.exec(html) ?? [];
  expect((await fetch(`${home}${script}`)).headers.get('content-type')).toContain('javascript');
  const chat = await fetch(`${home}/simulator/chat/5491155550123?text=Hola%20%C3%B1`, { redirect: 'manual' });
  expect([chat.status, chat.headers.get('location')]).toEqual([302, '/simulator?to=5491155550123&text=Hola+%C3%B1']);
  expect((await fetch(`${home}/simulator/nothing.js`)).status).toBe(404);
});

it('answers other names than this machine’s with the Graph API only', async () => {
  const home = homeOf(await start());
  const paths = ['/simulator', '/simulator/api/state', '/simulator/api/knobs', '/simulator/chat/549', '/'];
  const strange: Record<string, string>[] = [
    { host: 'evil.example' },
    { host: 'localhost:1', 'x-forwarded-for': '203.0.113.9' },
  ];
  for (const headers of strange) {
    for (const path of paths) expect(await statusAs(`${home}${path}`, headers), path).toBe(421);
    expect(await statusAs(`${home}/graph/v24.0/1`, headers)).toBe(403);
  }
  expect(await statusAs(`${home}/simulator/api/state`, { host: 'localhost:8788' })).toBe(200);
});

it('says its public address wherever an address of it is said', async () => {
  const said = await start('--public-url', 'https://simulator.example/');
  const home = homeOf(said);
  expect(said).toContain('https://simulator.example/graph');
  const headers = { authorization: `Bearer ${defaultWorld.token}` };
  const graph = async (path: string) => (await fetch(`${home}/graph/v24.0/${path}`, { headers })).json();
  const list = (await graph(`${defaultWorld.accountId}/message_templates?limit=1`)) as {
    data: object[];
    paging: { next: string };
  };
  expect(list.paging.next).toMatch(/^https:\/\/simulator\.example\/graph\/v24\.0\//);
  expect(JSON.stringify(list.data)).toContain('https://simulator.example/c/{{1}}');
  const [{ numberId }] = defaultWorld.numbers;
  const upload = await fetch(`${home}/graph/v24.0/${numberId}/media`, {
    method: 'POST',
    headers,
    body: form(png, 'image/png'),
  });
  const shown = (await graph(((await upload.json()) as { id: string }).id)) as { url: string };
  expect(shown.url).toMatch(/^https:\/\/simulator\.example\/graph\/whatsapp_business\/attachments\//);
  const bytes = await fetch(shown.url.replace('https://simulator.example', home), { headers });
  expect(new Uint8Array(await bytes.arrayBuffer())).toEqual(png);

  const outside = { host: 'simulator.example', 'x-forwarded-for': '203.0.113.9' };
  expect(await statusAs(`${home}/simulator/chat/549`, outside)).toBe(302);
  expect(await statusAs(`${home}/simulator`, outside)).toBe(421);
  expect(await statusAs(`${home}/simulator/api/state`, outside)).toBe(421);
});

it.each(['http://simulator.example', 'https://simulator.example/path', 'simulator.example'])(
  'refuses the public address %s',
  async (address) => {
    const child = spawn(process.execPath, ['bin/simulator.ts', '--port', '0', '--public-url', address], {
      stdio: 'pipe',
    });
    expect(await once(child, 'exit')).toEqual([1, null]);
  },
);

it('helps to point a stage at it', async () => {
  const child = spawn(process.execPath, ['bin/simulator.ts', '--help'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of child.stdout) said += String(chunk);
  for (const word of ['--public-url', 'graphUrl', 'clickToChatUrl', 'meta-app', 'tunnel']) expect(said).toContain(word);
});
