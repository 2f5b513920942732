/** What a link preview, a robot and the browser's tab learn of a page before it runs. */
export interface PageHead {
  language: string;
  title: string;
  description: string;
  url: string;
  imageUrl?: string;
  /** Keeps a page out of search engines. */
  hidden?: boolean;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe for HTML, inside and outside attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

const meta = (attribute: 'name' | 'property', key: string, content: string): string =>
  `<meta ${attribute}="${key}" content="${escapeHtml(content)}">`;

const headTags = ({ title, description, url, imageUrl, hidden }: PageHead): string =>
  [
    `<title>${escapeHtml(title)}</title>`,
    meta('name', 'description', description),
    meta('property', 'og:type', 'website'),
    meta('property', 'og:title', title),
    meta('property', 'og:description', description),
    meta('property', 'og:url', url),
    ...(imageUrl ? [meta('property', 'og:image', imageUrl)] : []),
    ...(hidden ? [meta('name', 'robots', 'noindex, nofollow')] : []),
  ].join('\n    ');

/** Data for a page's script, in a block that no text in it can leave. */
const dataBlock = (data: unknown): string =>
  `<script type="application/json" id="page-data">${JSON.stringify(data).replace(/</g, '\\u003c')}</script>`;

/** Fills a built page: its language, its head, and the data its script starts from. */
export const fillPage = (template: string, head: PageHead, data: unknown): string =>
  template
    .replace('<html lang="es">', () => `<html lang="${head.language}">`)
    .replace('<!--head-->', () => headTags(head))
    .replace('<!--data-->', () => dataBlock(data));
