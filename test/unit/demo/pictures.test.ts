import { describe, expect, it } from 'vitest';
import { drawingNames, drawPicture, viewsOf } from '../../../local/demo/pictures.ts';

const pictures = drawingNames.flatMap((name) =>
  Array.from({ length: viewsOf(name) }, (_, view) => ({ name, view, svg: drawPicture(name, view) })),
);

const MARKUP = /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z0-9:-]+="[^"<]*")*)\s*(\/?)>/y;

/** Reads the subset of XML that the drawings use: elements and quoted attributes, each element closed in turn. */
const elementsOf = (svg: string): string[] => {
  const [open, seen]: [string[], string[]] = [[], []];
  let at = 0;
  while (at < svg.length) {
    MARKUP.lastIndex = at;
    const found = MARKUP.exec(svg);
    if (found === null) throw new Error(`not well-formed at ${at}: ${svg.slice(at, at + 60)}`);
    const [text, closing, name = '', attributes = '', empty] = found;
    const names = [...attributes.matchAll(/([\w:-]+)=/g)].map(([, key]) => key);
    if (new Set(names).size !== names.length) throw new Error(`an attribute twice in ${text}`);
    if (closing && open.pop() !== name) throw new Error(`${text} closes another element`);
    if (!closing) seen.push(name);
    if (!closing && !empty) open.push(name);
    at += text.length;
  }
  if (open.length > 0) throw new Error(`left open: ${open}`);
  return seen;
};

describe.each(pictures)('the picture $name, view $view', ({ name, view, svg }) => {
  it('is one well-formed SVG of 800 × 1000', () => {
    expect(elementsOf(svg)[0]).toBe('svg');
    expect(svg.match(/<svg /g)).toHaveLength(1);
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 800 1000" width="800" height="1000">/,
    );
  });

  it('stays under 12 kB, with no broken number', () => {
    expect(Buffer.byteLength(svg)).toBeLessThan(12_000);
    expect(svg).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
  });

  it('runs nothing and loads nothing', () => {
    expect(svg).not.toMatch(/<script|<foreignObject|<image|<use|href|\son\w+=|javascript:|<style|@import/i);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|data:/);
  });

  it('refers only to what it defines, and defines each once', () => {
    const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  });

  it('is the same each time', () => {
    expect(drawPicture(name, view)).toBe(svg);
  });
});

describe('the pictures together', () => {
  it('are all different, also from view to view', () => {
    expect(new Set(pictures.map(({ svg }) => svg)).size).toBe(pictures.length);
  });

  it('show at least ten things from two sides', () => {
    expect(drawingNames.filter((name) => viewsOf(name) > 1).length).toBeGreaterThanOrEqual(10);
  });

  it('start over after the last view', () => {
    const withoutIds = (svg: string) => svg.replaceAll(/jar-candle-\d+-/g, '');
    expect(withoutIds(drawPicture('jar-candle', 2))).toBe(withoutIds(drawPicture('jar-candle', 0)));
  });
});
