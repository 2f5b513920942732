import type { Language } from './core-types.ts';

interface ConsentWords {
  granted: (shopName: string) => string;
  revoked: (shopName: string) => string;
}

const words = {
  es: {
    granted: (shopName) =>
      `¡Listo! Vas a recibir novedades y promociones de ${shopName}. Para dejar de recibirlas, escribí BAJA.`,
    revoked: (shopName) =>
      `Listo, ${shopName} no te va a mandar más promociones. Si te arrepentís, escribí ALTA. Por tus compras y consultas te seguimos respondiendo por acá.`,
  },
  pt: {
    granted: (shopName) =>
      `Pronto! Você vai receber novidades e promoções de ${shopName}. Para parar de receber, escreva SAIR.`,
    revoked: (shopName) =>
      `Pronto, ${shopName} não vai mais enviar promoções para você. Se mudar de ideia, escreva ALTA. Continuamos respondendo por aqui sobre suas compras e dúvidas.`,
  },
  en: {
    granted: (shopName) => `Done! You will get news and offers from ${shopName}. To stop them, write STOP.`,
    revoked: (shopName) =>
      `Done: ${shopName} will send you no more promotions. If you change your mind, write START. We still answer you here about your purchases and questions.`,
  },
} as const satisfies Record<Language, ConsentWords>;

/** The one short answer to somebody who opted in or out by a keyword. */
export const consentAnswer = (language: Language, state: keyof ConsentWords, shopName: string): string =>
  words[language][state](shopName);
