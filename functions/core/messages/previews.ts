import type { Language } from './core-types.ts';

/** What a chat or a search engine shows of a link. */
export interface Preview {
  title: string;
  description: string;
}

interface PreviewWords {
  shop: string;
  noShop: Preview;
  checkout: (shopName: string) => Preview;
  noCheckout: Preview;
}

const words = {
  es: {
    shop: 'Mirá lo que hay, elegí y te lo reservamos. Después coordinás por WhatsApp.',
    noShop: { title: 'Esta vidriera no existe', description: 'Puede que la dirección haya cambiado.' },
    checkout: (shopName) => ({
      title: `Reserva en ${shopName}`,
      description: 'Los productos elegidos y cuánto tiempo quedan reservados.',
    }),
    noCheckout: { title: 'Esta reserva no existe', description: 'Revisá que el enlace esté completo.' },
  },
  pt: {
    shop: 'Veja o que tem, escolha e a gente reserva. Depois é só combinar pelo WhatsApp.',
    noShop: { title: 'Esta vitrine não existe', description: 'O endereço pode ter mudado.' },
    checkout: (shopName) => ({
      title: `Reserva em ${shopName}`,
      description: 'Os produtos escolhidos e por quanto tempo ficam reservados.',
    }),
    noCheckout: { title: 'Esta reserva não existe', description: 'Confira se o link está completo.' },
  },
  en: {
    shop: 'See what there is, pick what you like and we set it aside. Then settle it on WhatsApp.',
    noShop: { title: 'There is no such shop window', description: 'Its address may have changed.' },
    checkout: (shopName) => ({
      title: `Reservation at ${shopName}`,
      description: 'What was picked, and how long it stays reserved.',
    }),
    noCheckout: { title: 'There is no such reservation', description: 'Check that the link is complete.' },
  },
} as const satisfies Record<Language, PreviewWords>;

/** The preview of a shop's link: its own line when it has one. */
export const shopPreview = (language: Language, { name, tagline }: { name: string; tagline: string }): Preview => ({
  title: name,
  description: tagline || words[language].shop,
});

/** The preview of a shop's address where no shop is. */
export const noShopPreview = (language: Language): Preview => words[language].noShop;

/** The preview of a checkout's link: never what is in it, what it costs or whose it is. */
export const checkoutPreview = (language: Language, shopName: string): Preview => words[language].checkout(shopName);

/** The preview of a code that nobody has. */
export const noCheckoutPreview = (language: Language): Preview => words[language].noCheckout;
