import { describe, expect, it } from 'vitest';
import { checkoutPageWords } from '#core/messages/checkout-page.ts';
import { countdownWords, durationWords } from '#core/messages/durations.ts';
import { isLanguage, languageNames } from '#core/messages/languages.ts';
import { checkoutPreview, noCheckoutPreview, noShopPreview, shopPreview } from '#core/messages/previews.ts';
import { problemWords } from '#core/messages/problems.ts';
import { shopPageWords } from '#core/messages/shop-page.ts';
import { whatsappText } from '#core/messages/whatsapp.ts';

const languages = Object.keys(languageNames).filter(isLanguage);

describe('lengths of time', () => {
  it.each([
    [1, '1 minuto'],
    [45, '45 minutos'],
    [60, '1 hora'],
    [90, '1 hora y 30 minutos'],
    [1440, '24 horas'],
    [2880, '48 horas'],
    [4320, '3 días'],
    [10_080, '7 días'],
    [4320 + 61, '3 días, 1 hora y 1 minuto'],
    [0, '0 minutos'],
  ])('%i minutes are %s', (minutes, words) => {
    expect(durationWords('es', minutes)).toBe(words);
  });

  it.each([
    [86_400, '24 h 0 min'],
    [83_570, '23 h 12 min'],
    [3600, '1 h 0 min'],
    [3599, '59 min 59 s'],
    [725, '12 min 05 s'],
    [59, '59 s'],
    [0, '0 s'],
    [300_000, '3 días 11 h'],
  ])('%i seconds left are %s', (seconds, words) => {
    expect(countdownWords('es', seconds)).toBe(words);
  });
});

/** Every text that a catalogue can give, its functions called with something. */
const textsOf = (words: object): string[] =>
  Object.values(words).map((entry: unknown) =>
    typeof entry === 'function' ? String((entry as (...given: unknown[]) => string)(2, 3)) : String(entry),
  );

describe('the catalogue', () => {
  it.each(languages)('speaks %s everywhere, and of no cart', (language) => {
    const texts = [
      ...textsOf(shopPageWords[language]),
      ...textsOf(checkoutPageWords[language]),
      problemWords(language, 'stock.short'),
    ];
    for (const text of texts) {
      expect(text.trim()).not.toBe('');
      expect(text).not.toMatch(/carrito|carrinho|\bcart\b|undefined/i);
    }
  });

  it('has general words for a code that no shopper should meet', () => {
    expect(problemWords('pt', 'shop.slug-taken')).toBe(problemWords('pt', 'internal'));
    expect(problemWords('es', 'stock.busy')).not.toBe(problemWords('es', 'internal'));
  });

  it('starts the chat with the code and the shop', () => {
    for (const language of languages) {
      const text = whatsappText(language, { displayCode: 'K7QM-2WTX-9F3A-ZB6C', shopName: 'Rara y Mágica' });
      expect(text).toContain('K7QM-2WTX-9F3A-ZB6C');
      expect(text).toContain('Rara y Mágica');
    }
  });

  it('previews a shop by its own line when it has one, a checkout by its shop alone', () => {
    expect(shopPreview('es', { name: 'Rara', tagline: 'Cosas' })).toEqual({ title: 'Rara', description: 'Cosas' });
    expect(shopPreview('en', { name: 'Rara', tagline: '' }).description).toContain('WhatsApp');
    expect(checkoutPreview('es', 'Rara').title).toBe('Reserva en Rara');
    expect(noShopPreview('es').title).not.toBe(noCheckoutPreview('es').title);
  });
});
