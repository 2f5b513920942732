import { maybe, one, some } from './consent-grammar.ts';

const want = one('quiero', 'quisiera', 'deseo', 'necesito', 'me gustaria', 'pido', 'solicito', 'me quiero', 'favor de');
const wanting = `(?:${want} )?`;
const which = some(
  'los',
  'las',
  'la',
  'el',
  'sus',
  'tus',
  'su',
  'tu',
  'mi',
  'estos',
  'esos',
  'estas',
  'mas',
  'de',
  'tantos',
);
const many = one(
  ...['mensajes', 'mensajitos', 'whatsapps', 'msjs', 'promociones', 'promos', 'ofertas', 'publicidad', 'publicidades'],
  ...['propaganda', 'propagandas', 'novedades', 'notificaciones', 'avisos', 'spam', 'marketing', 'publicaciones'],
);
const what = one(many, 'mensaje', 'msj', 'informacion', 'info', 'nada');
const whose = some(
  ...['suyos', 'suyas', 'suya', 'de ustedes', 'de su parte', 'comerciales', 'publicitarios', 'promocionales'],
  ...['de (?:promocion|promociones|publicidad|ofertas|marketing)', 'por (?:aca|aqui|este medio|whatsapp)'],
  ...['nunca mas', 'mas', 'nunca'],
);
const them = `${which} ${what}${whose}`;
const those = `${which} ${one(many, 'suscripcion')}${whose}`;
const list =
  ' (?:de|del)(?: (?:la|las|los|su|tu|esta|esa|sus))? (?:lista|listas|grupo|listado|base|base de datos|lista de (?:difusion|contactos|envios)|difusion|suscripcion|promociones|publicidad|mensajes|todo)';
const self = ' (?:a )?(?:mi|este) (?:numero|contacto|telefono|celular|suscripcion)|(?: a| de)? la suscripcion';
const leaving = `(?:${list}|${self}| definitiva| total| definitivamente| de (?:esto|aca|aqui))?`;
const bother = one(
  ...[
    'escrib(?:ir|irme|irnos)',
    'mandar(?:me|nos)?',
    'enviar(?:me|nos)?',
    'molestar(?:me|nos)?',
    'contactar(?:me|nos)?',
  ],
  ...['hablar(?:me|nos)', 'spamear(?:me)?', 'insistir', 'recibir'],
);
const sent = one('manden', 'mandes', 'mande', 'envien', 'envies', 'envie', 'escriban', 'escribas', 'escriba');
const hushed = one(
  'escriban',
  'escribas',
  'escriba',
  'molesten',
  'molestes',
  'moleste',
  'contacten',
  'contactes',
  'contacte',
  'hablen',
  'hables',
);
const cease = one(
  'parar',
  'para',
  'paren',
  'pare',
  'deja',
  'deje',
  'dejen',
  'dejar',
  'basta',
  'detener',
  'detengan',
  'cesen',
);
const halt = one(
  'parar',
  'paren',
  'detener',
  'detengan',
  'cancelar',
  'cancelen',
  'cancela',
  'anular',
  'basta',
  'no',
  'suspender',
  'suspendan',
  'quitar',
  'quiten',
  'terminar',
);
const give = one(
  'dar',
  'darme',
  'darse',
  'darnos',
  'dame',
  'deme',
  'denme',
  'me doy',
  'doy',
  'me das',
  'me dan',
  'que me den',
  'que me des',
  'ser dad[oa]',
  '(?:me )?(?:pueden|puedes|podes|podrian|podrias) dar(?:me)?',
);
const away = one(
  'borr(?:a|e|en|ar)',
  'sac(?:a|ar)',
  'saqu(?:e|en)',
  'quit(?:a|e|en|ar)',
  'elimin(?:a|e|en|ar)',
  'retir(?:a|e|en|ar)',
  'remuev(?:a|an)',
  'remover',
  'exclu(?:ya|yan|ir)',
);
/** Whole messages in Spanish that end marketing, as patterns. */
export const spanishOptOuts: readonly string[] = [
  `vaja|baja|de baja|baja(?:${list}| definitiva| total)`,
  `${one('quiero', 'quisiera', 'deseo', 'necesito', 'me gustaria')} (?:la|mi|de) baja${leaving}|(?:pido|solicito) (?:la |mi )?baja${leaving}`,
  `(?:${wanting}|me )${give} (?:de|la) baja${leaving}`,
  `${wanting}salir(?:me|se)?(?:${list})?|salir`,
  `parar|detener|revocar${maybe('(?:mi )?consentimiento', '(?:mi )?autorizacion')}`,
  `${wanting}(?:${halt}|${cease} con)${those}`,
  `(?:${wanting})?(?:ya )?${cease} de ${bother}(?:${them}| mas)?`,
  `(?:ya )?no (?:me|nos) ${hushed}${some('mas', 'nunca mas', 'nunca', 'por aca', 'por aqui', 'a este numero')}(?:${them})?`,
  `(?:ya )?no (?:me|nos) ${sent}(?: mas(?:${them})?|${those})`,
  `no ${one(sent, 'enviar', 'mandar', 'escribir')}(?: mas(?:${those})?|${those})`,
  `(?:ya )?no (?:quiero|deseo|quisiera|acepto)${some('mas', 'sus', 'tus', 'estos', 'estas')} ${many}${whose}`,
  `(?:ya )?no (?:quiero|deseo|quisiera|acepto)(?: mas)? recibir(?: mas|${them})(?:${them})?`,
  `(?:ya )?no (?:quiero|deseo) que (?:me|nos) ${one(sent, hushed)}(?: mas)?(?:${them})?`,
  `(?:ya )?no me interesan?${some('mas', 'sus', 'las', 'recibir', 'los')} ${many}${whose}`,
  `no (?:me )?molest(?:ar|en|es)(?: mas)?`,
  `${wanting}(?:que )?${away}(?:me|nos)(?:${list})|(?:borr(?:a|e|en)|elimin(?:a|e|en))me|me (?:borran|sacan|quitan|eliminan)${list}`,
  `${wanting}${away} mi (?:numero|contacto|telefono|celular)(?:${list})?`,
  `(?:me )?${wanting}(?:me )?(?:desuscrib\\w{1,5}|desuscripcion|desinscrib\\w{1,5})(?:${list})?`,
];
