/** What the address asks for: which phones are open, and a text that waits to be sent to a number (click to chat). */
export interface Wanted {
  phoneIds: string[];
  /** Digits of the business number to write to. */
  to?: string;
  text?: string;
}

const digits = (text: string): string => text.replace(/\D/g, '');

/** Reads the address: `/simulator?phones=a,b&to=5491130000001&text=Hola`. */
export const readAddress = (search: string): Wanted => {
  const query = new URLSearchParams(search);
  const [to, text] = [query.get('to'), query.get('text')];
  return {
    phoneIds: (query.get('phones') ?? '').split(',').filter(Boolean),
    ...(to && { to: digits(to) }),
    ...(text && { text }),
  };
};

/** The address with these phones open, the rest as it was but for a text that was taken. */
export const withPhones = (search: string, phoneIds: readonly string[]): string => {
  const query = new URLSearchParams(search);
  query.delete('to');
  query.delete('text');
  query.delete('phones');
  if (phoneIds.length > 0) query.set('phones', phoneIds.join(','));
  const text = query.toString().replaceAll('%2C', ',');
  return text && `?${text}`;
};
