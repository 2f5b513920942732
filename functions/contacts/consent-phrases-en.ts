import { one, some } from './consent-grammar.ts';

const what = one(
  ...['messages?', 'texts?', 'promotions', 'promos', 'promotional (?:messages|texts)', 'marketing(?: messages)?'],
  ...['ads', 'offers', 'notifications', 'newsletters?', 'spam', 'updates'],
);
const which = some('all', 'any', 'the', 'your', 'these', 'more', 'further', 'me', 'this');
const them = `${which} ${what}${some('from you', 'please', 'anymore', 'any more', 'again', 'ever')}`;
const me = '(?: me| us)?';
const list =
  '(?: (?:off|from)(?: (?:of|all|this|the|your|any|mailing|marketing|contact))*(?: (?:list|lists|database|messages))?)';
/** Whole messages in English that end marketing, as patterns. */
export const englishOptOuts: readonly string[] = [
  `stopp?(?: all| now)?|stopall|(?:txt|text|reply) stop|stop (?:2|to) end|unsub(?:scribe)?${me}(?: all)?(?:${list})?`,
  `(?:opt|opting) ?out|opt me out(?:${list})?|leave me alone|do not disturb|cancel (?:my |the )?subscription`,
  `(?:stop|no more)${some('sending', 'with', 'me')}${them}`,
  `stop (?:messaging|texting|contacting|writing|spamming|bothering|emailing)(?: to)?${me}(?: again| ever)?`,
  `(?:do not|don t|dont|never) (?:ever )?(?:text|message|contact|write(?: to)?|bother|spam)${me}${some('again', 'anymore', 'any more', 'ever')}`,
  `(?:do not|don t|dont|never) (?:ever )?send(?:${them}|${which} anything(?: again| anymore| else)?)`,
  `(?:remove|delete) (?:me|my number|my phone number)(?:${list})?|take (?:me|my number)${list}|get me${list}`,
  `i (?:do not|don t|dont|no longer)(?: ever)? (?:want|wish|need)(?: to (?:receive|get|see))?${them}`,
  `i (?:want|would like|d like|wish)(?: to)? (?:unsubscribe|opt ?out|be removed)(?:${list})?`,
];
