import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A sale as this system writes it. An id that begins with `#` is written as a bare number, however long. */
export interface ShopsOwnSale {
  id: number | string;
  number: string;
  status: string;
  soldAt: string;
  amounts: { total: number | string; currency: string };
  customer: { phone?: string; email?: string };
}

/** How it shall answer: as it should, or not. */
type Mood = 'well' | 'slow' | 'broken' | 'elsewhere' | 'gibberish' | 'endless' | 'hung-up';

const answers: Record<Exclude<Mood, 'well'>, (response: ServerResponse) => void> = {
  slow: () => undefined,
  broken: (response) => response.writeHead(500).end('{}'),
  elsewhere: (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
  gibberish: (response) => response.end('<html>'),
  endless: (response) => response.end('x'.repeat(2 * 1024 * 1024)),
  'hung-up': (response) => response.destroy(),
};

/** The system in which a shop keeps its sales: asks for a key, finds by phone and e-mail, and only reads. */
export const startSales = async (key = 'the-key-of-the-erp') => {
  const world = {
    sales: [] as ShopsOwnSale[],
    mood: 'well' as Mood,
    /** Method, path and query of each call. */
    calls: [] as string[],
    /** What happens before a call is answered. */
    onCall: async (): Promise<void> => undefined,
  };
  const found = ({ pathname, searchParams }: URL): unknown => {
    const [, , , saleId] = pathname.split('/');
    if (saleId !== undefined)
      return world.sales.find(({ id }) => String(id).replace('#', '') === decodeURIComponent(saleId));
    const [phone, email] = [searchParams.get('phone') ?? '', searchParams.get('email') ?? ''];
    const sales = world.sales.filter(
      ({ customer }) =>
        (phone !== '' && customer.phone?.replace(/\D/g, '').endsWith(phone.slice(-6))) ||
        (email !== '' && customer.email?.toLowerCase() === email.toLowerCase()),
    );
    return { data: { sales } };
  };
  const server = createServer(async (request: IncomingMessage, response) => {
    world.calls.push(`${request.method} ${request.url}`);
    await world.onCall();
    if (world.mood !== 'well') return answers[world.mood](response);
    if (request.headers['x-api-key'] !== key) return void response.writeHead(401).end('{}');
    const answer = found(new URL(request.url ?? '/', 'http://here'));
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}).replace(/"#(\d+)"/g, '$1'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    world,
    url,
    key,
    /** Settings with which a shop reads it. */
    settings: {
      url: `${url}/api/sales?phone={phone}&email={email}`,
      saleUrl: `${url}/api/sales/{saleId}`,
      header: { name: 'X-Api-Key', prefix: '' },
      mapping: {
        items: 'data.sales',
        saleId: 'id',
        total: 'amounts.total',
        currency: 'amounts.currency',
        at: 'soldAt',
        phone: 'customer.phone',
        email: 'customer.email',
        reference: 'number',
        status: 'status',
      },
      currency: 'ARS',
      soldStatuses: ['paid'],
      timeoutMs: 500,
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

export type SalesServer = Awaited<ReturnType<typeof startSales>>;

let made = 0;

/** A paid sale that nobody has had before. */
export const aShopsOwnSale = (change: Partial<ShopsOwnSale> = {}): ShopsOwnSale => {
  made += 1;
  return {
    id: 9_007_199_254_740_000 + made,
    number: `A-${String(made).padStart(6, '0')}`,
    status: 'paid',
    soldAt: '2026-11-03T15:00:00Z',
    amounts: { total: 150.5, currency: 'ARS' },
    customer: {},
    ...change,
  };
};
