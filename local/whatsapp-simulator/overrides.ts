import { GraphRefusal } from './graph-refusal.ts';
import { shakeHands } from './handshake.ts';
import type { Random } from './random.ts';
import { addressOf, openPart, textOf } from './sends/part.ts';
import type { Override } from './world-rows.ts';

const LONGEST_ADDRESS = 200;

/**
 * An address for the `messages` of one account or number, which must prove that it expects them. undefined: it was
 * taken away, by an empty text or by saying nothing. Throws `GraphRefusal`.
 */
export const readOverride = async (value: unknown, random: Random): Promise<Override | undefined> => {
  const part = openPart(value, 'webhook_configuration', ['override_callback_uri', 'verify_token']);
  const { override_callback_uri: given } = part.members;
  if (given === undefined || given === '') return undefined;
  const url = addressOf(part, 'override_callback_uri');
  if (url.length > LONGEST_ADDRESS)
    throw new GraphRefusal(100, `override_callback_uri may have ${LONGEST_ADDRESS} characters.`);
  const verifyToken = textOf(part, 'verify_token', { most: 1000 });
  await shakeHands(url, verifyToken, random);
  return { url, verifyToken };
};
