/** ISO 4217 codes of the currencies a shop may sell in, with the digits of their minor unit. */
export const currencies = {
  ARS: 2,
  BOB: 2,
  BRL: 2,
  CLP: 0,
  COP: 2,
  CRC: 2,
  DOP: 2,
  EUR: 2,
  GTQ: 2,
  HNL: 2,
  MXN: 2,
  NIO: 2,
  PAB: 2,
  PEN: 2,
  PYG: 0,
  USD: 2,
  UYU: 2,
  VES: 2,
} as const satisfies Record<string, number>;

export type Currency = keyof typeof currencies;

export const currencyCodes = Object.keys(currencies) as [Currency, ...Currency[]];

/** The highest price, in minor units: forty lines of a thousand units of it are still an exact integer. */
export const MAX_AMOUNT = 200_000_000_000;

/** The amount of one line in minor units. */
export const lineAmount = (unitPrice: number, quantity: number): number => unitPrice * quantity;

/** The sum of amounts in minor units. */
export const sumAmounts = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

/** Money as people of that language write it: `$ 12.300,00`. Whole amounts of two-digit currencies drop the zeros. */
export const formatMoney = (amount: number, currency: Currency, locale: string): string => {
  const digits = currencies[currency];
  const whole = amount % 10 ** digits === 0;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: whole ? 0 : digits,
    maximumFractionDigits: whole ? 0 : digits,
  }).format(amount / 10 ** digits);
};
