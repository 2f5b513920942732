import { describe, expect, it } from 'vitest';
import type { ChatMessage, SimulatorState } from '../../../local/whatsapp-simulator/simulator-api.ts';
import { readAddress, withPhones } from '../../../web/simulator/address.ts';
import { bubbleText } from '../../../web/simulator/bubble-text.ts';
import { wordsOf } from '../../../web/simulator/words.ts';
import { applyEvent, chatOf, chatsOf, type World } from '../../../web/simulator/world.ts';

const number = (numberId: string) => ({ numberId, verifiedName: numberId }) as SimulatorState['numbers'][number];
const phone = (phoneId: string) => ({ phoneId, name: phoneId }) as SimulatorState['phones'][number];
const world = (): World =>
  ({
    numbers: [number('n1'), number('n2')],
    phones: [phone('ana')],
    chats: [],
    templates: [],
    apps: [],
    traffic: [],
  }) as unknown as World;
const message = (change: Partial<ChatMessage>): ChatMessage => ({
  messageId: 'wamid.1',
  phoneId: 'ana',
  numberId: 'n1',
  from: 'business',
  at: '2026-11-21T12:00:00.000Z',
  tick: 'delivered',
  content: { type: 'text', body: 'Hola' },
  reactions: [],
  ...change,
});

describe('the world of the phones', () => {
  it('puts a message where it belongs by its time, and a changed one in its own place', () => {
    const late = message({ messageId: 'b', at: '2026-11-21T12:00:02.000Z' });
    const early = message({ messageId: 'a', at: '2026-11-21T12:00:01.000Z' });
    const after = [late, early, { ...late, tick: 'read' as const }].reduce(
      (now, one) => applyEvent(now, { kind: 'message', message: one }),
      world(),
    );
    expect(chatOf(after, 'ana', 'n1').messages.map(({ messageId, tick }) => [messageId, tick])).toEqual([
      ['a', 'delivered'],
      ['b', 'read'],
    ]);
  });

  it('keeps the messages of a chat when the rest of it changes', () => {
    const said = applyEvent(world(), { kind: 'message', message: message({}) });
    const { messages: _, ...chat } = chatOf(said, 'ana', 'n1');
    const blocked = applyEvent(said, { kind: 'chat', chat: { ...chat, blocked: true } });
    expect(chatOf(blocked, 'ana', 'n1')).toMatchObject({ blocked: true, messages: [{ messageId: 'wamid.1' }] });
  });

  it('lists a chat for every number, the latest word first', () => {
    const said = applyEvent(world(), { kind: 'message', message: message({ numberId: 'n2' }) });
    expect(chatsOf(said, 'ana').map(({ numberId }) => numberId)).toEqual(['n2', 'n1']);
  });

  it('is as late as the latest that happened in it, for a clock may be moved', () => {
    const at = (time: string) => `2026-11-21T${time}:00.000Z`;
    const start: World = { ...world(), now: at('12:00') };
    const later = applyEvent(start, { kind: 'message', message: message({ at: at('15:00') }) });
    const old = applyEvent(later, { kind: 'message', message: message({ messageId: 'wamid.2', at: at('09:00') }) });
    expect([later.now, old.now]).toEqual([at('15:00'), at('15:00')]);
  });

  it('forgets a phone with its chats', () => {
    const said = applyEvent(world(), { kind: 'message', message: message({}) });
    const gone = applyEvent(said, { kind: 'phone-removed', phoneId: 'ana' });
    expect([gone.phones, gone.chats]).toEqual([[], []]);
  });

  it('shows each call once, the answer when it comes, and no more than the last three hundred', () => {
    const record = (sequence: number, status?: number) => ({
      trafficId: `t${sequence}`,
      sequence,
      direction: 'graph' as const,
      at: '',
      method: 'POST',
      url: '/',
      ...(status && { status }),
    });
    let now = world();
    for (let sequence = 1; sequence <= 310; sequence += 1)
      now = applyEvent(now, { kind: 'traffic', record: record(sequence) });
    now = applyEvent(now, { kind: 'traffic', record: record(310, 200) });
    expect(now.traffic).toHaveLength(300);
    expect(now.traffic.at(-1)).toMatchObject({ trafficId: 't310', status: 200 });
  });
});

describe('the address of the phones', () => {
  it('says which are open, and which text waits for which number', () => {
    expect(readAddress('?phones=ana,beto&to=%2B54%209%2011&text=Hola%20%C3%B1')).toEqual({
      phoneIds: ['ana', 'beto'],
      to: '54911',
      text: 'Hola ñ',
    });
    expect(readAddress('')).toEqual({ phoneIds: [] });
  });

  it('keeps the language and drops a text that was taken', () => {
    expect(withPhones('?lang=en&to=54911&text=Hola', ['ana', 'beto'])).toBe('?lang=en&phones=ana,beto');
    expect(withPhones('?phones=ana', [])).toBe('');
  });
});

describe('a message in one line', () => {
  it('is its text, its caption, or what it is', () => {
    const says = (content: ChatMessage['content'], change = {}) =>
      bubbleText(message({ content, ...change }), wordsOf.es);
    expect(says({ type: 'text', body: 'Hola' })).toBe('Hola');
    expect(says({ type: 'image', url: '', mimeType: 'image/png' })).toBe('Foto');
    expect(says({ type: 'image', url: '', mimeType: 'image/png', caption: 'Mirá' })).toBe('Mirá');
    expect(says({ type: 'card', kind: 'button', body: 'Tu reserva', buttons: [] })).toBe('Tu reserva');
    expect(says({ type: 'text', body: 'Hola' }, { revoked: true })).toBe('Este mensaje fue eliminado');
  });
});
