import { GraphRefusal } from './graph-refusal.ts';
import { callAddress } from './http-post.ts';
import type { Random } from './random.ts';

/**
 * Asks an address to prove that it expects our webhooks, as Meta does whenever one is set: it must give the challenge
 * back, plain. Throws the refusal that Meta gives where it does not.
 */
export const shakeHands = async (url: string, verifyToken: string, random: Random): Promise<void> => {
  const challenge = random.digits(10);
  const question = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.challenge': challenge,
    'hub.verify_token': verifyToken,
  });
  const { status, body } = await callAddress(`${url}${url.includes('?') ? '&' : '?'}${question}`, { method: 'GET' });
  if (status === 200 && body === challenge) return;
  throw new GraphRefusal(2200, undefined, {
    status: 400,
    message:
      `(#2200) Callback verification failed with the following errors: HTTP Status Code = ${status ?? 0}; ` +
      'HTTP Message = the challenge was not given back.',
  });
};
