import type { Language } from './core-types.ts';

interface Units {
  day: readonly [one: string, many: string];
  hour: readonly [one: string, many: string];
  minute: readonly [one: string, many: string];
  and: string;
}

const units = {
  es: { day: ['día', 'días'], hour: ['hora', 'horas'], minute: ['minuto', 'minutos'], and: 'y' },
  pt: { day: ['dia', 'dias'], hour: ['hora', 'horas'], minute: ['minuto', 'minutos'], and: 'e' },
  en: { day: ['day', 'days'], hour: ['hour', 'hours'], minute: ['minute', 'minutes'], and: 'and' },
} as const satisfies Record<Language, Units>;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From this length on people think in days: «48 horas», but «3 días». */
const IN_DAYS_FROM = 3 * DAY;

const count = (amount: number, [one, many]: readonly [string, string]): string =>
  `${amount} ${amount === 1 ? one : many}`;

/** A length of time in whole words: «24 horas», «1 hora y 30 minutos», «7 días». */
export const durationWords = (language: Language, minutes: number): string => {
  const { day, hour, minute, and } = units[language];
  const days = minutes * MINUTE >= IN_DAYS_FROM ? Math.floor(minutes / (24 * 60)) : 0;
  const hours = Math.floor(minutes / 60) - days * 24;
  const parts = [
    days > 0 && count(days, day),
    hours > 0 && count(hours, hour),
    minutes % 60 > 0 && count(minutes % 60, minute),
  ].filter((part) => part !== false);
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} ${and} ${parts.at(-1)}` : (parts[0] ?? count(0, minute));
};

/** What is left of a hold, short enough for a clock: «23 h 12 min»; seconds only in the last hour, «12 min 05 s». */
export const countdownWords = (language: Language, secondsLeft: number): string => {
  const days = secondsLeft >= IN_DAYS_FROM ? Math.floor(secondsLeft / DAY) : 0;
  const hours = Math.floor((secondsLeft - days * DAY) / HOUR);
  const minutes = Math.floor((secondsLeft % HOUR) / MINUTE);
  const seconds = secondsLeft % MINUTE;
  if (days > 0) return `${count(days, units[language].day)} ${hours} h`;
  if (secondsLeft >= HOUR) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min ${String(seconds).padStart(2, '0')} s`;
  return `${seconds} s`;
};
