import type { Language } from './core-types.ts';

/** Each language under its own name, as a person looks for it. */
export const languageNames = {
  es: 'Español',
  pt: 'Português',
  en: 'English',
} as const satisfies Record<Language, string>;

/** True for the short name of a language we speak. */
export const isLanguage = (text: unknown): text is Language =>
  typeof text === 'string' && Object.hasOwn(languageNames, text);

/** The locale in which numbers are written: the person's language as the shop's country writes it. */
export const localeFor = (language: Language, country: string): string => `${language}-${country}`;
