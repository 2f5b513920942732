import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type FetchMediaPorts,
  fetchMedia,
  secondsUntilNextFetch,
} from '../../../functions/conversations/fetch-media.ts';
import type { Message, MessageMedia } from '../../../functions/conversations/message.ts';
import { extensionOf, realType } from '../../../functions/conversations/sniff-type.ts';
import type { Download, MediaInfo } from '../../../functions/whatsapp/graph-answer.ts';
import { anId } from '../../support/builders.ts';
import { HOUR, movedClock, NOON } from '../../support/clock.ts';
import { failureOf } from '../../support/ports.ts';
import { aConnection } from '../../support/whatsapp-events.ts';

const JPEG = Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), Buffer.alloc(40)]);
const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(40)]);
const HTML = Buffer.from('<html><script>alert(1)</script></html>');
const digest = (body: Buffer, form: 'hex' | 'base64' = 'hex') => createHash('sha256').update(body).digest(form);
const infoOf = (body: Buffer, more: Partial<MediaInfo> = {}): MediaInfo => ({
  url: 'https://lookaside.fbsbx.com/1',
  mimeType: 'image/jpeg',
  sha256: digest(body),
  bytes: body.length,
  ...more,
});

const open = (
  answers: { infos?: (MediaInfo | undefined)[]; downloads?: (Download | Error)[] },
  media: Partial<MessageMedia> = {},
) => {
  const connection = aConnection();
  const { shopId } = connection;
  const place = { conversationId: `${connection.phoneNumberId}-${anId()}`, at: NOON, messageId: anId() };
  let message: Message = {
    shopId,
    ...place,
    direction: 'inbound',
    origin: 'customer',
    type: 'image',
    state: 'received',
    media: { state: 'pending', metaId: '123456', mimeType: 'image/jpeg', ...media },
    createdAt: NOON,
    updatedAt: NOON,
  };
  const clock = movedClock();
  const files = new Map<string, { body: Buffer; contentType: string }>();
  const infos = [...(answers.infos ?? [])];
  const downloads = [...(answers.downloads ?? [])];
  let isErased = false;
  const ports: FetchMediaPorts = {
    messages: {
      find: async () => message,
      saveMedia: async (_, __, saved) => {
        if (isErased) return false;
        message = { ...message, media: saved };
        return true;
      },
    },
    findConnection: async (id) => (id === connection.phoneNumberId ? connection : undefined),
    openLine: async () => ({
      mediaInfo: async () => infos.shift(),
      download: async () => {
        const next = downloads.shift() ?? 'gone';
        if (next instanceof Error) throw next;
        return next;
      },
    }),
    bucket: {
      put: async (key, body, { contentType }) => void files.set(key, { body, contentType }),
      remove: async (key) => void files.delete(key),
    },
    clock,
  };
  return {
    clock,
    files,
    media: () => message.media,
    erase: () => {
      isErased = true;
    },
    run: (lastTry = false) => fetchMedia({ shopId, ...place, lastTry }, ports),
    shopId,
    place,
  };
};

