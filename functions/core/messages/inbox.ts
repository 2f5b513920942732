import type { Language } from './core-types.ts';

interface Words {
  say: string;
  do: string;
}

const answerFailed = {
  es: { say: 'No se pudo responder este mensaje de forma automática.', do: 'Respondelo a mano.' },
  pt: { say: 'Não foi possível responder a esta mensagem automaticamente.', do: 'Responda manualmente.' },
  en: { say: 'This message could not be answered automatically.', do: 'Answer it yourself.' },
} as const satisfies Record<Language, Words>;

const chargedAsMarketing = {
  es: {
    say: 'WhatsApp cobró esta plantilla como marketing, aunque se mandó con otra categoría.',
    do: 'A quien pidió no recibir promociones no se la mandes más, y corregí su categoría.',
  },
  pt: {
    say: 'O WhatsApp cobrou este modelo como marketing, embora tenha sido enviado com outra categoria.',
    do: 'Não o envie mais a quem pediu para não receber promoções, e corrija a categoria dele.',
  },
  en: {
    say: 'WhatsApp charged this template as marketing, though it was sent under another category.',
    do: 'Send it no more to people who asked for no promotions, and correct its category.',
  },
} as const satisfies Record<Language, Words>;

/** What a seller reads beside a template that was no marketing by their word, and is by Meta's. */
export const chargedAsMarketingWords = (language: Language): Words => chargedAsMarketing[language];

/** What a seller reads beside a customer's message whose automatic answer failed. */
export const answerFailedWords = (language: Language): Words => answerFailed[language];
