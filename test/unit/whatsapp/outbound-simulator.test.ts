import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutboundContent, readContent, toGraphBody } from '../../../functions/whatsapp/outbound-content.ts';
import { mediaKeysOf, withMediaIds } from '../../../functions/whatsapp/outbound-media.ts';
import { judgeSend, sendTypes } from '../../../local/whatsapp-simulator/sends/judge.ts';
import type { Surroundings } from '../../../local/whatsapp-simulator/sends/media-part.ts';
import { openPart } from '../../../local/whatsapp-simulator/sends/part.ts';
import { buttons, interactive, list, reply, sendable } from '../../support/sendable.ts';

const around: Surroundings = { now: 0, findMedia: () => undefined, knowsMessage: () => true };
const addressing = ['messaging_product', 'recipient_type', 'to', 'biz_opaque_callback_data', 'context', 'type'];

/** An id that no random text is. */
const FILE = '900100200300400500';
const fileTypes = new Set(['image', 'video', 'audio', 'document', 'sticker']);

/** Files by link: which of them Meta has is not the question here. */
const byLink = (content: unknown): unknown => {
  const keys = mediaKeysOf(content);
  const text = JSON.stringify(withMediaIds(content, new Map(keys.map((key) => [key, FILE]))));
  const isFile = fileTypes.has((content as { type: string }).type);
  return JSON.parse(text.replaceAll(isFile ? /"id":"\d+"/g : `"id":"${FILE}"`, '"link":"https://example.com/file"'));
};

/** What the simulator, made from Meta's pages alone, says of a message as we would send it. */
const judged = (content: unknown): string => {
  const body = toGraphBody(readContent(byLink(content)), { to: { phone: '+5491161234567' }, callbackData: 'm1|x' });
  const type = String(body['type']);
  try {
    judgeSend(type, openPart(body, '', [...addressing, type]), () => undefined, around);
    return 'accepted';
  } catch (error) {
    return (error as { details?: string }).details ?? String(error);
  }
};

const isTemplate = (content: unknown) => (content as { type: string }).type === 'template';

describe('what we let pass, the simulator takes', () => {
  it.each(Object.entries(sendable).filter(([, content]) => !isTemplate(content)))('%s', (_, content) => {
    expect(judged(content)).toBe('accepted');
  });

  it('covers every type that it knows', () => {
    const ours = new Set(Object.values(sendable).map((content) => (content as { type: string }).type));
    expect([...ours].sort()).toEqual([...sendTypes].sort());
  });

  const words = (most: number) => fc.string({ unit: 'grapheme', maxLength: most + 2 });
  const contents = fc.oneof(
    words(4096).map((body) => ({ type: 'text', text: { body } })),
    fc
      .array(fc.tuple(words(20), words(20)), { maxLength: 4 })
      .map((pairs) => buttons(...pairs.map(([id, title]) => reply(id, title)))),
    fc
      .array(
        fc.record(
          {
            title: words(24),
            rows: fc.array(
              fc.record({ id: words(10), title: words(24), description: words(72) }, { requiredKeys: ['id', 'title'] }),
              { maxLength: 6 },
            ),
          },
          { requiredKeys: ['rows'] },
        ),
        { maxLength: 3 },
      )
      .map((sections) => list(sections)),
    fc.tuple(words(20), words(60), words(1024)).map(([label, footer, text]) =>
      interactive({
        type: 'cta_url',
        body: { text },
        footer: { text: footer },
        action: { name: 'cta_url', parameters: { display_text: label, url: 'https://example.com/c/K7QM' } },
      }),
    ),
  );

  it('also what nobody thought of', () => {
    let passed = 0;
    fc.assert(
      fc.property(contents, (content) => {
        if (!OutboundContent().safeParse(content).success) return;
        passed += 1;
        expect(judged(content)).toBe('accepted');
      }),
      { numRuns: 2000 },
    );
    expect(passed).toBeGreaterThan(100);
  });
});
