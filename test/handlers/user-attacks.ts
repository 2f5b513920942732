import type { TestRequest } from '../support/events.ts';
import type { Lambdas } from '../support/lambdas.ts';
import type { GivenShop } from './given.ts';

type Attack = { what: string; request: TestRequest; status: 200 | 201 | 204 | 400 | 403 | 404 | 409 };

interface Victims {
  a: { as: GivenShop['as'] };
  b: { given: GivenShop; usersCursor: string };
}

/** The users of a shop, with accounts at the identity provider. */
export const openAccounts = ({ services }: Pick<Lambdas, 'services'>, { shop, as }: GivenShop): void => {
  for (const role of ['admin', 'seller'] as const) {
    const account = {
      name: `${shop.slug} ${role}`,
      enabled: true,
      status: 'CONFIRMED',
      mails: 0,
      signOuts: 0,
    } as const;
    services.accounts.set(as(role).userId, { ...account, email: `${role}@${shop.slug}.example` });
  }
};

/** B's users named by an admin of A, on every route about users. */
export const userAttacks = (victims: () => Victims) => {
  const asAdmin = (request: TestRequest = {}): TestRequest => ({ as: victims().a.as('admin'), ...request });
  const onTheirs = (body?: object) => (): Attack[] =>
    (['admin', 'seller'] as const).map((role) => {
      const params = { userId: victims().b.given.as(role).userId };
      return { what: `B's ${role}`, request: asAdmin({ params, ...(body && { body }) }), status: 404 };
    });
  return {
    listUsers: (): Attack[] => [
      { what: 'own users', request: asAdmin({ query: { shopId: victims().b.given.shop.shopId } }), status: 200 },
      { what: "B's cursor", request: asAdmin({ query: { cursor: victims().b.usersCursor } }), status: 400 },
    ],
    inviteUser: (): Attack[] => {
      const { slug, shopId } = victims().b.given.shop;
      const body = { email: `seller@${slug}.example`, name: 'Ana Alfa', role: 'seller' };
      return [
        { what: 'the address of a user of B', request: asAdmin({ body }), status: 409 },
        { what: "B's shop id", request: asAdmin({ body: { ...body, shopId } }), status: 400 },
      ];
    },
    updateUser: onTheirs({ role: 'seller' }),
    disableUser: onTheirs(),
    enableUser: onTheirs(),
    removeUser: onTheirs(),
  };
};
