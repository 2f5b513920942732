import type { Language } from './core-types.ts';

interface WrittenBy {
  /** The code in groups of four. */
  displayCode: string;
  shopName: string;
}

const texts = {
  es: ({ displayCode, shopName }) =>
    `¡Hola, ${shopName}! Reservé unos productos en la vidriera. Mi código es ${displayCode}`,
  pt: ({ displayCode, shopName }) => `Olá, ${shopName}! Reservei uns produtos na vitrine. Meu código é ${displayCode}`,
  en: ({ displayCode, shopName }) =>
    `Hi, ${shopName}! I reserved some products in your shop window. My code is ${displayCode}`,
} as const satisfies Record<Language, (by: WrittenBy) => string>;

/** The message that waits in the shopper's WhatsApp when they continue a checkout there. */
export const whatsappText = (language: Language, by: WrittenBy): string => texts[language](by);
