import { describe, expect, it } from 'vitest';
import { languages } from '#core/fields.ts';
import {
  errorDictionary,
  explainError,
  failureOfCode,
  ownCodes,
  reactionTo,
} from '../../../functions/whatsapp/error-dictionary.ts';

/** Every code of Meta's page "Error codes" that concerns sending, registering and templates, and one that health tells. */
const documented = [
  0, 1, 2, 3, 4, 10, 33, 100, 190, 368, 80007, 130403, 130429, 130472, 130497, 131000, 131005, 131008, 131009, 131016,
  131021, 131026, 131030, 131031, 131037, 131042, 131045, 131047, 131048, 131049, 131050, 131051, 131052, 131053,
  131055, 131056, 131057, 131062, 131063, 131064, 132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068,
  132069, 133000, 133004, 133005, 133006, 133008, 133009, 133010, 133015, 133016, 134011, 134100, 134101, 134102,
  135000, 137000, 141006, 2388019, 2388039, 2388040, 2388293, 2388299,
];

describe('the error dictionary', () => {
  it('has every documented code and no other', () => {
    expect(
      Object.keys(errorDictionary)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(documented);
  });

  it.each([...documented, 200, 250, 299, ...Object.values(ownCodes)])(
    'explains %i to a seller in every language',
    (code) => {
      expect(failureOfCode(code)).not.toBe('other');
      const explained = languages.map((language) => explainError(code, language));
      for (const { say, do: advice } of explained) {
        expect(say.length).toBeGreaterThan(20);
        expect(advice.length).toBeGreaterThan(10);
      }
      expect(new Set(explained.map(({ say }) => say)).size).toBe(languages.length);
    },
  );

  it('takes permissions for what they are', () => {
    for (const code of [200, 230, 299])
      expect(reactionTo({ code })).toEqual({ do: 'stop-connection', state: 'reauth' });
    for (const code of [199, 300]) expect(failureOfCode(code)).toBe('other');
  });

  it('waits four to the power of n for a pair', () => {
    expect(reactionTo({ code: 131056 })).toEqual({ do: 'wait-for-pair', delays: [1, 4, 16, 64, 256] });
  });

  it.each([
    [190, { do: 'stop-connection', state: 'reauth' }],
    [33, { do: 'stop-connection', state: 'disabled' }],
    [131042, { do: 'stop-connection', state: 'restricted' }],
    [368, { do: 'stop-connection', state: 'restricted' }],
    [131031, { do: 'stop-connection', state: 'restricted' }],
    [131050, { do: 'opt-out' }],
    [131026, { do: 'mark-undeliverable' }],
    [131047, { do: 'fail' }],
    [131049, { do: 'wait-a-day' }],
    [132015, { do: 'stop-template' }],
    [131048, { do: 'pause-campaigns' }],
  ])('knows what to do after %i', (code, reaction) => {
    expect(reactionTo({ code })).toEqual(reaction);
  });

  it('reads a vanished number out of the general code', () => {
    expect(reactionTo({ code: 100, subcode: 33 })).toEqual({ do: 'stop-connection', state: 'disabled' });
    expect(reactionTo({ code: 100, subcode: 2494010 })).toEqual({ do: 'fail' });
  });

  it('is careful with a code that nobody knows', () => {
    expect(reactionTo({ code: 999_999, httpStatus: 400 })).toEqual({ do: 'fail' });
    expect(reactionTo({ code: 999_999 })).toEqual({ do: 'fail' });
    expect(reactionTo({ code: 999_999, httpStatus: 400, transient: true })).toMatchObject({ do: 'retry' });
    expect(reactionTo({ code: 999_999, httpStatus: 503 })).toMatchObject({ do: 'retry' });
    expect(reactionTo({ httpStatus: 429 })).toMatchObject({ do: 'slow-number' });
    expect(explainError(999_999, 'es').say).not.toBe('');
    expect(failureOfCode(Number.NaN)).toBe('other');
  });
});
