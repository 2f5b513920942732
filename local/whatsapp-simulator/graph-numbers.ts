import { tellChat } from './chats.ts';
import { assertScope } from './graph-access.ts';
import { bodyOf, type GraphCall, type GraphResult, pageOf, pickFields } from './graph-call.ts';
import { GraphRefusal } from './graph-refusal.ts';
import { readOverride } from './overrides.ts';
import { openPart, partsOf, textOf } from './sends/part.ts';
import type { Phone } from './simulator-api.ts';
import { chatOf, digitsOf, findByPhone, findByUserId } from './world.ts';
import type { AccountRow, NumberRow } from './world-rows.ts';

const MANAGE = 'whatsapp_business_management';
const MESSAGE = 'whatsapp_business_messaging';

const usualFields = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'webhook_configuration',
  'id',
];

/** A number with spaces, as Meta shows it. */
const spaced = (displayNumber: string): string =>
  `+${digitsOf(displayNumber).replace(/^(\d{2})(\d*)(\d{4})(\d{4})$/, '$1 $2 $3-$4')}`;

const webhooksOf = ({ context: { world }, caller: { appId } }: GraphCall, number: NumberRow) => ({
  ...(number.overrides[appId] && { phone_number: number.overrides[appId].url }),
  ...(world.accounts.get(number.accountId)?.overrides[appId] && {
    whatsapp_business_account: world.accounts.get(number.accountId)?.overrides[appId]?.url,
  }),
  application: world.apps.get(appId)?.callbackUrl,
});

const healthOf = ({ numberId, status, accountId, businessId }: NumberRow, hasPaymentProblem: boolean) => {
  const own = status === 'CONNECTED' ? 'AVAILABLE' : 'BLOCKED';
  const payment = {
    error_code: 141006,
    error_description: 'There is an error with the payment method. This will block business initiated conversations.',
    possible_solution: 'Verify your payment method in Billing settings.',
  };
  const account = hasPaymentProblem
    ? { can_send_message: 'LIMITED', errors: [payment] }
    : { can_send_message: 'AVAILABLE' };
  return {
    can_send_message: own === 'AVAILABLE' ? account.can_send_message : own,
    entities: [
      { entity_type: 'PHONE_NUMBER', id: numberId, can_send_message: own },
      { entity_type: 'WABA', id: accountId, ...account },
      { entity_type: 'BUSINESS', id: businessId, can_send_message: 'AVAILABLE' },
      { entity_type: 'APP', id: '0', can_send_message: 'AVAILABLE' },
    ],
  };
};

const allFields = (call: GraphCall, number: NumberRow) => ({
  id: number.numberId,
  display_phone_number: spaced(number.displayNumber),
  verified_name: number.verifiedName,
  quality_rating: number.quality,
  status: number.status,
  code_verification_status: 'VERIFIED',
  name_status: 'APPROVED',
  new_name_status: 'NONE',
  platform_type: 'CLOUD_API',
  account_mode: 'LIVE',
  is_official_business_account: false,
  is_pin_enabled: number.pin !== undefined,
  is_on_biz_app: number.coexistence,
  throughput: { level: number.messagesPerSecond > 80 ? 'HIGH' : 'STANDARD' },
  messaging_limit_tier: number.tier,
  whatsapp_business_manager_messaging_limit: number.tier,
  webhook_configuration: webhooksOf(call, number),
  health_status: healthOf(number, call.context.world.knobs.paymentProblem),
  last_onboarded_time: undefined,
});

/** `GET /{number}`. */
export const showNumberFields = (call: GraphCall, number: NumberRow): GraphResult => {
  assertScope(call.caller, MANAGE, MESSAGE);
  return pickFields(allFields(call, number), call.query, usualFields);
};

/** `GET /{account}/phone_numbers`. */
export const listNumbers = (call: GraphCall, account: AccountRow): GraphResult => {
  assertScope(call.caller, MANAGE);
  const mine = [...call.context.world.numbers.values()].filter(({ accountId }) => accountId === account.accountId);
  const rows = mine.map((number) => pickFields(allFields(call, number), call.query, usualFields));
  return pageOf(rows, call.query, `${call.context.graphUrl}/v24.0/${account.accountId}/phone_numbers`);
};

/** `POST /{number}`: the address of its own for webhooks. */
export const changeNumber = async (call: GraphCall, number: NumberRow): Promise<GraphResult> => {
  assertScope(call.caller, MANAGE);
  const part = openPart(bodyOf(call), 'body', ['webhook_configuration', 'messaging_product', 'pin']);
  const { webhook_configuration: webhook, pin } = part.members;
  if (pin !== undefined) number.pin = pinOf(pin);
  if (webhook !== undefined) {
    const override = await readOverride(webhook, call.context.random);
    if (override) number.overrides[call.caller.appId] = override;
    else delete number.overrides[call.caller.appId];
  }
  return { success: true };
};

