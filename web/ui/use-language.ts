import { useEffect, useState } from 'preact/hooks';
import type { Language } from '#core/messages/core-types.ts';
import { isLanguage } from '#core/messages/languages.ts';

/** The language that the address asks for. */
export const languageInAddress = (): Language | undefined => {
  const asked = new URLSearchParams(location.search).get('lang');
  return isLanguage(asked) ? asked : undefined;
};

/** The address with this language in it. */
export const withLanguage = (address: string, language: Language): string => {
  const url = new URL(address, location.href);
  url.searchParams.set('lang', language);
  return url.pathname + url.search;
};

/** The page's language, which the address and the document carry. */
export const useLanguage = (first: Language): [Language, (language: Language) => void] => {
  const [language, setLanguage] = useState(first);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const change = (next: Language): void => {
    history.replaceState(history.state, '', withLanguage(location.href, next));
    setLanguage(next);
  };
  return [language, change];
};
