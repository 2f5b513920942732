import type { DemoShop } from './catalog.ts';

/** A second, smaller shop, in Portuguese and in reais. */
export const luzDeBarrio: DemoShop = {
  settings: {
    slug: 'luz',
    nicheType: 'crm_sales',
    name: 'Luz de Barrio',
    tagline: 'Luminárias feitas à mão em Porto Alegre, com sotaque do Prata',
    language: 'pt',
    currency: 'BRL',
    country: 'BR',
    timeZone: 'America/Sao_Paulo',
    whatsappNumber: '+5551995550123',
  },
  users: [{ userId: 'luz-joana', role: 'admin', name: 'Joana Prates', email: 'joana@example.com' }],
  categories: [
    {
      name: 'Luminárias',
      products: [
        {
          name: 'Abajur «Cogumelo»',
          description: 'Cúpula de vidro leitoso e base de cerâmica terracota ou verde. Luz quente para a cabeceira.',
          price: 28_900,
          stock: 12,
          drawing: 'mushroom-lamp',
        },
        {
          name: 'Pendente «Lua de papel»',
          description: 'Papel de arroz sobre bambu, 45 cm. Chega dobrado, com cabo de dois metros.',
          price: 17_450,
          stock: 5,
          drawing: 'paper-lantern',
        },
        {
          name: 'Pote de vaga-lumes',
          description: 'Um fio de luzinhas que pisca devagar dentro do vidro. Funciona com pilhas, sem tomada.',
          price: 8_990,
          stock: 30,
          drawing: 'firefly-jar',
        },
      ],
    },
  ],
  checkouts: [
    {
      customerName: 'Rafael Teixeira',
      phone: '+55 51 99555-0151',
      lines: [['Pote de vaga-lumes', 2]],
      hoursAgo: 2,
      outcome: 'active',
    },
  ],
};
