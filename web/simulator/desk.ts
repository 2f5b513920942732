import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PageLanguage, Words } from './words.ts';
import type { World } from './world.ts';

/** What every part of the page has at hand; the same from the first moment to the last. */
export interface Desk {
  words: Words;
  language: PageLanguage;
  /** Runs an action; what goes wrong is said, and answered with undefined. */
  run: <Answer>(action: () => Promise<Answer>) => Promise<Answer | undefined>;
  say: (text: string) => void;
  /** The telephone is still in the world, as of this moment. */
  hasPhone: (phoneId: string) => boolean;
}

export const DeskContext = createContext<Desk | undefined>(undefined);

/** Apart from the desk, because it is another one with every event. */
export const WorldContext = createContext<World | undefined>(undefined);

/** The desk on which this part lies. */
export const useDesk = (): Desk => {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error('this part lies on no desk');
  return desk;
};

/** The world as it is now: who asks is drawn anew with every event. */
export const useWorldNow = (): World => {
  const world = useContext(WorldContext);
  if (world === undefined) throw new Error('there is no world yet');
  return world;
};

/** What an error says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A time of day as people write it. */
export const timeText = (at: string, language: PageLanguage): string =>
  new Intl.DateTimeFormat(language === 'es' ? 'es-AR' : 'en', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at));

/** A day as people write it. */
export const dayText = (at: string, language: PageLanguage, month: 'long' | 'short' = 'long'): string =>
  new Intl.DateTimeFormat(language === 'es' ? 'es-AR' : 'en', { day: 'numeric', month }).format(new Date(at));
