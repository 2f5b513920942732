import type { DemoCategory, DemoCheckout, DemoShop } from './catalog.ts';

const candles: DemoCategory = {
  name: 'Velas y aromas',
  products: [
    {
      name: 'Vela «Luna llena»',
      description:
        'Cera de soja, vainilla y un fondo de palo santo: 45 horas de luz tranquila. El vaso queda para siempre; contanos si lo querés en ámbar o en azul noche.',
      price: 1_850_000,
      stock: 40,
      hot: true,
      drawing: 'jar-candle',
    },
    {
      name: 'Trío de velas torneadas',
      description: 'Tres velas en espiral, hechas una por una, en terracota, marfil y ciruela. No chorrean.',
      price: 1_420_000,
      stock: 18,
      drawing: 'twisted-tapers',
    },
    {
      name: 'Difusor «Bosque mojado»',
      description: 'Eucalipto, cedro y tierra después de la lluvia. Seis varillas de ratán y perfume para dos meses.',
      price: 2_290_000,
      stock: 9,
      drawing: 'reed-diffuser',
    },
    {
      name: 'Atado de salvia y lavanda',
      description: 'De la huerta de Traslasierra, secado a la sombra y atado a mano. Para empezar de nuevo.',
      price: 680_000,
      stock: 32,
      drawing: 'herb-bundle',
    },
    {
      name: 'Portasahumerio «Menguante»',
      description: 'Una luna de latón sobre base de madera oscura que junta toda la ceniza. Viene con diez sahumerios.',
      price: 2_760_000,
      stock: 4,
      drawing: 'incense-moon',
    },
  ],
};

const ceramics: DemoCategory = {
  name: 'Cerámica',
  products: [
    {
      name: 'Taza «Eclipse»',
      description: 'Gres esmaltado con un sol de oro en el frente. 320 ml, apta microondas; en azul profundo o coral.',
      price: 1_690_000,
      stock: 22,
      drawing: 'eclipse-mug',
    },
    {
      name: 'Dúo de cuencos «Marea»',
      description: 'Uno turquesa y uno teja, chorreados a mano: no hay dos iguales. Van del horno a la mesa.',
      price: 3_150_000,
      stock: 7,
      drawing: 'tide-bowls',
    },
    {
      name: 'Florero «Nube»',
      description: 'Panzón y liviano, con el torno a la vista. Las ramas secas de la foto van de regalo.',
      price: 3_480_000,
      stock: 3,
      drawing: 'cloud-vase',
    },
    {
      name: 'Plato «Constelación»',
      description: 'Un cielo de invierno pintado en oro sobre esmalte azul. Incluye el soporte de madera.',
      price: 2_980_000,
      stock: 11,
      drawing: 'star-plate',
    },
    {
      name: 'Tetera «Bruma»',
      description: 'Verde salvia, asa de caña y pico que no gotea. Rinde cuatro tazas y una charla larga.',
      price: 5_890_000,
      stock: 0,
      drawing: 'mist-teapot',
    },
    {
      name: 'Maceta «Siestera»',
      description: 'Duerme de día y cuida tu planta de noche. Con agujero y plato; la suculenta no se incluye.',
      price: 2_340_000,
      stock: 14,
      drawing: 'face-planter',
    },
  ],
};

const textiles: DemoCategory = {
  name: 'Textiles',
  products: [
    {
      name: 'Manta «Siesta larga»',
      description: 'Tejida en telar con lana merino y algodón, 130 × 180 cm, con flecos anudados a mano.',
      price: 8_950_000,
      stock: 5,
      drawing: 'knit-blanket',
    },
    {
      name: 'Almohadón «Ojo de luna»',
      description: 'Bordado sobre pana, con borlas en las puntas. 45 × 45 cm, funda lavable y relleno incluido.',
      price: 3_790_000,
      stock: 12,
      drawing: 'eye-cushion',
    },
    {
      name: 'Repasadores «Herbario» × 2',
      description: 'Algodón grueso que seca de verdad: uno estampado con laurel y otro rayado.',
      price: 1_180_000,
      stock: 27,
      drawing: 'herb-towels',
    },
    {
      name: 'Bolsa «Buena mano»',
      description: 'Lona cruda serigrafiada en el taller, con bolsillo interior. Aguanta la feria entera.',
      price: 1_350_000,
      stock: 19,
      drawing: 'hand-tote',
    },
  ],
};

