import type { Country } from '#core/countries.ts';

interface Plan {
  prefix: string;
  example: string;
  /** How the digits of a number without its country code are grouped, when there is one usual way. */
  groups?: (digits: string) => readonly number[];
}

const nanp: Omit<Plan, 'example'> = { prefix: '1', groups: () => [3, 3, 4] };

/** Buenos Aires has an area code of two digits, the rest of Argentina of three (or four, which nobody minds). */
const argentina = (digits: string): readonly number[] => (digits.startsWith('11') ? [2, 4, 4] : [3, 3, 4]);

const plans: Record<Country, Plan> = {
  AR: { prefix: '54', example: '11 2345-6789', groups: argentina },
  BO: { prefix: '591', example: '7123 4567', groups: () => [4, 4] },
  BR: { prefix: '55', example: '11 91234-5678', groups: (digits) => (digits[2] === '9' ? [2, 5, 4] : [2, 4, 4]) },
  CA: { ...nanp, example: '506 234-5678' },
  CL: { prefix: '56', example: '9 2123 4567', groups: () => [1, 4, 4] },
  CO: { prefix: '57', example: '321 123-4567', groups: () => [3, 3, 4] },
  CR: { prefix: '506', example: '8312-3456', groups: () => [4, 4] },
  CU: { prefix: '53', example: '5123-4567', groups: () => [4, 4] },
  DE: { prefix: '49', example: '151 23456789' },
  DO: { ...nanp, example: '809 234-5678' },
  EC: { prefix: '593', example: '99 123-4567', groups: () => [2, 3, 4] },
  ES: { prefix: '34', example: '612 34 56 78', groups: () => [3, 2, 2, 2] },
  FR: { prefix: '33', example: '6 12 34 56 78', groups: () => [1, 2, 2, 2, 2] },
  GB: { prefix: '44', example: '7400 123456' },
  GT: { prefix: '502', example: '5123-4567', groups: () => [4, 4] },
  HN: { prefix: '504', example: '9123-4567', groups: () => [4, 4] },
  IT: { prefix: '39', example: '312 345 6789', groups: () => [3, 3, 4] },
  MX: { prefix: '52', example: '55 1234-5678', groups: () => [2, 4, 4] },
  NI: { prefix: '505', example: '8123-4567', groups: () => [4, 4] },
  PA: { prefix: '507', example: '6123-4567', groups: () => [4, 4] },
  PE: { prefix: '51', example: '912 345 678', groups: () => [3, 3, 3] },
  PR: { ...nanp, example: '787 234-5678' },
  PT: { prefix: '351', example: '912 345 678', groups: () => [3, 3, 3] },
  PY: { prefix: '595', example: '961 456 789', groups: () => [3, 3, 3] },
  SV: { prefix: '503', example: '7012-3456', groups: () => [4, 4] },
  US: { ...nanp, example: '201 555-0123' },
  UY: { prefix: '598', example: '94 231 234', groups: () => [2, 3, 3] },
  VE: { prefix: '58', example: '412 123-4567', groups: () => [3, 3, 4] },
};

const MIN_DIGITS = 6;

/** The country code and an example for a number of that country. */
export const phoneHints = (country: Country): { prefix: string; example: string } => ({
  prefix: `+${plans[country].prefix}`,
  example: plans[country].example,
});

/** True for what is written with its country code, so that no prefix is to be shown before it. */
export const isInternational = (text: string): boolean => /^\s*(\+|00)/.test(text);

/** Cuts digits into groups; what is over joins the last. A dash goes before a last group of four. */
const grouped = (digits: string, sizes: readonly number[]): string => {
  const parts: string[] = [];
  let rest = digits;
  for (const size of sizes.slice(0, -1)) {
    if (rest.length <= size) break;
    parts.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  const dash = sizes.at(-1) === 4 && parts.length === sizes.length - 1 && parts.length > 0;
  return parts.join(' ') + (parts.length === 0 ? '' : dash ? '-' : ' ') + rest;
};

/**
 * A phone spaced for reading while it is typed. It never adds or drops a digit and leaves alone whatever does not look
 * like the usual form: trunk zeros, a 15, a foreign number. What is typed is read for good by the server.
 */
export const formatPhone = (text: string, country: Country): string => {
  const { groups } = plans[country];
  const digits = text.replace(/\D/g, '');
  const usual = groups?.(digits);
  const longest = usual?.reduce((sum, size) => sum + size, 0) ?? 0;
  const isUsual = usual !== undefined && digits.length <= longest && !/^[01]/.test(digits.replace(/^11/, ''));
  if (isInternational(text) || !isUsual || /[^\d\s-]/.test(text)) return text;
  return grouped(digits, usual);
};

/** False for what is too short or too long to be a phone at all; anything else is the server's to judge. */
export const couldBePhone = (text: string): boolean => {
  const digits = text.replace(/\D/g, '').length;
  return digits >= MIN_DIGITS && digits <= 20 && text.trim().length <= 30;
};
