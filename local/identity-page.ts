import { escapeHtml } from '#core/html.ts';
import type { User } from '../functions/shops/user.ts';
import { pageFrame } from './page-frame.ts';

const words = {
  es: {
    title: 'Entrar',
    lead: 'Elegí con quién entrar. En AWS aquí está Cognito, con contraseña y segundo factor.',
    admin: 'administra',
    seller: 'vende',
    nobody: 'Todavía no hay usuarios en esta nube local.',
  },
  en: {
    title: 'Sign in',
    lead: 'Choose whom to sign in as. On AWS this is Cognito, with a password and a second factor.',
    admin: 'admin',
    seller: 'seller',
    nobody: 'There are no users in this local cloud yet.',
  },
} as const;

/** The page that lists the local users to sign in as. */
export const identityPage = (language: 'es' | 'en', users: readonly User[], shopNames: ReadonlyMap<string, string>) => {
  const { title, lead, nobody, ...roleNames } = words[language];
  const person = (user: User) => `<li><button class="person" name="userId" value="${escapeHtml(user.userId)}">
    <strong>${escapeHtml(user.name)}</strong> · ${roleNames[user.role]}, ${escapeHtml(shopNames.get(user.shopId) ?? '')}<br>
    <span class="soft">${escapeHtml(user.email)}</span></button></li>`;
  const list = users.length > 0 ? `<ul>${users.map(person).join('')}</ul>` : `<p>${nobody}</p>`;
  return pageFrame(language, title, `<h1>${title}</h1><p class="soft">${lead}</p><form method="post">${list}</form>`);
};
