import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { SIMULATOR_API, type SimulatorState } from '../../local/whatsapp-simulator/simulator-api.ts';

/** Something that no log may hold: what kind of thing it is, and how to find it. */
interface Forbidden {
  what: string;
  found: (line: string) => boolean;
}

const text = (what: string, value: string): Forbidden => ({ what, found: (line) => line.includes(value) });

/** Numbers as WhatsApp and people write them in the countries of the tests: none of our own ids looks so. */
const phones: Forbidden = { what: 'a phone', found: (line) => /\+\d{11,13}\b|(?<!\d)549\d{10}(?!\d)/.test(line) };

const secrets: readonly Forbidden[] = [
  text('an access token', defaultWorld.token),
  text('an access token', defaultWorld.pageToken),
  text('an app secret', defaultWorld.appSecret),
  text('a bearer token', 'Bearer ey'),
  text('a name', 'Ana Compradora'),
];

/** Short words stand in stack traces and messages of our own as well: they prove nothing. */
const TELLING = 12;

const saidBy = ({ phones: customers, chats }: SimulatorState): Forbidden[] => {
  const names = customers.map(({ name }) => name).filter((name) => name.includes(' '));
  const bodies = chats.flatMap(({ messages }) =>
    messages.flatMap(({ content }) => ('body' in content && content.body ? [content.body] : [])),
  );
  const told = new Set(bodies.filter((body) => body.length >= TELLING));
  return [
    ...names.map((name) => text('a name', name)),
    ...[...told].map((body) => text('the text of a message', JSON.stringify(body).slice(1, -1))),
  ];
};

const linesOf = (folder: string): { file: string; line: string }[] =>
  readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .map((line) => ({ file, line })),
  );

/** Everything that the customers of this run are and said. */
export const readCustomers = async (url: string): Promise<SimulatorState> =>
  (await (await fetch(`${url}${SIMULATOR_API}/state`)).json()) as SimulatorState;

const leaksIn = (lines: readonly { file: string; line: string }[], forbidden: readonly Forbidden[]): string[] =>
  lines.flatMap(({ file, line }) =>
    forbidden.filter(({ found }) => found(line)).map(({ what }) => `${file} has ${what}: ${line.slice(0, 300)}`),
  );

const assertNone = (leaks: readonly string[]): void => {
  if (leaks.length > 0) throw new Error(`logs are not clean:\n${[...new Set(leaks)].slice(0, 20).join('\n')}`);
};

/** Throws when what functions printed in a test holds a phone, or one of these secrets and names. */
export const assertCleanLines = (printed: string, hidden: readonly string[]): void => {
  const lines = printed.split('\n').map((line) => ({ file: 'the log', line }));
  assertNone(leaksIn(lines, [phones, ...hidden.map((value) => text(`«${value}»`, value))]));
};

/** Throws when a log of a function holds a secret, a phone, a name or the text of a message. */
export const assertCleanLogs = (folder: string, customers: SimulatorState): void => {
  const forbidden = [...secrets, phones, ...saidBy(customers)];
  assertNone(leaksIn(linesOf(folder), forbidden));
};
