import 'rapidoc';

const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;

/** How the viewer looks: our paper, ink and accent, and no font or script from elsewhere. */
const settings = {
  'spec-url': '/docs/openapi.json',
  theme: dark ? 'dark' : 'light',
  'bg-color': dark ? '#17151d' : '#faf8f5',
  'text-color': dark ? '#f4efe8' : '#1d1a26',
  'primary-color': '#c8553d',
  'nav-bg-color': dark ? '#211e29' : '#f1ece4',
  'nav-text-color': dark ? '#f4efe8' : '#1d1a26',
  'regular-font': 'system-ui, sans-serif',
  'mono-font': 'ui-monospace, monospace',
  'load-fonts': 'false',
  'render-style': 'read',
  'schema-style': 'table',
  'show-header': 'false',
  'allow-server-selection': 'false',
  'allow-spec-url-load': 'false',
  'allow-spec-file-load': 'false',
  'persist-auth': 'false',
};

const viewer = document.createElement('rapi-doc');
for (const [name, value] of Object.entries(settings)) viewer.setAttribute(name, value);
document.body.append(viewer);
