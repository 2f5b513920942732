import { fold } from '#core/text.ts';

/** Whole messages that end marketing, folded. What may as well be about a reservation («cancelar») is none. */
const optOuts = [
  // es
  'baja|dar(me)? de baja|(dame|deme|denme|me doy) (la|de) baja|(quiero|quisiera|deseo|solicito|pido) (la |dar(me)? de |mi )?baja',
  '(quiero|quisiera|deseo) salir( de la lista)?|salir( de la lista)?|parar|detener|alto',
  '(parar|detener|dejar de recibir|cancelar|basta de|no mas) (las |la |los )?(promociones|promos|ofertas|publicidad|publicidades|mensajes|suscripcion)',
  'desuscribir(me)?|desuscribirse|desuscripcion|(quiero|quisiera|deseo) (desuscribirme|dejar de recibir( mas)?( sus| los)?( mensajes| promociones| publicidad)?)',
  'no (quiero|deseo) (recibir )?(mas )?(mensajes|promociones|promos|ofertas|publicidad|novedades)( suyas| suyos| de ustedes)?',
  'no me (manden|mandes|envien|envies|escriban|escribas) mas( mensajes| promociones| promos| publicidad)?|no molestar|borrame de la lista|sacame de la lista|saquenme de la lista',
  // pt
  'sair( da lista)?|(quero|gostaria de) sair( da lista)?|pare|parem|descadastrar|descadastre|(quero|gostaria de) (me descadastrar|descadastrar|cancelar (a |minha )?inscricao)|cancelar (a |minha )?inscricao',
  '(parar|interromper|cancelar|chega de|nao receber mais) (as |os |a )?(promocoes|ofertas|publicidade|mensagens|inscricao)',
  'nao quero (mais )?(receber )?(mais )?(mensagens|promocoes|ofertas|publicidade|novidades)|nao me (mande|mandem|envie|enviem) mais( mensagens| promocoes)?|me (tire|tirem|remova|removam) da lista',
  // en
  'stop( all)?|stopall|unsubscribe( me)?|opt ?out|quit|(please )?(stop|no more) (promotions|marketing|messages|texts|ads|offers)|stop (messaging|texting) me|remove me( from( the| your)? list)?|take me off( the| your)? list',
  'i (want|would like|d like) to (unsubscribe|opt ?out)|i do(n t| not|nt) want (any )?(more )?(promotions|marketing|messages|texts|ads|offers)',
];

/** Whole messages that let marketing begin again. */
const optIns = [
  'alta|dar(me)? de alta|(quiero|quisiera|deseo) (el |dar(me)? de )?alta|suscribir(me)?|suscribirse|(quiero|quisiera) suscribirme',
  'quiero recibir (las |sus |de nuevo |otra vez )?(promociones|promos|ofertas|novedades|publicidad)|reanudar( las)?( promociones)?',
  'inscrever|inscrever me|quero (me inscrever|receber (as |suas )?(promocoes|ofertas|novidades))|retomar( as)?( promocoes)?',
  'start|unstop|subscribe( me)?|opt ?in|resume( promotions)?|i want (to subscribe|your (offers|promotions))',
];

const whole = (phrases: readonly string[]): RegExp => new RegExp(`^(?:${phrases.join('|')})$`);
const isOptOut = whole(optOuts);
const isOptIn = whole(optIns);

const before =
  /^(?:(?:hola|buenas|buen dia|buenos dias|buenas tardes|ola|oi|hi|hello|por favor|porfavor|porfa|please|pls) )+/;
const after = /(?: (?:por favor|porfavor|porfa|pls|please|ya|gracias|muchas gracias|obrigad[oa]|thanks|thank you))+$/;

/** Longer ones say more than a keyword does. */
const LONGEST = 80;

/** «B A J A» and «BAJAAA» are the word. */
const joined = (text: string): string => (/^(?:\p{L} )+\p{L}$/u.test(text) ? text.replaceAll(' ', '') : text);

const plainOf = (text: string): string => {
  const words = fold(text.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')).replace(/(\p{L})\1{2,}/gu, '$1');
  return joined(words.replace(before, '').replace(after, ''));
};

/**
 * What a message means when it is nothing but a keyword: `revoked` for «BAJA», «SALIR», «PARAR», «STOP» and their like
 * in Spanish, Portuguese and English, `granted` for «ALTA» and «START». Case, accents, punctuation, a greeting and a
 * please don't matter; a word within a sentence about something else is no keyword.
 */
export const consentKeyword = (text: string): 'granted' | 'revoked' | undefined => {
  if (text.length > LONGEST) return undefined;
  const plain = plainOf(text);
  if (isOptOut.test(plain)) return 'revoked';
  return isOptIn.test(plain) ? 'granted' : undefined;
};
