import { one, some } from './consent-grammar.ts';

const wanting = '(?:(?:quero|gostaria de|desejo|preciso|queria)(?: me)? )?';
const many = one(
  ...['mensagem', 'mensagens', 'msgs?', 'promocoes', 'ofertas', 'publicidade', 'propagandas?', 'novidades'],
  ...['notificacoes', 'avisos', 'spam', 'inscricao', 'comunicacoes', 'marketing'],
);
const which = some('as', 'os', 'a', 'suas', 'minha', 'essas', 'estas', 'mais', 'de', 'com', 'tantas');
const those = `${which} ${many}${some('mais', 'de voces', 'por aqui', 'suas')}`;
const them = `${which} ${one(many, 'informacoes', 'nada')}${some('mais', 'de voces', 'por aqui')}`;
const list = ' (?:da|desta|dessa|do|de sua|da sua)(?: (?:lista|grupo|base|lista de (?:transmissao|contatos|envios)))';
const bother = one('mandar', 'enviar', 'escrever', 'incomodar', 'perturbar', 'contatar', 'receber', 'encher');
const sent = one(
  'mandem?',
  'manda',
  'enviem?',
  'envia',
  'escrevam?',
  'incomodem?',
  'contatem?',
  'perturbem?',
  'enviar',
  'mandar',
  'escrever',
);
/** Whole messages in Portuguese that end marketing, as patterns. */
export const portugueseOptOuts: readonly string[] = [
  `${wanting}sair(?:${list})?|parem`,
  `${wanting}(?:me )?descadastr(?:ar|em?|a|amento)(?:${list})?`,
  `${wanting}(?:parar|parem|pare|interromper|cancelar|chega|suspender|nao receber mais)${those}|nao receber mais`,
  `(?:parem?|para|parar|chega|deixem?) de (?:me )?${bother}(?:-?me)?(?:${them}| mais)?`,
  `(?:ja )?(?:nao quero|no quero|nao desejo|nao gostaria de)(?: mais)?(?:${those}| receber(?: mais)?${them})`,
  `(?:ja )?nao (?:quero|desejo|gostaria de) (?:mais receber|receber mais)`,
  `nao (?:me )?${sent}(?: mais(?:${them})?|${those})|nao me (?:escrevam?|incomodem?|contatem?|perturbem?)`,
  `(?:por favor )?me (?:tire|tira|tirem|retirem?|remova|remove|removam|excluam?|apaguem?)${list}|me (?:remova|removam|excluam?)`,
  `${wanting}ser (?:removid|excluid|retirad)[oa](?:${list})?`,
];
