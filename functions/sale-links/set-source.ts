import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { invalidField, isAppError, notFound } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { isOneOrigin, type KnownSource, secretName } from './ask-source.ts';
import { originOf, SaleSecret, type SaleSource, type SetSaleSource } from './sale-source.ts';

export interface SetSourcePorts {
  sources: {
    find: (shopId: string) => Promise<KnownSource | undefined>;
    save: (source: SaleSource, entry: AuditEntry) => Promise<void>;
    remove: (source: SaleSource, entry: AuditEntry) => Promise<void>;
  };
  secrets: {
    read: (name: string) => Promise<unknown>;
    write: (name: string, value: object) => Promise<void>;
    remove: (name: string) => Promise<void>;
  };
  /** Why an address may not be called whatever it leads to, or undefined. */
  refusalOf: (url: URL) => string | undefined;
  clock: Clock;
}

const assertCallable = (input: SetSaleSource, { refusalOf }: SetSourcePorts): void => {
  for (const field of ['url', 'saleUrl'] as const) {
    const template = input[field];
    const why = template && refusalOf(new URL(template.replace(/[{}]/g, '')));
    if (why) throw invalidField(field, 'not-allowed', why);
  }
  if (!isOneOrigin(input)) throw invalidField('saleUrl', 'other-host', 'must be of the same host as url');
  if ((input.secret ?? undefined) !== undefined && !input.header) {
    throw invalidField('header', 'required', 'must say which header carries the secret');
  }
};

/** Which secret the settings go on with: a new one, none, or the one of before. */
const secretFor = async (
  { url, header, secret }: Pick<SetSaleSource, 'url' | 'header' | 'secret'>,
  { before, shopId }: { before: SaleSource | undefined; shopId: string },
  { secrets, clock }: SetSourcePorts,
): Promise<string | undefined> => {
  const origin = originOf(url);
  if (typeof secret === 'string') {
    const secretId = newId(clock());
    await secrets.write(secretName({ shopId, secretId }), SaleSecret().parse({ shopId, origin, secret }));
    return secretId;
  }
  // nothing would carry it
  if (secret === null || header === undefined || before?.secretId === undefined) return undefined;
  // the secret of one host is never told to another
  if (originOf(before.url) !== origin) throw invalidField('secret', 'required', 'another host needs its own secret');
  return before.secretId;
};

/** Nobody asks for it any more; one that stays is of no use to anybody. */
const dropSecret = async (source: SaleSource | undefined, { secrets }: SetSourcePorts): Promise<void> => {
  if (source?.secretId !== undefined) await secrets.remove(secretName(source));
};

/**
 * Drops a secret that no settings name. After any other failure nobody knows whether they were saved: a secret too many
 * is better than settings without theirs.
 */
const dropUnused = async (source: SaleSource, ports: SetSourcePorts): Promise<void> => {
  const stored = await ports.sources.find(source.shopId);
  if (stored?.source.secretId !== source.secretId) await dropSecret(source, ports);
};

const shown = ['mapping', 'amounts', 'currency', 'soldStatuses', 'timeoutMs', 'header'];

const entryOf = (
  { before, after, by }: { before?: SaleSource | undefined; after?: SaleSource | undefined; by: Actor },
  now: Date,
): AuditEntry => {
  const shopId = (after ?? before)?.shopId ?? '';
  const action = after ? 'sale-source.set' : 'sale-source.removed';
  const changes = changesOf(before ?? {}, after ?? {}, { shown });
  return auditEntry({ shopId, subject: { kind: 'sale-source', id: shopId }, by, action, changes }, now);
};

/**
 * Sets where a shop's own system tells of sales. The secret goes into the vault under a name of its own before the
 * settings name it, and the one of before goes out after. Throws `request.invalid`, `change.conflict`.
 */
export const setSource = async (
  { shopId, input, by }: { shopId: string; input: SetSaleSource; by: Actor },
  ports: SetSourcePorts,
): Promise<SaleSource> => {
  assertCallable(input, ports);
  const { source: before } = (await ports.sources.find(shopId)) ?? {};
  const now = ports.clock();
  const { secret: _, ...settings } = input;
  const secretId = await secretFor(input, { before, shopId }, ports);
  const source: SaleSource = {
    shopId,
    ...settings,
    ...(secretId !== undefined && { secretId }),
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? now.toISOString(),
    updatedAt: now.toISOString(),
  };
  const isNewSecret = secretId !== before?.secretId;
  try {
    await ports.sources.save(source, entryOf({ before, after: source, by }, now));
  } catch (error) {
    if (isNewSecret && isAppError(error, 'change.conflict')) await dropUnused(source, ports);
    throw error;
  }
  if (isNewSecret) await dropSecret(before, ports);
  return source;
};

/** Forgets where a shop's sales are, and the secret; links stay as they are. Throws `not-found`, `change.conflict`. */
export const removeSource = async (
  { shopId, by }: { shopId: string; by: Actor },
  ports: SetSourcePorts,
): Promise<void> => {
  const { source } = (await ports.sources.find(shopId)) ?? {};
  if (source === undefined) throw notFound();
  await ports.sources.remove(source, entryOf({ before: source, by }, ports.clock()));
  await dropSecret(source, ports);
};