describe('a file of a customer', () => {
  it.each(['hex', 'base64'] as const)(
    'is stored under its shop, when its digest (%s) and bytes are what Meta said',
    async (form) => {
      const { run, media, files, shopId, place } = open({
        infos: [infoOf(JPEG, { sha256: digest(JPEG, form) })],
        downloads: [{ body: JPEG }],
      });
      expect(await run()).toBe('stored');
      const key = `media/${shopId}/${place.conversationId}/${place.messageId}.jpg`;
      expect(media()).toEqual({ state: 'stored', metaId: '123456', mimeType: 'image/jpeg', key, bytes: JPEG.length });
      expect(files.get(key)).toEqual({ body: JPEG, contentType: 'image/jpeg' });
      expect(await run()).toBe('skipped');
    },
  );

  it('is not left behind when its message was erased meanwhile', async () => {
    const { run, files, erase } = open({ infos: [infoOf(JPEG)], downloads: [{ body: JPEG }] });
    erase();
    await run();
    expect([...files]).toEqual([]);
  });

  it('is asked for anew when its address has expired', async () => {
    const info = infoOf(JPEG);
    const { run } = open({ infos: [info, info], downloads: ['gone', { body: JPEG }] });
    expect(await run()).toBe('stored');
  });

  it.each([
    ['gone', { infos: [undefined] }],
    ['gone', { infos: [infoOf(JPEG), infoOf(JPEG), infoOf(JPEG)], downloads: ['gone', 'gone', 'gone'] as Download[] }],
    ['too-large', { infos: [infoOf(JPEG)], downloads: ['too-large'] as Download[] }],
    ['digest', { infos: [infoOf(PNG)], downloads: [{ body: JPEG }] }],
    ['size', { infos: [infoOf(JPEG, { sha256: undefined, bytes: 7 })], downloads: [{ body: JPEG }] }],
    ['empty', { infos: [infoOf(JPEG)], downloads: [{ body: Buffer.alloc(0) }] }],
    ['type', { infos: [infoOf(HTML)], downloads: [{ body: HTML }] }],
  ])('that can never be had is failed, with the reason %s', async (problem, answers) => {
    const { run, media, files } = open(answers);
    expect(await run()).toBe('failed');
    expect(media()).toMatchObject({ state: 'failed', problem });
    expect(files.size).toBe(0);
  });

  it('that can’t be had now is tried again, for a week', async () => {
    const info = infoOf(JPEG);
    const { run, media } = open({
      infos: [info, info, info],
      downloads: [new Error('no'), new Error('no'), { body: JPEG }],
    });
    expect(await failureOf(run())).toBeInstanceOf(Error);
    expect(media()?.state).toBe('pending');
    expect(await run(true)).toBe('failed');
    expect(media()).toMatchObject({ problem: 'unreachable' });
  });

  it('is given up when Meta has forgotten it', async () => {
    const { run, media, clock } = open({ infos: [infoOf(JPEG)], downloads: [{ body: JPEG }] });
    clock.advance(7 * 24 * HOUR + 1);
    expect(await run()).toBe('failed');
    expect(media()).toMatchObject({ problem: 'expired' });
  });

  it('is tried within that week as often as the queue lets it', () => {
    const waits = Array.from({ length: 30 }, (_, index) => secondsUntilNextFetch(index + 1)).filter(
      (one) => one !== undefined,
    );
    expect(waits).toHaveLength(19);
    expect(Math.max(...waits)).toBeLessThanOrEqual(43_200);
    const days = waits.reduce((sum, one) => sum + one, 0) / 86_400;
    expect(days).toBeGreaterThan(6);
    expect(days).toBeLessThan(7);
  });
});

describe('the type of a file', () => {
  const starting = (text: string, offset = 0) =>
    Buffer.concat([Buffer.alloc(offset), Buffer.from(text, 'latin1'), Buffer.alloc(20)]);
  it.each([
    [JPEG, 'image/jpeg', 'image/jpeg'],
    [PNG, 'image/jpeg', 'image/png'],
    [HTML, 'image/png', undefined],
    [HTML, 'image/x-new', undefined],
    [PNG, 'image/x-new', 'image/png'],
    [starting('OggS'), 'audio/ogg', 'audio/ogg'],
    [starting('#!AMR'), 'audio/amr', 'audio/amr'],
    [starting('ID3'), 'audio/mpeg', 'audio/mpeg'],
    [starting('ftypM4A ', 4), 'audio/mp4', 'audio/mp4'],
    [starting('ftypisom', 4), 'video/mp4', 'video/mp4'],
    [starting('ftyp3gp4', 4), 'video/3gpp', 'video/3gpp'],
    [JPEG, 'video/mp4', undefined],
    [starting('%PDF-1.7'), 'application/pdf', 'application/pdf'],
    [HTML, 'application/pdf', undefined],
    [HTML, 'text/plain', 'text/plain'],
    [HTML, 'application/x-unknown', 'application/x-unknown'],
  ])('%# is told by its bytes', (body, declared, expected) => {
    expect(realType(body, declared)).toBe(expected);
  });

  it('gives the ending of its name', () => {
    expect(['image/jpeg', 'audio/ogg', 'text/plain', 'x/y'].map(extensionOf)).toEqual(['jpg', 'ogg', 'txt', 'bin']);
  });
});
