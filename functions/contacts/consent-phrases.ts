import { englishOptOuts } from './consent-phrases-en.ts';
import { spanishOptOuts } from './consent-phrases-es.ts';
import { portugueseOptOuts } from './consent-phrases-pt.ts';

const backIn: readonly string[] = [
  'alta|dar(?:me)? de alta|(?:quiero|quisiera|deseo) (?:el |dar(?:me)? de )?alta|suscribir(?:me)?|suscribirse|(?:quiero|quisiera) suscribirme',
  'quiero recibir (?:las |sus |de nuevo |otra vez )?(?:promociones|promos|ofertas|novedades|publicidad)|reanudar(?: las)?(?: promociones)?',
  'inscrever|inscrever me|quero (?:me inscrever|receber (?:as |suas )?(?:promocoes|ofertas|novidades))|retomar(?: as)?(?: promocoes)',
  'start|unstop|subscribe(?: me)?|opt ?in|resume promotions|i want (?:to subscribe|your (?:offers|promotions))',
];

const whole = (phrases: readonly string[]): RegExp => new RegExp(`^(?:${phrases.join('|')})$`);

/**
 * Whole messages that ask a shop for no marketing: words folded, one space between. Each language has its verbs of
 * stopping and what they may be about, so that «no quiero recibir mensajes» is one and «no quiero recibir el pedido hoy»
 * is none. What may as well be about a purchase («cancelar», «basta», «no quiero más») or is said of much else («alto»,
 * «pare», «quit») is none alone.
 */
export const optOuts: RegExp = whole([...spanishOptOuts, ...portugueseOptOuts, ...englishOptOuts]);

/** Whole messages that let marketing begin again. */
export const optIns: RegExp = whole(backIn);

/** What may stand before the matter itself; the longest first, or «buenas» would leave «tardes» behind. */
const openings = [
  ...[
    'hola',
    'holis',
    'buenas',
    'buen dia',
    'buenos dias',
    'buenas tardes',
    'buenas noches',
    'muy buenas',
    'muy buenos dias',
  ],
  ...['que tal', 'como estas', 'como estan', 'disculpa', 'disculpe', 'disculpen', 'perdon', 'gracias', 'no gracias'],
  ...[
    'ya no me interesa',
    'no me interesa',
    'no estoy interesado',
    'no estoy interesada',
    'por favor',
    'porfavor',
    'porfa',
  ],
  ...['ola', 'oi', 'oie', 'bom dia', 'boa tarde', 'boa noite', 'nao tenho interesse', 'nao obrigado', 'nao obrigada'],
  ...[
    'hi',
    'hello',
    'hey',
    'good morning',
    'good afternoon',
    'good evening',
    'please',
    'pls',
    'no thanks',
    'not interested',
  ],
];

/** What may stand behind it. */
const closings = [
  ...[
    'por favor',
    'porfavor',
    'porfa',
    'porfi',
    'porfis',
    'gracias',
    'muchas gracias',
    'mil gracias',
    'desde ya',
    'saludos',
  ],
  ...['ya', 'ya mismo', 'ahora', 'urgente', 'obrigado', 'obrigada', 'muito obrigado', 'muito obrigada', 'agora', 'pls'],
  ...['please', 'plz', 'thanks', 'thank you', 'now', 'right now', 'hola'],
];

const longestFirst = (words: readonly string[]): string =>
  words.toSorted((first, second) => second.length - first.length).join('|');

/** Greetings and politeness before the matter. */
export const opening = new RegExp(`^(?:(?:${longestFirst(openings)}) )+`);

/** Politeness and thanks behind it. */
export const closing = new RegExp(`(?: (?:${longestFirst(closings)}))+$`);
