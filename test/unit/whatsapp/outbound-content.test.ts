import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/errors.ts';
import { OutboundContent, readContent, toGraphBody } from '../../../functions/whatsapp/outbound-content.ts';
import { mediaKeysOf, withMediaIds } from '../../../functions/whatsapp/outbound-media.ts';
import { previewOfContent } from '../../../functions/whatsapp/outbound-preview.ts';
import { bodyOf, buttons, card, list, named, reply, rows, sendable, template } from '../../support/sendable.ts';

const x = (length: number) => 'x'.repeat(length);
const passes = (content: unknown) => {
  const { success, error } = OutboundContent().safeParse(content);
  return success ? true : error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};
const wrong = (content: unknown): string[] => {
  const told = passes(content);
  if (told === true) throw new Error('it should not pass');
  return told.map((one) => one.slice(0, one.indexOf(':')));
};

describe('what may be sent', () => {
  it.each(Object.entries(sendable))('%s', (_, content) => {
    expect(passes(content)).toBe(true);
  });
});

const text = (body: string) => ({ type: 'text', text: { body } });
const section = (title: string | undefined, count: number, prefix: string) => ({
  ...(title && { title }),
  rows: rows(count, prefix),
});

describe('limits', () => {
  it.each<[string, unknown, unknown]>([
    ['text of 4096 characters', text(x(4096)), text(x(4097))],
    ['text that is there', text(' a '), text(' \n ')],
    [
      'caption of 1024',
      { type: 'image', image: { id: '1', caption: x(1024) } },
      { type: 'image', image: { id: '1', caption: x(1025) } },
    ],
    [
      'one source of a file',
      { type: 'image', image: { id: '1' } },
      { type: 'image', image: { id: '1', link: 'https://example.com/a.jpg' } },
    ],
    ['a source of a file', { type: 'sticker', sticker: { id: '1' } }, { type: 'sticker', sticker: {} }],
    ['no caption on audio', { type: 'audio', audio: { id: '1' } }, { type: 'audio', audio: { id: '1', caption: 'x' } }],
    [
      'an address of the web',
      { type: 'image', image: { link: 'https://a.example/x' } },
      { type: 'image', image: { link: 'file:///etc/passwd' } },
    ],
    [
      'latitude',
      { type: 'location', location: { latitude: 90, longitude: 0 } },
      { type: 'location', location: { latitude: 90.1, longitude: 0 } },
    ],
    [
      'one emoji',
      { type: 'reaction', reaction: { message_id: 'w', emoji: '👨‍👩‍👧' } },
      { type: 'reaction', reaction: { message_id: 'w', emoji: 'ok' } },
    ],
    [
      'three buttons',
      buttons(reply('1', 'a'), reply('2', 'b'), reply('3', 'c')),
      buttons(...['1', '2', '3', '4'].map((id) => reply(id, id))),
    ],
    ['a button', buttons(reply('1', 'a')), buttons()],
    ['button title of 20', buttons(reply('1', x(20))), buttons(reply('1', x(21)))],
    ['button titles differ', buttons(reply('1', 'Sí'), reply('2', 'No')), buttons(reply('1', 'Sí'), reply('2', 'Sí '))],
    ['button ids differ', buttons(reply('1', 'Sí'), reply('2', 'No')), buttons(reply('1', 'Sí'), reply('1', 'No'))],
    ['button id of 256', buttons(reply(x(256), 'a')), buttons(reply(x(257), 'a'))],
    [
      'ten rows in all',
      list([section('A', 5, 'a'), section('B', 5, 'b')]),
      list([section('A', 6, 'a'), section('B', 5, 'b')]),
    ],
    [
      'rows differ',
      list([section('A', 2, 'a'), section('B', 2, 'b')]),
      list([section('A', 2, 'a'), section('B', 2, 'a')]),
    ],
    [
      'titles of several sections',
      list([section(undefined, 2, 'a')]),
      list([section(undefined, 2, 'a'), section('B', 2, 'b')]),
    ],
    ['row title of 24', list([{ rows: [{ id: 'a', title: x(24) }] }]), list([{ rows: [{ id: 'a', title: x(25) }] }])],
    [
      'row description of 72',
      list([{ rows: [{ id: 'a', title: 'a', description: x(72) }] }]),
      list([{ rows: [{ id: 'a', title: 'a', description: x(73) }] }]),
    ],
    ['row id of 200', list([{ rows: [{ id: x(200), title: 'a' }] }]), list([{ rows: [{ id: x(201), title: 'a' }] }])],
    [
      'list body of 4096',
      list([{ rows: rows(1) }], { body: { text: x(4096) } }),
      list([{ rows: rows(1) }], { body: { text: x(4097) } }),
    ],
    [
      'footer of 60',
      list([{ rows: rows(1) }], { footer: { text: x(60) } }),
      list([{ rows: rows(1) }], { footer: { text: x(61) } }),
    ],
    [
      'header text of 60',
      list([{ rows: rows(1) }], { header: { type: 'text', text: x(60) } }),
      list([{ rows: rows(1) }], { header: { type: 'text', text: x(61) } }),
    ],
    [
      'lists have text headers',
      list([{ rows: rows(1) }], { header: { type: 'text', text: 'a' } }),
      list([{ rows: rows(1) }], { header: { type: 'image', image: { id: '1' } } }),
    ],
    [
      'parameter without line breaks',
      template([bodyOf({ type: 'text', text: 'a    b' })]),
      template([bodyOf({ type: 'text', text: 'a\nb' })]),
    ],
    [
      'parameter with four spaces',
      template([bodyOf({ type: 'text', text: 'a    b' })]),
      template([bodyOf({ type: 'text', text: 'a     b' })]),
    ],
    [
      'parameter that is there',
      template([bodyOf({ type: 'text', text: 'a' })]),
      template([bodyOf({ type: 'text', text: '' })]),
    ],
    [
      'all parameters named',
      template([bodyOf(named('a', '1'), named('b', '2'))]),
      template([bodyOf(named('a', '1'), { type: 'text', text: '2' })]),
    ],
    [
      'names differ',
      template([bodyOf(named('a', '1'), named('b', '2'))]),
      template([bodyOf(named('a', '1'), named('a', '2'))]),
    ],
    [
      'one component of a kind',
      template([bodyOf({ type: 'text', text: 'a' })]),
      template([bodyOf({ type: 'text', text: 'a' }), bodyOf({ type: 'text', text: 'b' })]),
    ],
    [
      'two cards',
      template([{ type: 'carousel', cards: [card(0), card(1)] }]),
      template([{ type: 'carousel', cards: [card(0)] }]),
    ],
    [
      'cards in order',
      template([{ type: 'carousel', cards: [card(0), card(1)] }]),
      template([{ type: 'carousel', cards: [card(1), card(0)] }]),
    ],
    ['template name', template([]), template([], { name: 'Carrito' })],
    ['known members only', text('a'), { type: 'text', text: { body: 'a' }, to: '+5491161234567' }],
    ['whole characters', text('👍'), text('\ud83d')],
  ])('%s', (_, good, bad) => {
    expect(passes(good)).toBe(true);
    expect(passes(bad)).not.toBe(true);
  });

  it('count an emoji as two', () => {
    expect(passes(buttons(reply('1', '👍'.repeat(10))))).toBe(true);
    expect(passes(buttons(reply('1', '👍'.repeat(11))))).not.toBe(true);
  });

  it.each(['👍', '❤️', '❤', '🇦🇷', '5️⃣', '👩🏽‍🚀', ''])('take %s for one emoji', (emoji) => {
    expect(passes({ type: 'reaction', reaction: { message_id: 'w', emoji } })).toBe(true);
  });

  it.each(['5', 'a', '👍👍', ' 👍', '#'])('do not take %s for one', (emoji) => {
    expect(passes({ type: 'reaction', reaction: { message_id: 'w', emoji } })).not.toBe(true);
  });

  it('name the field that is wrong', () => {
    expect(wrong(buttons(reply('1', 'Sí'), reply('2', x(21))))).toEqual(['interactive.action.buttons.1.reply.title']);
    expect(wrong(list([section('A', 6, 'a'), section('B', 5, 'b')]))).toEqual(['interactive.action.sections']);
    expect(wrong({ type: 'fax' })).toEqual(['type']);
    const failure = (() => {
      try {
        return readContent(text(''));
      } catch (error) {
        return error;
      }
    })();
    expect(isAppError(failure, 'request.invalid') && failure.details['errors']).toEqual([
      { field: 'content.text.body', code: 'custom', message: 'must not be empty' },
    ]);
  });
});

