/** One of these words or groups of words. */
export const one = (...words: readonly string[]): string => `(?:${words.join('|')})`;

/** One of them, or none, behind another word. */
export const maybe = (...words: readonly string[]): string => `(?: ${one(...words)})?`;

/** Up to three of them behind another word. */
export const some = (...words: readonly string[]): string => `(?: ${one(...words)}){0,3}`;
