import type { Language } from './core-types.ts';

/** Why a filled-in form is no lead yet, or what is wrong with a page; each with what to do about it. */
export type LeadProblem =
  | 'token-missing'
  | 'token-refused'
  | 'permission-missing'
  | 'not-subscribed'
  | 'page-disconnected'
  | 'gone'
  | 'unavailable'
  | 'phone-missing'
  | 'phone-not-valid'
  | 'not-readable'
  | 'capture-off'
  | 'form-deleted';

type Words = Readonly<Record<LeadProblem, string>>;

const es: Words = {
  'token-missing': 'No hay token de esta página: conectala de nuevo. Lo que falta se busca solo.',
  'token-refused': 'Meta ya no acepta el token de esta página: conectala de nuevo. Lo que falta se busca solo.',
  'permission-missing':
    'El token de esta página no puede leer formularios: hacen falta leads_retrieval y acceso a los clientes potenciales de la página.',
  'not-subscribed': 'La página quedó sin suscribir: conectala de nuevo.',
  'page-disconnected': 'La página ya no está conectada: conectala y reintentá.',
  gone: 'Meta no muestra este formulario: se borró, venció a los 90 días o el token no lo puede ver.',
  unavailable: 'Meta no respondió. Se reintenta solo.',
  'phone-missing': 'No trae teléfono: indicá en el formulario qué campo lo tiene y reintentá.',
  'phone-not-valid': 'El teléfono no es válido para el país del formulario: revisá el país o el campo y reintentá.',
  'not-readable': 'No se pudo leer lo que se envió.',
  'capture-off': 'La tienda no toma clientes potenciales por sí sola: activalo en la configuración y reintentá.',
  'form-deleted': 'El formulario se borró.',
};

const pt: Words = {
  'token-missing': 'Não há token desta página: conecte-a de novo. O que falta é buscado sozinho.',
  'token-refused': 'A Meta já não aceita o token desta página: conecte-a de novo. O que falta é buscado sozinho.',
  'permission-missing':
    'O token desta página não pode ler formulários: faltam leads_retrieval e acesso aos leads da página.',
  'not-subscribed': 'A página ficou sem inscrição: conecte-a de novo.',
  'page-disconnected': 'A página já não está conectada: conecte-a e tente de novo.',
  gone: 'A Meta não mostra este formulário: foi apagado, venceu em 90 dias ou o token não pode vê-lo.',
  unavailable: 'A Meta não respondeu. Será tentado de novo sozinho.',
  'phone-missing': 'Não traz telefone: indique no formulário qual campo o tem e tente de novo.',
  'phone-not-valid': 'O telefone não é válido para o país do formulário: revise o país ou o campo e tente de novo.',
  'not-readable': 'Não foi possível ler o que foi enviado.',
  'capture-off': 'A loja não capta leads sozinha: ative isso nas configurações e tente de novo.',
  'form-deleted': 'O formulário foi apagado.',
};

const en: Words = {
  'token-missing': 'There is no token of this page: connect it again. What is missing is fetched by itself.',
  'token-refused':
    'Meta no longer accepts the token of this page: connect it again. What is missing is fetched by itself.',
  'permission-missing':
    'The token of this page may not read forms: it needs leads_retrieval and access to the page’s leads.',
  'not-subscribed': 'The page was left without a subscription: connect it again.',
  'page-disconnected': 'The page is no longer connected: connect it and try again.',
  gone: 'Meta does not show this form: it was deleted, ran out after 90 days, or the token may not see it.',
  unavailable: 'Meta did not answer. It is tried again by itself.',
  'phone-missing': 'There is no phone in it: say which field of the form has it, and try again.',
  'phone-not-valid': 'The phone is not valid in the country of the form: look at country and field, and try again.',
  'not-readable': 'What was sent could not be read.',
  'capture-off': 'The shop takes in no leads by itself: switch it on in its settings, and try again.',
  'form-deleted': 'The form was deleted.',
};

const words: Readonly<Record<Language, Words>> = { es, pt, en };

/** A problem in plain words, with what to do about it. */
export const leadProblemText = (problem: LeadProblem, language: Language): string => words[language][problem];

/** True for a code that there are words for. */
export const isLeadProblem = (code: string): code is LeadProblem => code in en;
