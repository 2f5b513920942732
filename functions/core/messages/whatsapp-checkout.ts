import type { Language } from './core-types.ts';

/** What the texts in the chat speak of. */
export interface ChatFacts {
  /** Absent when what the shopper gave is no name. */
  name?: string | undefined;
  shopName: string;
  /** One line for each product, the last ones summed up. */
  items: string;
  total: string;
  until: string;
  /** The code in groups of four. */
  code: string;
  /** May the customer confirm the sale, or only the shop? */
  shopperConfirms: boolean;
  link?: string | undefined;
  shopLink?: string | undefined;
}

type Text = (facts: ChatFacts) => string;

interface CheckoutChatWords {
  /** How a template greets whose name we don't have. */
  customer: string;
  more: (products: number) => string;
  /** Buttons: at most twenty characters. */
  seeCheckout: string;
  seeShop: string;
  confirm: string;
  cancel: string;
  created: Text;
  reminder: Text;
  confirmed: Text;
  expired: Text;
  cancelledByShop: Text;
  cancelled: Text;
  /** To who wrote first with the code of an active checkout. */
  found: Text;
  /** To anyone else with that code. */
  notYours: Text;
  /** To a tap on «Confirmar» where the shop confirms. */
  shopConfirms: Text;
}

const lines = (...parts: (string | undefined | false)[]): string =>
  parts.filter((part) => part !== undefined && part !== false).join('\n');

const hello = (word: string, name: string | undefined): string => (name ? `${word}, ${name}.` : `${word}.`);

const es: CheckoutChatWords = {
  customer: 'cliente',
  more: (products) => (products === 1 ? '… y 1 producto más' : `… y ${products} productos más`),
  seeCheckout: 'Ver mi reserva',
  seeShop: 'Ver la vidriera',
  confirm: 'Confirmar',
  cancel: 'Cancelar',
  created: ({ name, shopName, items, total, until, code, shopperConfirms }) =>
    lines(
      `${hello('Hola', name)} En *${shopName}* te guardamos:`,
      '',
      items,
      '',
      `Total: ${total}`,
      `Hasta el ${until}`,
      `Código: ${code}`,
      '',
      shopperConfirms
        ? 'En el enlace podés confirmar o cancelar. El pago y la entrega los coordinás por acá.'
        : 'La tienda confirma la venta. El pago y la entrega los coordinás por acá.',
    ),
  reminder: ({ name, shopName, items, total, until }) =>
    lines(
      `${hello('Hola', name)} Tu reserva en *${shopName}* vence el ${until}:`,
      '',
      items,
      '',
      `Total: ${total}`,
      '',
      'Si todavía lo querés, no dejes pasar la hora.',
    ),
  confirmed: ({ shopName, items, total, code }) =>
    lines(
      `¡Listo! Tu compra en *${shopName}* está confirmada:`,
      '',
      items,
      '',
      `Total: ${total}`,
      `Código: ${code}`,
      '',
      'El pago y la entrega los coordinás por acá.',
    ),
  expired: ({ shopName, code, shopLink }) =>
    lines(
      `La reserva ${code} en *${shopName}* venció y los productos volvieron a la vidriera. Si todavía los querés, volvé a elegir.`,
      shopLink,
    ),
  cancelledByShop: ({ shopName, code }) =>
    `*${shopName}* canceló la reserva ${code}. Si tenés alguna duda, escribinos por acá.`,
  cancelled: ({ shopName, code, shopLink }) =>
    lines(
      `La reserva ${code} en *${shopName}* está cancelada y los productos volvieron a la vidriera. Cuando quieras, volvé a elegir.`,
      shopLink,
    ),
  found: ({ name, shopName, items, total, until, link, shopperConfirms }) =>
    lines(
      `${hello('Hola', name)} Tu reserva en *${shopName}*:`,
      '',
      items,
      '',
      `Total: ${total}`,
      `Hasta el ${until}`,
      link,
      '',
      shopperConfirms ? '¿Confirmás la compra?' : 'La tienda confirma la venta: te respondemos por acá.',
    ),
  notYours: ({ shopName, code, until }) =>
    `La reserva ${code} en *${shopName}* está activa hasta el ${until}. La puede confirmar o cancelar quien escribió primero con este código.`,
  shopConfirms: ({ shopName, code, until }) =>
    `En *${shopName}* la tienda confirma la venta: te respondemos por acá. La reserva ${code} sigue guardada hasta el ${until}.`,
};