const hello = readContent(text('Hola'));

describe('the body for Meta', () => {
  it('has the phone with its plus, the quoted message and the callback data', () => {
    expect(toGraphBody(hello, { to: { phone: '5491161234567' }, context: 'wamid.IN', callbackData: 'm1|x' })).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+5491161234567',
      context: { message_id: 'wamid.IN' },
      biz_opaque_callback_data: 'm1|x',
      type: 'text',
      text: { body: 'Hola' },
    });
  });

  it('has a business-scoped id as recipient, never in to', () => {
    const body = toGraphBody(hello, { to: { userId: 'AR.1000200030004000' }, callbackData: 'm1|x' });
    expect(body).toMatchObject({ recipient: 'AR.1000200030004000', recipient_type: 'individual' });
    expect(body).not.toHaveProperty('to');
    expect(body).not.toHaveProperty('context');
  });

  it('quotes nothing beside a reaction', () => {
    const reaction = readContent({ type: 'reaction', reaction: { message_id: 'wamid.IN', emoji: '👍' } });
    const body = toGraphBody(reaction, { to: { phone: '+5491161234567' }, context: 'wamid.IN', callbackData: 'm1|x' });
    expect(body).not.toHaveProperty('context');
  });
});

describe('files of ours', () => {
  it('are found anywhere and replaced by Meta’s ids', () => {
    const content = readContent(sendable['template with all its parts']);
    expect(mediaKeysOf(content)).toEqual(['media/z.pdf']);
    const sent = withMediaIds(content, new Map([['media/z.pdf', '77']]));
    expect(mediaKeysOf(sent)).toEqual([]);
    expect(JSON.stringify(sent)).toContain('{"id":"77","filename":"z.pdf"}');
    expect(mediaKeysOf(readContent(sendable['cta_url']))).toEqual(['media/y.png']);
  });
});

describe('a preview', () => {
  it.each([
    ['text', 'Hola'],
    ['image', '📷 Esta'],
    ['document', '📄 Lista'],
    ['contacts', '👤 Ana Paz'],
    ['buttons', '¿Confirmás?'],
    ['reaction taken away', '🚫'],
    ['template with all its parts', '📋 carrito_pendiente Ana'],
    ['sticker', '🏷️'],
  ])('of %s', (name, preview) => {
    expect(previewOfContent(readContent(sendable[name]))).toBe(preview);
  });

  it('has at most eighty units', () => {
    expect(previewOfContent(readContent(text('👍'.repeat(200)))).length).toBeLessThanOrEqual(80);
  });
});
