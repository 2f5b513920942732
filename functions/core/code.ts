/** Crockford's base 32 (no I, L, O, U): what people read aloud and type from a chat without mistakes. */
export const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A checkout code is 80 bits: sixteen characters. */
export const CODE_LENGTH = 16;

/** Reads a code as people write it (lower case, dashes, spaces, O for 0, I or L for 1); undefined when it can't be one. */
export const parseCode = (text: string): string | undefined => {
  const code = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return code.length === CODE_LENGTH && [...code].every((char) => CODE_ALPHABET.includes(char)) ? code : undefined;
};

/** The code in groups of four, as people see it: `K7QM-2WTX-9F3A-ZB6C`. */
export const formatCode = (code: string): string => code.match(/.{1,4}/g)?.join('-') ?? code;
