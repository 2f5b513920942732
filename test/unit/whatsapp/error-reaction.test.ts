import { expect, it } from 'vitest';
import { reactionTo } from '#whatsapp/error-reaction.ts';

it('knows what to do after an error', () => {
  expect([190, 250, 130429, 131047, 131026].map((code) => reactionTo(code))).toEqual([
    'stop-connection',
    'stop-connection',
    'slow-down',
    'use-template',
    'give-up',
  ]);
  expect([429, 503, 400].map((status) => reactionTo(999_999, status))).toEqual(['slow-down', 'retry-later', 'give-up']);
});
