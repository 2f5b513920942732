import type { CategoryView } from '../../../functions/catalog/category.ts';
import type { ProductView } from '../../../functions/catalog/product.ts';
import type { CheckoutView } from '../../../functions/checkouts/checkout.ts';
import type { ShopView } from '../../../functions/shops/shop.ts';

const id = (kind: string, number: number): string => `01${kind}${String(number).padStart(24 - kind.length, '0')}`;

export const aShop = (change: Partial<ShopView> = {}): ShopView => ({
  slug: 'rara-y-magica',
  name: 'Rara y Mágica',
  tagline: 'Objetos con cuento, hechos de a uno',
  language: 'es',
  currency: 'ARS',
  country: 'AR',
  timeZone: 'America/Argentina/Buenos_Aires',
  whatsappNumber: '+5491123456789',
  holdMinutes: 1440,
  maxLines: 20,
  maxUnitsPerLine: 20,
  ...change,
});

export const someCategories: CategoryView[] = ['Velas', 'Cuadernos', 'Cerámica', 'Textiles', 'Cartas y juegos'].map(
  (name, position) => ({ categoryId: id('C', position + 1), name, position }),
);

const names = [
  'Vela de higo',
  'Cuaderno de viaje',
  'Taza luna',
  'Manta de otoño',
  'Mazo de cartas ilustradas',
  'Vela de cedro y miel',
  'Libreta de bolsillo con elástico y hojas punteadas color marfil',
  'Cuenco irregular',
  'Almohadón bordado',
  'Rompecabezas del cielo austral',
];
const stock = [12, 3, 40, 0, 1, 8, 5, 20, 2, 30];

export const aProduct = (number: number, change: Partial<ProductView> = {}): ProductView => ({
  productId: id('P', number),
  categoryId: id('C', (number % 5) + 1),
  name: names[number % 10] ?? '',
  description: 'Hecho a mano en el taller, en tandas chicas.\n\nCada pieza sale un poco distinta de la anterior.',
  price: 450_000 + number * 78_050,
  currency: 'ARS',
  available: stock[number % 10] ?? 0,
  pictures: [1, 2, 3].slice(0, number % 9 === 8 ? 0 : (number % 3) + 1).map((place) => ({
    url: `/media/${number}-${place}.svg`,
    alt: `${names[number % 10]}, vista ${place}`,
  })),
  ...change,
});

export const someProducts = (count: number): ProductView[] =>
  Array.from({ length: count }, (_, number) => aProduct(number));

export const aCheckout = (change: Partial<CheckoutView> = {}): CheckoutView => ({
  code: 'K7QM2WTX9F3AZB6C',
  displayCode: 'K7QM-2WTX-9F3A-ZB6C',
  state: 'active',
  lines: [
    { product: aProduct(0), quantity: 2 },
    { product: aProduct(6), quantity: 1 },
  ].map(({ product, quantity }) => ({
    productId: product.productId,
    name: product.name,
    pictureUrl: product.pictures[0]?.url ?? null,
    unitPrice: product.price,
    quantity,
    amount: product.price * quantity,
  })),
  currency: 'ARS',
  total: 900_000 + 918_300,
  createdAt: '2026-11-20T15:00:00.000Z',
  expiresAt: '2026-11-21T15:00:00.000Z',
  endedAt: null,
  secondsLeft: 83_570,
  url: 'https://vidriera.example/c/K7QM2WTX9F3AZB6C',
  whatsappUrl: 'https://wa.me/5491123456789?text=Hola',
  shopperConfirms: true,
  language: 'es',
  shop: aShop(),
  ...change,
});