const paper: DemoCategory = {
  name: 'Papelería',
  products: [
    {
      name: 'Cuaderno «Noctario»',
      description: 'Cosido a mano, 160 páginas lisas y tapa con luna en oro. Para sueños, listas y secretos.',
      price: 1_590_000,
      stock: 24,
      drawing: 'moon-notebooks',
    },
    {
      name: 'Tarjetas «Herbario mágico» × 6',
      description: 'Seis postales ilustradas con sus sobres, lacre y una vela mínima para sellarlos.',
      price: 890_000,
      stock: 36,
      drawing: 'herbal-cards',
    },
    {
      name: 'Tarot «Cartas del sur»',
      description: 'Los 78 arcanos dibujados con flora y bichos de acá. Trae una guía breve y un cuarzo.',
      price: 4_200_000,
      stock: 2,
      drawing: 'tarot-deck',
    },
    {
      name: 'Lámina «Fases» enmarcada',
      description: 'Impresión en papel de algodón, 30 × 40 cm, con marco de petiribí. Lista para colgar.',
      price: 4_650_000,
      stock: 6,
      drawing: 'moon-print',
    },
    {
      name: 'Tinta y pluma de vidrio',
      description: 'Una pluma soplada a mano y 50 ml de tinta azul medianoche que brilla apenas al secarse.',
      price: 3_240_000,
      stock: 8,
      drawing: 'ink-and-pen',
    },
  ],
};

const jewels: DemoCategory = {
  name: 'Joyería',
  products: [
    {
      name: 'Anillo «Órbita»',
      description: 'Bronce con baño de oro y una amatista facetada. Ajustable; también en plata con cuarzo verde.',
      price: 2_870_000,
      stock: 10,
      drawing: 'orbit-ring',
    },
    {
      name: 'Aros «Marea alta»',
      description: 'Lunas colgantes con perlas de río. Livianos: te olvidás de que los llevás.',
      price: 2_150_000,
      stock: 15,
      drawing: 'moon-earrings',
    },
    {
      name: 'Collar «Amuleto»',
      description: 'Un ojo que mira por vos, rodeado de rayos. Cadena de 50 cm con dos perlas.',
      price: 3_360_000,
      stock: 0,
      drawing: 'amulet-necklace',
    },
    {
      name: 'Broche «Polilla»',
      description: 'Esmaltado al fuego en azul y teja. Llega en su tarjeta, lista para regalar.',
      price: 1_980_000,
      stock: 4,
      drawing: 'moth-brooch',
    },
  ],
};

const checkouts: readonly DemoCheckout[] = [
  {
    customerName: 'Lucía Ferreyra',
    phone: '+54 9 11 5555-0141',
    lines: [
      ['Vela «Luna llena»', 2],
      ['Atado de salvia y lavanda', 1],
    ],
    hoursAgo: 0.4,
    outcome: 'active',
  },
  {
    customerName: 'Tomás Aguirre',
    phone: '+54 9 351 555-0142',
    lines: [['Florero «Nube»', 1]],
    hoursAgo: 6,
    outcome: 'active',
  },
  {
    customerName: 'Marina Sosa',
    phone: '+54 9 341 555-0143',
    lines: [
      ['Tarot «Cartas del sur»', 1],
      ['Cuaderno «Noctario»', 2],
      ['Tarjetas «Herbario mágico» × 6', 1],
    ],
    hoursAgo: 23.3,
    outcome: 'active',
  },
  {
    customerName: 'Julián Peralta',
    phone: '+54 9 11 5555-0144',
    lines: [
      ['Taza «Eclipse»', 4],
      ['Dúo de cuencos «Marea»', 1],
    ],
    hoursAgo: 3,
    outcome: 'confirmed',
  },
  {
    customerName: 'Abril Domínguez',
    phone: '+54 9 223 555-0145',
    lines: [['Aros «Marea alta»', 1]],
    hoursAgo: 49,
    outcome: 'confirmed',
  },
  {
    customerName: 'Ezequiel Roldán',
    phone: '+54 9 261 555-0146',
    lines: [['Manta «Siesta larga»', 1]],
    hoursAgo: 30,
    outcome: 'expired',
  },
  {
    customerName: 'Camila Ibáñez',
    phone: '+54 9 11 5555-0147',
    lines: [
      ['Almohadón «Ojo de luna»', 2],
      ['Bolsa «Buena mano»', 1],
    ],
    hoursAgo: 12,
    outcome: 'cancelled',
  },
];

/** The shop of the demo: a small house of objects with some magic in them. */
export const raraYMagica: DemoShop = {
  settings: {
    slug: 'demo',
    nicheType: 'crm_sales',
    name: 'Rara y Mágica',
    tagline: 'Objetos con luna propia, hechos a mano en Buenos Aires',
    language: 'es',
    currency: 'ARS',
    country: 'AR',
    timeZone: 'America/Argentina/Buenos_Aires',
    whatsappNumber: '+5491155550123',
  },
  users: [
    { userId: 'demo-ines', role: 'admin', name: 'Inés Quiroga', email: 'ines@example.com' },
    { userId: 'demo-bruno', role: 'seller', name: 'Bruno Sartori', email: 'bruno@example.com' },
    { userId: 'demo-malena', role: 'seller', name: 'Malena Ríos', email: 'malena@example.com' },
    { userId: 'demo-teo', role: 'seller', name: 'Teo Nakamura', email: 'teo@example.com' },
  ],
  categories: [candles, ceramics, textiles, paper, jewels],
  checkouts,
};
