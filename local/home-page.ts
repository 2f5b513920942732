import { escapeHtml } from '#core/html.ts';
import type { Shop } from '../functions/shops/shop.ts';
import type { User } from '../functions/shops/user.ts';
import { pageFrame } from './page-frame.ts';

/** What the home page shows. */
export interface Home {
  language: 'es' | 'en';
  shops: readonly Shop[];
  users: readonly User[];
  /** Functions that can be run by hand. */
  jobs: readonly string[];
  now: Date;
  aheadSeconds: number;
}

const words = {
  es: {
    lead: 'Toda la plataforma en esta máquina, sin cuenta de AWS.',
    pages: 'Páginas',
    shop: 'Vidriera de',
    docs: 'Documentación de la API',
    phones: 'Teléfonos de los clientes (simulador de WhatsApp)',
    none: 'Todavía no hay tiendas. Reiniciá con una carpeta de datos vacía para tener la de demostración.',
    users: 'Usuarios para la API',
    token: 'Copiar un token',
    copied: 'Token copiado: vale una hora.',
    roles: { admin: 'administra', seller: 'vende' },
    clock: 'Reloj',
    ahead: 'adelantado',
    hour: '+1 h',
    day: '+24 h',
    jobs: 'Tareas',
    run: 'Ejecutar ahora',
    failed: 'No se pudo',
  },
  en: {
    lead: 'The whole platform on this machine, with no AWS account.',
    pages: 'Pages',
    shop: 'Shop window of',
    docs: 'API documentation',
    phones: 'Phones of the customers (WhatsApp simulator)',
    none: 'There are no shops yet. Restart with an empty data folder to have the demo shop.',
    users: 'Users for the API',
    token: 'Copy a token',
    copied: 'Token copied: it is valid for one hour.',
    roles: { admin: 'admin', seller: 'seller' },
    clock: 'Clock',
    ahead: 'ahead',
    hour: '+1 h',
    day: '+24 h',
    jobs: 'Jobs',
    run: 'Run now',
    failed: 'That failed',
  },
} as const;

type Words = (typeof words)[keyof typeof words];

const link = (href: string, label: string): string =>
  `<li><a href="${escapeHtml(href)}">${escapeHtml(label)}</a><code class="soft">${escapeHtml(href)}</code></li>`;

const button = (action: string, body: object, label: string): string =>
  `<button class="quiet" data-action="${escapeHtml(action)}" data-body="${escapeHtml(JSON.stringify(body))}">${escapeHtml(label)}</button>`;

const pagesPart = (say: Words, shops: readonly Shop[]): string => {
  const windows = shops.map(({ slug, name }) => link(`/s/${slug}`, `${say.shop} ${name}`));
  const links = [...windows, link('/simulator', say.phones), link('/docs', say.docs)];
  const note = shops.length > 0 ? '' : `<p class="soft">${say.none}</p>`;
  return `<h2>${say.pages}</h2><ul>${links.join('')}</ul>${note}`;
};

const usersPart = (say: Words, { users, shops }: Home): string => {
  const shopOf = new Map(shops.map((shop) => [shop.shopId, shop]));
  const row = ({ userId, name, role, shopId }: User) => {
    const shop = shopOf.get(shopId);
    const token = button('token', { shop: shop?.slug, user: userId }, say.token);
    return `<li><span><strong>${escapeHtml(name)}</strong>
      <span class="soft">${say.roles[role]}, ${escapeHtml(shop?.name ?? '')}</span></span>${token}</li>`;
  };
  return users.length > 0 ? `<h2>${say.users}</h2><ul>${users.map(row).join('')}</ul>` : '';
};

const ahead = (seconds: number): string => {
  const hours = Math.floor(seconds / 3600);
  return `${hours} h ${Math.floor((seconds % 3600) / 60)} min`;
};

const clockPart = (say: Words, { now, aheadSeconds }: Home): string => {
  const note = aheadSeconds > 0 ? `<span class="soft">${ahead(aheadSeconds)} ${say.ahead}</span>` : '';
  const buttons = [
    button('clock', { advanceSeconds: 3600 }, say.hour),
    button('clock', { advanceSeconds: 86_400 }, say.day),
  ];
  return `<h2>${say.clock}</h2><ul><li><span><time>${now.toISOString().replace('T', ' ').slice(0, 19)} UTC</time> ${note}</span>
    <span class="row">${buttons.join('')}</span></li></ul>`;
};

const jobsPart = (say: Words, jobs: readonly string[]): string => {
  const rows = jobs.map((job) => `<li><code>${escapeHtml(job)}</code>${button(`invoke/${job}`, {}, say.run)}</li>`);
  return `<h2>${say.jobs}</h2><ul>${rows.join('')}</ul>`;
};

const script = (say: Words): string => `<output aria-live="polite"></output><script>
const said = document.querySelector('output');
const act = async (action, body) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch('/local/' + action, { method: 'POST', headers, body });
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.message);
  if (action === 'clock') return location.reload();
  if (action !== 'token') return JSON.stringify(result);
  await navigator.clipboard.writeText(result.token);
  return ${JSON.stringify(say.copied)};
};
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('button[data-action]');
  if (!button) return;
  button.disabled = true;
  said.textContent = '…';
  try { said.textContent = (await act(button.dataset.action, button.dataset.body)) ?? ''; }
  catch (error) { said.textContent = ${JSON.stringify(say.failed)} + ': ' + error.message; }
  button.disabled = false;
});
</script>`;

/** The page at `/`: what there is in this local cloud, and its knobs. */
export const homePage = (home: Home): string => {
  const say = words[home.language];
  const parts = [pagesPart(say, home.shops), usersPart(say, home), clockPart(say, home), jobsPart(say, home.jobs)];
  const body = `<h1>Vidriera</h1><p class="soft">${say.lead}</p>${parts.join('')}${script(say)}`;
  return pageFrame(home.language, 'Vidriera', body);
};
