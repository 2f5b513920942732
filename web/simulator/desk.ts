import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PageLanguage, Words } from './words.ts';
import type { World } from './world.ts';

/** What every part of the page has at hand. */
export interface Desk {
  words: Words;
  language: PageLanguage;
  world: World;
  /** Runs an action; what goes wrong is said, and answered with undefined. */
  run: <Answer>(action: () => Promise<Answer>) => Promise<Answer | undefined>;
  say: (text: string) => void;
}

export const DeskContext = createContext<Desk | undefined>(undefined);

/** The desk on which this part lies. */
export const useDesk = (): Desk => {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error('this part lies on no desk');
  return desk;
};

/** A time of day as people write it. */
export const timeText = (at: string, language: PageLanguage): string =>
  new Intl.DateTimeFormat(language === 'es' ? 'es-AR' : 'en', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at));

/** A day as people write it. */
export const dayText = (at: string, language: PageLanguage): string =>
  new Intl.DateTimeFormat(language === 'es' ? 'es-AR' : 'en', { day: 'numeric', month: 'long' }).format(new Date(at));
