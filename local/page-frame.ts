import { escapeHtml } from '#core/html.ts';

const style = `
:root { --paper: #faf8f5; --ink: #1d1a26; --accent: #c8553d; --line: #e4dfd8; --soft: #6b6675; --card: #fff }
@media (prefers-color-scheme: dark) {
  :root { --paper: #17151d; --ink: #f3efe9; --accent: #e8836c; --line: #35313f; --soft: #a7a1b2; --card: #201d28 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1 { font: 600 2rem/1.2 Georgia, 'Times New Roman', serif; margin: 0 0 .25rem }
h2 { font-size: .8rem; letter-spacing: .08em; text-transform: uppercase; color: var(--soft); margin: 2.25rem 0 .6rem }
p { margin: .25rem 0 } .soft { color: var(--soft) }
a { color: var(--accent) }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem }
li, .card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .75rem 1rem }
li { display: flex; gap: .75rem; align-items: center; justify-content: space-between; flex-wrap: wrap }
li > :first-child { min-width: 0; overflow-wrap: anywhere }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere }
button { font: inherit; font-weight: 600; color: #fff; background: #c8553d; border: 0; border-radius: .6rem; padding: .5rem .9rem;
  min-height: 2.75rem; cursor: pointer }
button:hover { filter: brightness(1.07) } button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
button.quiet { background: none; color: var(--accent); border: 1px solid var(--line) }
button.person { width: 100%; text-align: left; color: var(--ink); background: none; padding: .25rem }
.row { display: flex; gap: .5rem; flex-wrap: wrap; align-items: center }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .75rem 1rem; overflow: auto; font-size: .8rem }
output { display: block; margin-top: .5rem; min-height: 1.5em }
`;

/** A page of the local cloud itself, in the colours of the product. `body` is HTML. */
export const pageFrame = (language: string, title: string, body: string): string => `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <title>${escapeHtml(title)}</title>
    <style>${style}</style>
  </head>
  <body><main>${body}</main></body>
</html>
`;

/** The language for pages of the local cloud: Spanish unless the browser prefers English. */
export const pageLanguage = (acceptLanguage: string | undefined): 'es' | 'en' =>
  /^\s*en\b/i.test(acceptLanguage ?? '') ? 'en' : 'es';
