import { actorOf, type Caller } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { notFound } from '#core/errors.ts';
import { findShop } from '../shops/find-shop.ts';
import type { Shop } from '../shops/shop.ts';
import { viewerOf } from '../shops/viewer.ts';
import type { AskSourcePorts } from './ask-source.ts';
import { assertSaleLinks, type WhichCustomer } from './known-customer.ts';
import { type LinkSalePorts, linkSale, listSaleLinks, unlinkSale } from './link-sale.ts';
import type { saleLinkRoutes } from './sale-links.routes.ts';
import { saleLinksView, saleLinkView, saleSourceView } from './sale-views.ts';
import { removeSource, type SetSourcePorts, setSource } from './set-source.ts';
import { type SuggestSalesPorts, suggestSales } from './suggest-sales.ts';
import { trySource } from './try-source.ts';

/** Everything that links to sales need. */
export type SaleLinkPorts = LinkSalePorts &
  SuggestSalesPorts &
  SetSourcePorts &
  AskSourcePorts & { findShop: (shopId: string) => Promise<Shop | undefined> };

type Handlers = RouteHandlers<typeof saleLinkRoutes>;

/** The shop of the caller, which has links to sales switched on. */
const linkingShop = async (ports: SaleLinkPorts, { shopId }: Caller): Promise<Shop> => {
  const shop = await findShop(ports.findShop, shopId);
  assertSaleLinks(shop);
  return shop;
};

const sourceHandlers = (ports: SaleLinkPorts) =>
  ({
    // what was given may be looked at and taken back whatever is switched on: it asks nobody for anything
    getSaleSource: async ({ caller: { shopId } }) => {
      const known = await ports.sources.find(shopId);
      if (known === undefined) throw notFound();
      return saleSourceView(known.source, known.breaker);
    },
    setSaleSource: async ({ caller, body: input }) => {
      const { shopId } = await linkingShop(ports, caller);
      return saleSourceView(await setSource({ shopId, input, by: actorOf(caller) }, ports));
    },
    removeSaleSource: async ({ caller }) => {
      await removeSource({ shopId: caller.shopId, by: actorOf(caller) }, ports);
      return undefined;
    },
    trySaleSource: async ({ caller, body }) => {
      const { shopId } = await linkingShop(ports, caller);
      return trySource({ shopId, ...body }, ports);
    },
  }) satisfies Partial<Handlers>;

/** What each route of {@link saleLinkRoutes} does. */
export const saleLinkHandlers = (ports: SaleLinkPorts): Handlers => {
  const customer = async ({
    caller,
    params,
  }: {
    caller: Caller;
    params: { contactId: string };
  }): Promise<WhichCustomer> => {
    const shop = await linkingShop(ports, caller);
    return { shop, contactId: params.contactId, viewer: viewerOf(caller, shop) };
  };
  return {
    ...sourceHandlers(ports),
    suggestSales: async (input) => suggestSales(await customer(input), ports),
    listSaleLinks: async (input) => {
      const which = await customer(input);
      const { links, summaries } = await listSaleLinks(which, ports);
      return saleLinksView(links, summaries, which.shop);
    },
    linkSale: async (input) =>
      saleLinkView(await linkSale({ ...(await customer(input)), ...input.body, by: actorOf(input.caller) }, ports)),
    unlinkSale: async (input) => {
      const { linkId } = input.params;
      await unlinkSale({ ...(await customer(input)), linkId, by: actorOf(input.caller) }, ports);
      return undefined;
    },
  };
};
