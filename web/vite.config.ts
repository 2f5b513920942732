import { existsSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

const at = (path: string): string => new URL(path, import.meta.url).pathname;

/** Ships the generated description of the API beside its page, when it has been generated. */
const apiDescription = (): Plugin => ({
  name: 'api-description',
  generateBundle() {
    const file = at('../docs/api/openapi.json');
    if (existsSync(file)) {
      this.emitFile({ type: 'asset', fileName: 'docs/openapi.json', source: readFileSync(file) });
    }
  },
});

export default defineConfig({
  root: at('.'),
  base: '/',
  plugins: [apiDescription()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: at('../build/web'),
    emptyOutDir: true,
    target: 'es2022',
    // No data: addresses, because the pages' content policy takes files of our own only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      input: { shop: at('shop.html'), checkout: at('checkout.html'), docs: at('docs.html') },
    },
  },
});
