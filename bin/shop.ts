import { randomUUID } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  type AttributeType,
  CognitoIdentityProviderClient,
  paginateListUserPools,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import * as z from 'zod/mini';
import { CreateShop, createShop } from '../functions/shops/create-shop.ts';
import { type ShopStore, shopStore } from '../functions/shops/shop.store.ts';
import { User } from '../functions/shops/user.ts';
import {
  CommandError,
  checkFlags,
  columns,
  commonOptions,
  commonUsage,
  type Io,
  openTarget,
  readArguments,
  runCommand,
  type Target,
  terminal,
} from './operator.ts';

const usage = `npm run shop -- create --slug <slug> --name <name> --admin-email <address> --admin-name <name> [options]
npm run shop -- list [options]

  --slug <slug>            its address: /s/<slug>
  --name <name>            as shoppers see it
  --tagline <text>         one line below the name
  --language <code>        es, pt or en (default es)
  --currency <code>        as in ISO 4217 (default ARS)
  --country <code>         as in ISO 3166 (default AR)
  --time-zone <name>       as in America/Montevideo (default America/Argentina/Buenos_Aires)
  --whatsapp <number>      the number shoppers write to, as in +5491123456789
  --admin-email <address>  who may sign in first; in AWS they are invited by e-mail
  --admin-name <name>      how they are called
${commonUsage}`;

const text = { type: 'string' } as const;
const options = {
  ...commonOptions,
  slug: text,
  name: text,
  tagline: text,
  language: text,
  currency: text,
  country: text,
  'time-zone': text,
  whatsapp: text,
  'admin-email': text,
  'admin-name': text,
};

type Values = Partial<Record<keyof typeof options, string | boolean>>;

const shopOf = (values: Values) => {
  const { slug, name, tagline, language, currency, country } = values;
  const given = { slug, name, tagline, language, currency, country };
  const all = { ...given, timeZone: values['time-zone'], whatsappNumber: values.whatsapp };
  return checkFlags(CreateShop(), all, { timeZone: '--time-zone', whatsappNumber: '--whatsapp' });
};

const adminOf = (values: Values) => {
  const { name, email } = User().shape;
  const given = { name: values['admin-name'], email: values['admin-email'] };
  return checkFlags(z.object({ email, name }), given, { name: '--admin-name', email: '--admin-email' });
};

const poolOf = async (client: CognitoIdentityProviderClient, stage: string): Promise<string> => {
  for await (const { UserPools = [] } of paginateListUserPools({ client }, { MaxResults: 60 })) {
    const id = UserPools.find(({ Name }) => Name === `vidriera-${stage}`)?.Id;
    if (id) return id;
  }
  throw new CommandError(`there is no user pool vidriera-${stage} in this account and region: deploy the stage first`);
};

const subOf = (attributes: readonly AttributeType[] = []): string => {
  const sub = attributes.find(({ Name }) => Name === 'sub')?.Value;
  if (!sub) throw new Error('Cognito gave the user no subject');
  return sub;
};

/** Invites somebody by e-mail and gives their subject; of a user who is there already, the subject they have. */
const invite = async (stage: string, { email, name }: { email: string; name: string }): Promise<string> => {
  const client = new CognitoIdentityProviderClient();
  const who = { UserPoolId: await poolOf(client, stage), Username: email };
  const attributes = { email, email_verified: 'true', name };
  try {
    const { User: made } = await client.send(
      new AdminCreateUserCommand({
        ...who,
        DesiredDeliveryMediums: ['EMAIL'],
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      }),
    );
    return subOf(made?.Attributes);
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
    return subOf((await client.send(new AdminGetUserCommand(who))).UserAttributes);
  }
};

const assertFree = async (shops: ShopStore, slug: string): Promise<void> => {
  if (await shops.findBySlug(slug)) throw new CommandError(`--slug: another shop has the slug ${slug}`);
};

/** What was looked at first may have changed since; the transaction of {@link createShop} decides. */
const create = async (values: Values, { table, stage, siteUrl = '<SiteUrl>' }: Target, io: Io): Promise<number> => {
  const shops = shopStore(table);
  const [input, admin] = [shopOf(values), adminOf(values)];
  await assertFree(shops, input.slug);
  const userId = stage === undefined ? randomUUID() : await invite(stage, admin);
  if (await shops.findUser(userId)) throw new CommandError('--admin-email: this user belongs to another shop already');
  const shop = await createShop(input, { ...admin, userId }, { shops, clock: () => new Date() });
  io.print(
    columns([
      ['Shop', `${shop.name} (${shop.shopId})`],
      ['Address', `${siteUrl}/s/${shop.slug}`],
      ['Admin', `${admin.name} <${admin.email}>${stage === undefined ? '' : ', invited by e-mail'}`],
    ]),
  );
  return 0;
};

const list = async ({ table }: Target, io: Io): Promise<number> => {
  const shops = await Array.fromAsync(shopStore(table).all());
  const rows = shops.map(({ slug, name, language, currency, country, createdAt }) => [
    slug,
    name,
    language,
    currency,
    country,
    createdAt.slice(0, 10),
  ]);
  io.print(columns([['SLUG', 'NAME', 'LANGUAGE', 'CURRENCY', 'COUNTRY', 'SINCE'], ...rows]));
  return 0;
};

/** `npm run shop`: opens a shop with its first admin, or lists the shops. Gives the exit code. */
export const shopCommand = (args: string[], io: Io): Promise<number> =>
  runCommand(io, async () => {
    const { values, positionals } = readArguments(args, options);
    const [verb, ...more] = positionals;
    if (values.help) {
      io.print(usage);
      return 0;
    }
    if ((verb !== 'create' && verb !== 'list') || more.length > 0) throw new CommandError(usage);
    if (verb === 'create') {
      // every flag is checked before anything is reached
      shopOf(values);
      adminOf(values);
      return create(values, openTarget(values), io);
    }
    return list(openTarget(values), io);
  });

if (import.meta.main) process.exitCode = await shopCommand(process.argv.slice(2), terminal);
