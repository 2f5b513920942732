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

/** What a seller reads beside a customer's message whose automatic answer failed. */
export const answerFailedWords = (language: Language): Words => answerFailed[language];