const pinOf = (value: unknown): string => {
  if (typeof value === 'string' && /^\d{6}$/.test(value)) return value;
  throw new GraphRefusal(100, 'pin must have six digits.');
};

const HOUR = 3_600_000;
const REGISTRATIONS = 10;
const WITHIN_MS = 72 * HOUR;
const tries = new WeakMap<NumberRow, number[]>();

/** `POST /{number}/register`: ten times in 72 hours, and not for numbers that live on in the phone app. */
export const registerNumber = (call: GraphCall, number: NumberRow): GraphResult => {
  assertScope(call.caller, MANAGE);
  const part = openPart(bodyOf(call), 'body', ['messaging_product', 'pin', 'data_localization_region', 'backup']);
  if (part.members['messaging_product'] !== 'whatsapp')
    throw new GraphRefusal(100, 'messaging_product must be whatsapp.');
  const recent = (tries.get(number) ?? []).filter((at) => at > call.now - WITHIN_MS);
  if (recent.length >= REGISTRATIONS)
    throw new GraphRefusal(133016, 'The limit of registrations is reached; wait 72 hours.');
  tries.set(number, [...recent, call.now]);
  if (number.coexistence)
    throw new GraphRefusal(133000, 'A number that is used in the WhatsApp Business app is not registered.');
  const pin = pinOf(part.members['pin']);
  if (number.pin !== undefined && number.pin !== pin)
    throw new GraphRefusal(133005, 'Two-step verification PIN mismatch.');
  Object.assign(number, { pin, registered: true, status: 'CONNECTED' });
  return { success: true };
};

/** `POST /{number}/deregister`. */
export const deregisterNumber = (call: GraphCall, number: NumberRow): GraphResult => {
  assertScope(call.caller, MANAGE);
  Object.assign(number, { registered: false, status: 'DISCONNECTED' });
  return { success: true };
};

const personOf = ({ context: { world } }: GraphCall, { businessId }: NumberRow, user: string): Phone | undefined =>
  /^[A-Z]{2}\./.test(user) ? findByUserId(world, businessId, user) : findByPhone(world, user);

const setBlocked = (call: GraphCall, number: NumberRow, phone: Phone, blocked: boolean): void => {
  const others = number.blockedPhones.filter((phoneId) => phoneId !== phone.phoneId);
  number.blockedPhones = blocked ? [...others, phone.phoneId] : others;
  const chat = chatOf(call.context.world, phone.phoneId, number.numberId);
  chat.blockedByBusiness = blocked;
  tellChat(call.context, chat);
};

const DAY = 24 * HOUR;

/** Only who wrote in the last 24 hours can be blocked. Source: Meta, "Block users". */
const canBlock = ({ context, now }: GraphCall, number: NumberRow, phone: Phone): boolean =>
  now - (chatOf(context.world, phone.phoneId, number.numberId).lastInboundAt ?? 0) < DAY;

/** `POST` and `DELETE /{number}/block_users`. */
export const blockUsers = (call: GraphCall, number: NumberRow): GraphResult => {
  assertScope(call.caller, MESSAGE);
  const blocks = call.method === 'POST';
  const part = openPart(bodyOf(call), 'body', ['messaging_product', 'block_users']);
  const users = partsOf(part, 'block_users', ['user'], { least: 1, most: 1000 }).map((user) =>
    textOf(user, 'user', { most: 200 }),
  );
  const outcomes = users.map((input) => {
    const phone = personOf(call, number, input);
    const isPossible = phone !== undefined && (!blocks || canBlock(call, number, phone));
    if (isPossible) setBlocked(call, number, phone, blocks);
    return { input, waId: phone?.phone && digitsOf(phone.phone), isPossible };
  });
  const done = outcomes.filter(({ isPossible }) => isPossible).map(({ input, waId }) => ({ input, wa_id: waId }));
  const failed = outcomes
    .filter(({ isPossible }) => !isPossible)
    .map(({ input }) => ({
      input,
      errors: [
        {
          message: 'Re-engagement required',
          code: 139103,
          error_data: { details: 'The user has not messaged in the last 24 hours.' },
        },
      ],
    }));
  const lists = {
    [blocks ? 'added_users' : 'removed_users']: done,
    ...(failed.length > 0 && { failed_users: failed }),
  };
  return { messaging_product: 'whatsapp', block_users: lists };
};

/** `GET /{number}/block_users`. */
export const listBlocked = (call: GraphCall, number: NumberRow): GraphResult => {
  const phones = number.blockedPhones.flatMap((phoneId) => call.context.world.phones.get(phoneId) ?? []);
  const rows = phones.map(({ phone }) => ({ messaging_product: 'whatsapp', wa_id: phone && digitsOf(phone) }));
  return pageOf(rows, call.query, `${call.context.graphUrl}/v24.0/${number.numberId}/block_users`);
};
