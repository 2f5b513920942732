import type { HttpAnswer } from '../http-event.ts';

/** Addresses that open a chat, as wa.me's do: the number in the path, the text in the query. */
export const chatPath = /^\/simulator\/chat\/\d+$/;

/** Leads to a customer's phone on which the text waits to be sent; `site`: where the page is, this host if not said. */
export const toPhone = (url: string, site = ''): HttpAnswer => {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const query = new URLSearchParams({ to: pathname.split('/').at(-1) ?? '', text: searchParams.get('text') ?? '' });
  return {
    status: 302,
    headers: { location: `${site}/simulator?${query}`, 'cache-control': 'no-store' },
    body: Buffer.alloc(0),
  };
};
