/** Text for sorting and searching: lower case, without accents, single spaces. */
export const fold = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();

/** The beginning of a text, at most so many UTF-16 units long: well-formed, with no half of a character at its end. */
export const cut = (text: string, length: number): string =>
  text
    .toWellFormed()
    .slice(0, length)
    .replace(/\p{Surrogate}$/u, '');
