import { actorOf } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { AppError, notFound } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { findShop } from '../shops/find-shop.ts';
import type { Shop } from '../shops/shop.ts';
import { type Checkout, type CheckoutState, checkoutForSeller, checkoutView } from './checkout.ts';
import type { checkoutRoutes } from './checkouts.routes.ts';
import { type CreateCheckoutPorts, createCheckout } from './create-checkout.ts';
import { cancelCheckout, confirmCheckout, type EndPorts } from './end-checkout.ts';
import { extendCheckout } from './extend-checkout.ts';
import { type DayCounts, dayIn, funnelOf, spanOf } from './funnel.ts';
import { markOpened, type OpenedPorts } from './mark-opened.ts';
import { showCheckout } from './show-checkout.ts';
import { type CheckoutEvent, timelineOf } from './timeline.ts';
import { whatsappUrl } from './whatsapp-link.ts';

/** Everything that checkouts need. */
export interface CheckoutPorts extends CreateCheckoutPorts {
  findShop: (shopId: string) => Promise<Shop | undefined>;
  checkouts: CreateCheckoutPorts['checkouts'] &
    EndPorts['checkouts'] & {
      list: (shopId: string, state: CheckoutState, page: PageRequest) => Promise<Page<Checkout>>;
      extend: (checkout: Checkout, expiresAt: string, now: Date) => Promise<boolean>;
    };
  timeline: TimelinePorts;
  /** Where links that open a chat lead. */
  clickToChatUrl: string;
  page: string;
}

type TimelinePorts = OpenedPorts['timeline'] & {
  events: (code: string) => Promise<CheckoutEvent[]>;
  counts: (shopId: string, from: string, to: string) => Promise<DayCounts[]>;
};

const viewOf = (ports: CheckoutPorts, checkout: Checkout, shop: Shop, siteUrl: string) =>
  checkoutView(checkout, shop, {
    now: ports.patience.clock(),
    siteUrl,
    whatsappUrl: whatsappUrl(ports.clickToChatUrl, checkout, shop),
  });

const findWithShop = async (ports: CheckoutPorts, code: string) => {
  const checkout = await ports.checkouts.find(code);
  if (checkout === undefined) throw notFound();
  return { checkout, shop: await findShop(ports.findShop, checkout.shopId) };
};

const publicHandlers = (ports: CheckoutPorts) =>
  ({
    showCheckout: async ({ params, query, siteUrl }) => {
      const found = await ports.checkouts.find(params.code);
      const shop = found && (await ports.findShop(found.shopId));
      const view = found && shop && viewOf(ports, found, shop, siteUrl);
      return showCheckout(view, { ...(query.lang && { language: query.lang }), siteUrl }, ports.page);
    },
    createCheckout: async ({ body, idempotencyKey, siteUrl }) => {
      const { checkout, shop } = await createCheckout({ input: body, idempotencyKey }, ports);
      return viewOf(ports, checkout, shop, siteUrl);
    },
    viewCheckout: async ({ params, siteUrl }) => {
      const { checkout, shop } = await findWithShop(ports, params.code);
      return viewOf(ports, checkout, shop, siteUrl);
    },
    confirmCheckout: async ({ params, idempotencyKey, siteUrl }) => {
      const { shop } = await findWithShop(ports, params.code);
      if (!shop.shopperConfirms)
        throw new AppError('checkout.seller-confirms', 'a seller of the shop confirms the sale');
      const request = { code: params.code, by: 'shopper' as const, ...(idempotencyKey && { idempotencyKey }) };
      return viewOf(ports, await confirmCheckout(request, ports), shop, siteUrl);
    },
    cancelCheckout: async ({ params, siteUrl }) => {
      const { shop } = await findWithShop(ports, params.code);
      return viewOf(ports, await cancelCheckout({ code: params.code, by: 'shopper' }, ports), shop, siteUrl);
    },
    openCheckout: async ({ params }) => {
      await markOpened(params.code, ports);
      return undefined;
    },
  }) satisfies Partial<RouteHandlers<typeof checkoutRoutes>>;

const sellerHandlers = (ports: CheckoutPorts) => {
  const present = (checkout: Checkout, siteUrl: string) =>
    checkoutForSeller(checkout, { now: ports.patience.clock(), siteUrl });
  return {
    listCheckouts: async ({ caller, query: { state, ...page }, siteUrl }) => {
      const found = await ports.checkouts.list(caller.shopId, state, page);
      return { ...found, items: found.items.map((checkout) => present(checkout, siteUrl)) };
    },
    getCheckout: async ({ caller, params, siteUrl }) => {
      const checkout = await ports.checkouts.find(params.code);
      if (checkout?.shopId !== caller.shopId) throw notFound();
      return present(checkout, siteUrl);
    },
    sellCheckout: async ({ caller, params, idempotencyKey, siteUrl }) => {
      const own = { code: params.code, shopId: caller.shopId, by: actorOf(caller) };
      return present(await confirmCheckout({ ...own, ...(idempotencyKey && { idempotencyKey }) }, ports), siteUrl);
    },
    releaseCheckout: async ({ caller, params, body, siteUrl }) => {
      const own = { code: params.code, shopId: caller.shopId, by: actorOf(caller) };
      return present(await cancelCheckout({ ...own, reason: body.reason }, ports), siteUrl);
    },
    extendCheckout: async ({ caller, params, siteUrl }) => {
      const own = { code: params.code, shopId: caller.shopId };
      return present(await extendCheckout(own, { ...ports, clock: ports.patience.clock }), siteUrl);
    },
  } satisfies Partial<RouteHandlers<typeof checkoutRoutes>>;
};

const reportHandlers = ({ checkouts, timeline, findShop: find, patience }: CheckoutPorts) =>
  ({
    viewTimeline: async ({ caller, params: { code } }) => {
      const [checkout, events] = await Promise.all([checkouts.find(code), timeline.events(code)]);
      if (checkout?.shopId !== caller.shopId) throw notFound();
      return timelineOf(checkout, events);
    },
    viewFunnel: async ({ caller: { shopId }, query }) => {
      const { timeZone } = await findShop(find, shopId);
      const { from, to } = spanOf(query, dayIn(timeZone, patience.clock()));
      return funnelOf(await timeline.counts(shopId, from, to), { timeZone, from, to });
    },
  }) satisfies Partial<RouteHandlers<typeof checkoutRoutes>>;

/** What answers each route about checkouts. */
export const checkoutHandlers = (ports: CheckoutPorts): RouteHandlers<typeof checkoutRoutes> => ({
  ...publicHandlers(ports),
  ...sellerHandlers(ports),
  ...reportHandlers(ports),
});
