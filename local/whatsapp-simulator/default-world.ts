import { emptyWorld, putPhone } from './world.ts';
import type { AccountRow, NumberRow, TemplateRow, World } from './world-rows.ts';

const DEFAULT_SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging', 'business_management'];

/** What is there from the start: names and secrets that stand for nothing outside this machine. */
export const defaultWorld = {
  appId: '1000000000000001',
  appSecret: '00112233445566778899aabbccddeeff',
  verifyToken: 'vidriera-local',
  businessId: '2000000000000001',
  accountId: '3000000000000001',
  pageId: '7000000000000001',
  formId: '7100000000000001',
  /** Of a system user; never expires. */
  token: 'EAAVidrieraLocalSystemUserToken0001',
  pageToken: 'EAAVidrieraLocalPageToken0001',
  /** Six digits of two-step verification. */
  pin: '123456',
  numbers: [
    { numberId: '4000000000000001', displayNumber: '+5491155550123', verifiedName: 'Rara y Mágica', colour: '#0b7a75' },
    { numberId: '4000000000000002', displayNumber: '+5551995550123', verifiedName: 'Luz de Barrio', colour: '#b4552d' },
  ],
  phones: [
    { phoneId: 'ana', name: 'Ana Quiroga', phone: '+5491155550171', username: undefined, colour: '#c2577a' },
    { phoneId: 'bruno', name: 'Bruno Peña', phone: '+5493515550172', username: undefined, colour: '#3d6fb4' },
    { phoneId: 'cami', name: 'Cami', phone: undefined, username: 'cami.luz', colour: '#7a5bb5' },
  ],
  templates: {
    checkoutLink: 'tu_reserva',
    reminder: 'recordatorio_reserva',
    marketing: 'novedades',
  },
  language: 'es',
} as const;

type Components = Record<string, unknown>[];

const checkoutLink = (site: string): Components => [
  {
    type: 'BODY',
    text: 'Hola {{1}}, reservamos tu pedido en {{2}} por 24 horas. Podés verlo, confirmarlo o cancelarlo acá.',
    example: { body_text: [['Ana', 'Rara y Mágica']] },
  },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Confirmar' },
      { type: 'QUICK_REPLY', text: 'Cancelar' },
      { type: 'URL', text: 'Ver mi reserva', url: `${site}/c/{{1}}`, example: [`${site}/c/AB12`] },
    ],
  },
];

const reminder = (site: string): Components => [
  {
    type: 'BODY',
    text: '{{1}}, tu reserva vence a las {{2}}. Si la querés, confirmala antes de esa hora.',
    example: { body_text: [['Ana', '18:30']] },
  },
  {
    type: 'BUTTONS',
    buttons: [{ type: 'URL', text: 'Ver mi reserva', url: `${site}/c/{{1}}`, example: [`${site}/c/AB12`] }],
  },
];

const marketing: Components = [
  { type: 'HEADER', format: 'TEXT', text: 'Novedades de la semana' },
  {
    type: 'BODY',
    text: 'Hola {{nombre}}, llegaron cosas nuevas a {{tienda}}. ¡Date una vuelta!',
    example: {
      body_text_named_params: [
        { param_name: 'nombre', example: 'Ana' },
        { param_name: 'tienda', example: 'Rara y Mágica' },
      ],
    },
  },
  { type: 'FOOTER', text: 'Si no querés más avisos, tocá BAJA' },
  { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'BAJA' }] },
];

const templateRows = (now: number, site: string): TemplateRow[] => {
  const { checkoutLink: first, reminder: second, marketing: third } = defaultWorld.templates;
  const made = [
    { name: first, category: 'UTILITY', parameterFormat: 'POSITIONAL', components: checkoutLink(site) },
    { name: second, category: 'UTILITY', parameterFormat: 'POSITIONAL', components: reminder(site) },
    { name: third, category: 'MARKETING', parameterFormat: 'NAMED', components: marketing },
  ] as const;
  return made.map((template, place) => ({
    ...template,
    templateId: `900719925474099${place + 3}`,
    accountId: defaultWorld.accountId,
    language: defaultWorld.language,
    status: 'APPROVED',
    quality: 'GREEN',
    createdAt: now,
    editedAt: [],
  }));
};

/** A new account with what Meta gives one. */
export const newAccount = (
  row: Pick<AccountRow, 'accountId' | 'businessId' | 'name' | 'subscribedApps'>,
): AccountRow => ({
  ...row,
  currency: 'USD',
  timezoneId: '1',
  overrides: {},
});

/** A number that is connected. */
export const newNumber = (
  row: Pick<NumberRow, 'numberId' | 'accountId' | 'businessId' | 'displayNumber' | 'verifiedName' | 'colour'> & {
    coexistence?: boolean;
  },
): NumberRow => ({
  quality: 'GREEN',
  status: 'CONNECTED',
  registered: true,
  overrides: {},
  blockedPhones: [],
  tier: 'TIER_2K',
  ...row,
  coexistence: row.coexistence ?? false,
  messagesPerSecond: row.coexistence ? 20 : 80,
});

const addBusiness = (world: World, now: number): void => {
  const { appId, appSecret, verifyToken, accountId, businessId, pageId, token, pageToken } = defaultWorld;
  world.apps.set(appId, { appId, name: 'Vidriera', appSecret, verifyToken });
  world.accounts.set(accountId, newAccount({ accountId, businessId, name: 'Rara y Mágica', subscribedApps: [appId] }));
  for (const number of defaultWorld.numbers) {
    world.numbers.set(number.numberId, newNumber({ ...number, accountId, businessId }));
  }
  world.pages.set(pageId, { pageId, name: 'Rara y Mágica', subscribedApps: [appId] });
  const known = { appId, accountIds: [accountId], pageIds: [pageId], issuedAt: now };
  world.tokens.set(token, { ...known, token, type: 'SYSTEM_USER', scopes: [...DEFAULT_SCOPES] });
  const leads = ['leads_retrieval', 'pages_manage_metadata', 'pages_show_list', 'pages_read_engagement'];
  world.tokens.set(pageToken, { ...known, token: pageToken, type: 'PAGE', accountIds: [], scopes: leads });
};

/** The world of a first start: one app, one business with two numbers, templates, three customers. */
export const makeDefaultWorld = (now: number, site = 'https://tienda.example'): World => {
  const world = emptyWorld();
  addBusiness(world, now);
  for (const template of templateRows(now, site)) world.templates.set(template.templateId, template);
  for (const [place, phone] of defaultWorld.phones.entries()) {
    const userIds = { [defaultWorld.businessId]: `AR.100020003000400${place + 1}` };
    putPhone(world, { ...phone, userIds, online: true, readReceipts: true });
  }
  return world;
};
