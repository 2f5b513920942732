import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, fillPage, type PageHead } from '#core/html.ts';

const page = '<!doctype html><html lang="es"><head><!--head--></head><body><!--data--></body></html>';
const head: PageHead = { language: 'es', title: 'Tienda', description: 'Cosas', url: 'https://x.example/s/tienda' };

/** What an attacker would write into a name. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '<!--head--><!--data-->',
    "$& $1 $` $' $$",
    '</title><script>',
    '\u2028</SCRIPT >',
    '<!--<script>',
  ),
);

const tagsOf = (html: string) =>
  html.match(/<\/?[a-z!][^>]*>/gi)?.map((tag) => tag.replace(/content="[^"]*"/g, 'content=""'));
const dataOf = (html: string): unknown =>
  JSON.parse(html.split('<script type="application/json" id="page-data">')[1]?.split('</script>')[0] ?? '');

describe('a filled page', () => {
  it('has the same tags whatever the texts in it say', () => {
    const plain = tagsOf(fillPage(page, { ...head, imageUrl: '/x', hidden: true }, { name: 'x' }));
    fc.assert(
      fc.property(nasty, nasty, nasty, nasty, nasty, (title, description, url, imageUrl, name) => {
        const filled = fillPage(
          page,
          { language: 'es', title, description, url, imageUrl: imageUrl || '/x', hidden: true },
          { name },
        );
        expect(tagsOf(filled)).toEqual(plain);
      }),
    );
  });

  it('gives its script the very data that were put in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), nasty, (data, name) => {
        const whole = { data, name };
        expect(dataOf(fillPage(page, head, whole))).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
    );
  });

  it('says its language, and hides only when asked', () => {
    const shown = fillPage(page, { ...head, language: 'pt' }, {});
    expect(shown).toContain('<html lang="pt">');
    expect(shown).not.toContain('robots');
    expect(fillPage(page, { ...head, hidden: true }, {})).toContain('<meta name="robots" content="noindex, nofollow">');
  });

  it('names a picture only when there is one', () => {
    expect(fillPage(page, head, {})).not.toContain('og:image');
    const withPicture = fillPage(page, { ...head, imageUrl: 'https://x.example/media/1.webp' }, {});
    expect(withPicture).toContain('<meta property="og:image" content="https://x.example/media/1.webp">');
  });
});

describe('escaping', () => {
  it('leaves nothing that could begin a tag, an attribute or an entity, and loses nothing', () => {
    const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
    fc.assert(
      fc.property(nasty, (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
        expect(escaped.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? '')).toBe(text);
      }),
    );
  });
});