const pt: CheckoutChatWords = {
  customer: 'cliente',
  more: (products) => (products === 1 ? '… e mais 1 produto' : `… e mais ${products} produtos`),
  seeCheckout: 'Ver minha reserva',
  seeShop: 'Ver a vitrine',
  confirm: 'Confirmar',
  cancel: 'Cancelar',
  created: ({ name, shopName, items, total, until, code, shopperConfirms }) =>
    lines(
      `${hello('Olá', name)} Na *${shopName}* guardamos para você:`,
      '',
      items,
      '',
      `Total: ${total}`,
      `Até ${until}`,
      `Código: ${code}`,
      '',
      shopperConfirms
        ? 'No link você confirma ou cancela. Pagamento e entrega a gente combina por aqui.'
        : 'A loja confirma a venda. Pagamento e entrega a gente combina por aqui.',
    ),
  reminder: ({ name, shopName, items, total, until }) =>
    lines(
      `${hello('Olá', name)} Sua reserva na *${shopName}* vence em ${until}:`,
      '',
      items,
      '',
      `Total: ${total}`,
      '',
      'Se ainda quiser, não deixe passar a hora.',
    ),
  confirmed: ({ shopName, items, total, code }) =>
    lines(
      `Pronto! Sua compra na *${shopName}* está confirmada:`,
      '',
      items,
      '',
      `Total: ${total}`,
      `Código: ${code}`,
      '',
      'Pagamento e entrega a gente combina por aqui.',
    ),
  expired: ({ shopName, code, shopLink }) =>
    lines(
      `A reserva ${code} na *${shopName}* venceu e os produtos voltaram para a vitrine. Se ainda quiser, escolha de novo.`,
      shopLink,
    ),
  cancelledByShop: ({ shopName, code }) =>
    `A *${shopName}* cancelou a reserva ${code}. Se tiver alguma dúvida, escreva por aqui.`,
  cancelled: ({ shopName, code, shopLink }) =>
    lines(
      `A reserva ${code} na *${shopName}* está cancelada e os produtos voltaram para a vitrine. Quando quiser, escolha de novo.`,
      shopLink,
    ),
  found: ({ name, shopName, items, total, until, link, shopperConfirms }) =>
    lines(
      `${hello('Olá', name)} Sua reserva na *${shopName}*:`,
      '',
      items,
      '',
      `Total: ${total}`,
      `Até ${until}`,
      link,
      '',
      shopperConfirms ? 'Você confirma a compra?' : 'A loja confirma a venda: respondemos por aqui.',
    ),
  notYours: ({ shopName, code, until }) =>
    `A reserva ${code} na *${shopName}* está ativa até ${until}. Quem escreveu primeiro com este código pode confirmar ou cancelar.`,
  shopConfirms: ({ shopName, code, until }) =>
    `Na *${shopName}* a loja confirma a venda: respondemos por aqui. A reserva ${code} continua guardada até ${until}.`,
};

const en: CheckoutChatWords = {
  customer: 'customer',
  more: (products) => (products === 1 ? '… and 1 more product' : `… and ${products} more products`),
  seeCheckout: 'See my reservation',
  seeShop: 'See the shop window',
  confirm: 'Confirm',
  cancel: 'Cancel',
  created: ({ name, shopName, items, total, until, code, shopperConfirms }) =>
    lines(
      `${hello('Hi', name)} At *${shopName}* we set aside for you:`,
      '',
      items,
      '',
      `Total: ${total}`,
      `Until ${until}`,
      `Code: ${code}`,
      '',
      shopperConfirms
        ? 'You can confirm or cancel under the link. Payment and delivery are settled here.'
        : 'The shop confirms the sale. Payment and delivery are settled here.',
    ),
  reminder: ({ name, shopName, items, total, until }) =>
    lines(
      `${hello('Hi', name)} Your reservation at *${shopName}* runs out on ${until}:`,
      '',
      items,
      '',
      `Total: ${total}`,
      '',
      'If you still want it, do not let the hour pass.',
    ),
  confirmed: ({ shopName, items, total, code }) =>
    lines(
      `Done! Your purchase at *${shopName}* is confirmed:`,
      '',
      items,
      '',
      `Total: ${total}`,
      `Code: ${code}`,
      '',
      'Payment and delivery are settled here.',
    ),
  expired: ({ shopName, code, shopLink }) =>
    lines(
      `The reservation ${code} at *${shopName}* has run out and its products are back in the shop window. If you still want them, pick again.`,
      shopLink,
    ),
  cancelledByShop: ({ shopName, code }) =>
    `*${shopName}* cancelled the reservation ${code}. If you have any question, write to us here.`,
  cancelled: ({ shopName, code, shopLink }) =>
    lines(
      `The reservation ${code} at *${shopName}* is cancelled and its products are back in the shop window. Pick again whenever you like.`,
      shopLink,
    ),
  found: ({ name, shopName, items, total, until, link, shopperConfirms }) =>
    lines(
      `${hello('Hi', name)} Your reservation at *${shopName}*:`,
      '',
      items,
      '',
      `Total: ${total}`,
      `Until ${until}`,
      link,
      '',
      shopperConfirms ? 'Do you confirm the purchase?' : 'The shop confirms the sale: we will answer you here.',
    ),
  notYours: ({ shopName, code, until }) =>
    `The reservation ${code} at *${shopName}* is active until ${until}. Whoever wrote first with this code can confirm or cancel it.`,
  shopConfirms: ({ shopName, code, until }) =>
    `At *${shopName}* the shop confirms the sale: we will answer you here. The reservation ${code} stays set aside until ${until}.`,
};

/** What customers read in the chat about their checkouts. */
export const checkoutChatWords: Readonly<Record<Language, CheckoutChatWords>> = { es, pt, en };
