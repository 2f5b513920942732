import type { ErrorCode, Language } from './core-types.ts';

/** What a shopper's page may meet: codes of the API, and no answer at all. */
export type ProblemCode = ErrorCode | 'offline';

const es = {
  internal: 'Algo falló de nuestro lado. Probá de nuevo en un momento.',
  offline: 'Parece que no hay conexión. Fijate y probá de nuevo.',
  'request.invalid': 'Hay un dato que no pudimos leer. Revisalo y probá de nuevo.',
  'not-found': 'Eso ya no está en la vidriera.',
  'idempotency.key-reused': 'Tu elección cambió mientras la enviábamos. Probá de nuevo.',
  'stock.short': 'Mientras elegías, alguien se llevó una parte.',
  'stock.busy': 'Hay mucha gente comprando en este instante. Probá de nuevo en unos segundos.',
  'table.busy': 'Hay mucho movimiento en este instante. Probá de nuevo en unos segundos.',
  'checkout.ended': 'Esta reserva ya había terminado. Te mostramos cómo quedó.',
  'checkout.phone-limit':
    'Con este teléfono ya hay otras reservas en curso. Cuando una termine o la canceles, vas a poder hacer otra.',
  'checkout.product-limit': 'De este producto ya hay mucho reservado. Probá con menos unidades o dentro de un rato.',
  'checkout.shop-limit': 'La tienda llegó al máximo de reservas por ahora. Probá de nuevo en unos minutos.',
  'checkout.seller-confirms': 'En esta tienda la compra la confirma quien te atiende.',
};

type Problems = typeof es;

const pt: Problems = {
  internal: 'Algo falhou do nosso lado. Tente de novo daqui a pouco.',
  offline: 'Parece que não há conexão. Verifique e tente de novo.',
  'request.invalid': 'Há um dado que não conseguimos ler. Confira e tente de novo.',
  'not-found': 'Isso não está mais na vitrine.',
  'idempotency.key-reused': 'Sua escolha mudou enquanto era enviada. Tente de novo.',
  'stock.short': 'Enquanto você escolhia, alguém levou uma parte.',
  'stock.busy': 'Há muita gente comprando neste instante. Tente de novo em alguns segundos.',
  'table.busy': 'Há muito movimento neste instante. Tente de novo em alguns segundos.',
  'checkout.ended': 'Esta reserva já tinha terminado. Veja como ela ficou.',
  'checkout.phone-limit':
    'Este telefone já tem outras reservas em andamento. Quando uma terminar ou for cancelada, dá para fazer outra.',
  'checkout.product-limit': 'Já há muito deste produto reservado. Tente com menos unidades ou daqui a pouco.',
  'checkout.shop-limit': 'A loja chegou ao máximo de reservas por enquanto. Tente de novo em alguns minutos.',
  'checkout.seller-confirms': 'Nesta loja, quem atende você confirma a compra.',
};

const en: Problems = {
  internal: 'Something failed on our side. Please try again in a moment.',
  offline: 'There seems to be no connection. Please check it and try again.',
  'request.invalid': 'There is something we could not read. Please check it and try again.',
  'not-found': 'That is no longer in the shop window.',
  'idempotency.key-reused': 'Your selection changed while it was being sent. Please try again.',
  'stock.short': 'While you were choosing, somebody took some of it.',
  'stock.busy': 'Many people are buying at this very moment. Please try again in a few seconds.',
  'table.busy': 'There is a lot going on at this very moment. Please try again in a few seconds.',
  'checkout.ended': 'This reservation had already ended. Here is how it stands.',
  'checkout.phone-limit':
    'This phone already has other reservations open. Once one ends or is cancelled, you can make another.',
  'checkout.product-limit': 'A lot of this product is already reserved. Try fewer units, or again in a while.',
  'checkout.shop-limit': 'The shop has all the reservations it can take for now. Please try again in a few minutes.',
  'checkout.seller-confirms': 'In this shop, whoever attends you confirms the purchase.',
};

const problems = { es, pt, en } satisfies Record<Language, Problems>;

const hasWords = (code: ProblemCode): code is keyof Problems => Object.hasOwn(es, code);

/** What happened and what to do, in the person's language. A code that no shopper should meet gets the general words. */
export const problemWords = (language: Language, code: ProblemCode): string =>
  problems[language][hasWords(code) ? code : 'internal'];
