import { GraphRefusal, type MetaError, metaError } from '../graph-refusal.ts';
import type { CardContent, ChatContent } from '../simulator-api.ts';
import type { TemplateRow } from '../world-rows.ts';
import { judgeInteractive } from './interactive.ts';
import type { Later, Surroundings } from './media-part.ts';
import type { Part } from './part.ts';
import { judgeContacts, judgeFile, judgeLocation, judgeReaction, judgeText } from './plain.ts';
import { type FindTemplate, judgeTemplate } from './template.ts';

/** A send that Meta takes. */
export interface Judged {
  content?: ChatContent | CardContent;
  payloads?: Record<number, string>;
  reaction?: { messageId: string; emoji: string };
  template?: TemplateRow;
  /** What it will fail with after acceptance. */
  failsLater?: MetaError;
}

const plain: Readonly<Record<string, (message: Part, around: Surroundings, later: Later) => ChatContent>> = {
  text: judgeText,
  image: judgeFile('image'),
  video: judgeFile('video'),
  audio: judgeFile('audio'),
  document: judgeFile('document'),
  sticker: judgeFile('sticker'),
  location: judgeLocation,
  contacts: judgeContacts,
};

/** The types that a send may have. */
export const sendTypes = [...Object.keys(plain), 'reaction', 'interactive', 'template'];

/**
 * Judges the part of a send that depends on its type, by Meta's documentation alone: nothing of the product's own
 * builders is used here. Throws `GraphRefusal` for what Meta refuses at once.
 */
export const judgeSend = (type: string, message: Part, findTemplate: FindTemplate, around: Surroundings): Judged => {
  let failsLater: MetaError | undefined;
  const later: Later = (code, details) => {
    failsLater ??= metaError(code, details);
  };
  if (type === 'reaction') return { reaction: judgeReaction(message, around) };
  if (type === 'interactive') {
    const judged = judgeInteractive(message, around, later);
    return { ...judged, failsLater };
  }
  if (type === 'template') {
    const judged = judgeTemplate(message, findTemplate, around, later);
    return { ...judged, failsLater };
  }
  const judge = plain[type];
  if (!judge)
    throw new GraphRefusal(100, `Param type must be one of {${sendTypes.join(', ').toUpperCase()}} - got "${type}".`);
  const content = judge(message, around, later);
  return { content, failsLater };
};
