import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const root = new URL('../../../build/web/', import.meta.url);
const MOST_BYTES = 40_960;

/** All scripts that a page asks for before it can be used. */
const scriptsOf = (page: string): string[] => {
  const html = readFileSync(new URL(page, root), 'utf8');
  return [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
};

/** What the pages weigh and what they may not hold. */
export const weightSuite = (): void => {
  it.each(['shop.html', 'checkout.html'])('%s asks for at most 40 KB of script', (page) => {
    const bytes = scriptsOf(page).map((path) => gzipSync(readFileSync(new URL(path, root))).length);
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MOST_BYTES);
  });

  it.each(['shop.html', 'checkout.html'])('%s keeps the places that the server fills', (page) => {
    const html = readFileSync(new URL(page, root), 'utf8');
    for (const place of ['<html lang="es">', '<!--head-->', '<!--data-->']) expect(html.split(place)).toHaveLength(2);
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)/);
  });

  it('asks nothing of anybody else', () => {
    const files = readdirSync(new URL('assets/', root)).filter((name) =>
      /^(shop|checkout|stored).*\.(js|css)$/.test(name),
    );
    for (const name of files) {
      const text = readFileSync(new URL(`assets/${name}`, root), 'utf8');
      const addresses = [...text.matchAll(/https?:\/\/[^"'`)\s]+/g)].map(([address]) => address);
      expect(addresses.filter((address) => !/w3\.org|^https:\/\/wa\.me/.test(address))).toEqual([]);
    }
  });
};
