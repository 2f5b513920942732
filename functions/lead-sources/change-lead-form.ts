import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '#core/actor.ts';
import { addMinutes } from '#core/clock.ts';
import { AppError, notFound } from '#core/errors.ts';
import { codeFor, newCode } from '#core/ids.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { formSecret } from './form-signature.ts';
import { type LeadForm, PREVIOUS_SECRET_HOURS, unmappedForm } from './lead-form.ts';
import type { CreateLeadForm, MapLeadAdForm, UpdateLeadForm } from './lead-form-input.ts';
import type { LeadPage } from './lead-page.ts';

export interface LeadFormPorts {
  forms: {
    find: (shopId: string, formKey: string) => Promise<LeadForm | undefined>;
    save: (form: LeadForm, entries: readonly AuditEntry[]) => Promise<boolean>;
    remove: (form: LeadForm, entries: readonly AuditEntry[]) => Promise<boolean>;
  };
  pages: { find: (shopId: string, pageId: string) => Promise<LeadPage | undefined> };
  secret: () => Promise<string>;
  patience: Patience;
}

interface Which {
  shopId: string;
  formKey: string;
  by: Actor;
}

/** A form with its secret, which is shown when it is made and when it is changed, and never again. */
export interface FormWithSecret {
  form: LeadForm;
  secret: string;
}

/** Nothing of a form is personal; its consent's words are long. */
const shown = ['name', 'mapping', 'source', 'tags', 'country', 'secretVersion'];

type Step = 'created' | 'changed' | 'secret-rotated' | 'deleted';

const entryOf = (before: LeadForm | undefined, after: LeadForm | undefined, step: Step, by: Actor, now: Date) => {
  const { shopId, formKey } = (after ?? before) as LeadForm;
  const changes = changesOf(before ?? {}, after ?? {}, { shown });
  return auditEntry({ shopId, subject: { kind: 'form', id: formKey }, by, action: `form.${step}`, changes }, now);
};

const withSecret = async (form: LeadForm, { secret }: Pick<LeadFormPorts, 'secret'>): Promise<FormWithSecret> => ({
  form,
  secret: formSecret(await secret(), form.formKey, form.secretVersion),
});

const conflict = () => new AppError('change.conflict', 'this form keeps changing; try again');

const draftOf = (
  which: Pick<LeadForm, 'shopId' | 'formKey' | 'kind' | 'pageId'>,
  input: CreateLeadForm | MapLeadAdForm,
  now: Date,
): LeadForm => {
  const { source: usual, ...blank } = unmappedForm;
  const times = { createdAt: now.toISOString(), updatedAt: now.toISOString() };
  const source = which.kind === 'form' ? 'form' : usual;
  return { ...which, ...blank, source, ...input, secretVersion: 1, version: 1, ...times };
};

const isSameDraft = (stored: LeadForm, draft: LeadForm): boolean => {
  const { name, mapping, source, tags, consent, country } = draft;
  return Object.entries({ name, mapping, source, tags, consent, country }).every(([field, value]) =>
    isDeepStrictEqual(stored[field as keyof LeadForm], value),
  );
};

/** A request is repeated within moments; whoever comes later asks for a secret that was shown to somebody else. */
const REPEATABLE_MINUTES = 24 * 60;

/** The form as it was made, a short while ago, and nobody has changed it since. */
const isRepeat = (stored: LeadForm, draft: LeadForm, now: Date): boolean =>
  stored.secretVersion === 1 &&
  addMinutes(new Date(stored.createdAt), REPEATABLE_MINUTES) > now &&
  isSameDraft(stored, draft);

/**
 * Makes a form, and gives its secret. The same idempotency key again gives the same form, for a day and until its secret
 * is changed. Throws `idempotency.key-reused` after that, when the key came with other settings, or when the form was
 * changed since.
 */
export const createLeadForm = async (
  {
    shopId,
    by,
    input,
    idempotencyKey,
  }: Omit<Which, 'formKey'> & { input: CreateLeadForm; idempotencyKey: string | undefined },
  ports: LeadFormPorts,
): Promise<FormWithSecret> => {
  const now = ports.patience.clock();
  const appSecret = await ports.secret();
  const formKey = idempotencyKey === undefined ? newCode() : codeFor(appSecret, shopId, `lead-form ${idempotencyKey}`);
  const form = draftOf({ shopId, formKey, kind: 'form' }, input, now);
  if (await ports.forms.save(form, [entryOf(undefined, form, 'created', by, now)])) return withSecret(form, ports);
  const stored = await ports.forms.find(shopId, formKey);
  if (stored && isRepeat(stored, form, now)) return withSecret(stored, ports);
  throw new AppError('idempotency.key-reused', 'the key was used for another form, or its secret was shown already');
};

/** The form. Throws `not-found`. */
export const findLeadForm = async (
  { shopId, formKey }: Omit<Which, 'by'>,
  { forms }: Pick<LeadFormPorts, 'forms'>,
): Promise<LeadForm> => {
  const form = await forms.find(shopId, formKey);
  if (form === undefined) throw notFound();
  return form;
};

const changeForm = async (
  { by, ...which }: Which,
  step: Step,
  change: (form: LeadForm, now: Date) => Partial<LeadForm>,
  ports: LeadFormPorts,
): Promise<LeadForm> => {
  const done = await withPatience(ports.patience, async () => {
    const form = await findLeadForm(which, ports);
    const now = ports.patience.clock();
    const changed = { ...form, ...change(form, now) };
    if (isDeepStrictEqual(changed, form)) return form;
    const next: LeadForm = { ...changed, version: form.version + 1, updatedAt: now.toISOString() };
    return (await ports.forms.save(next, [entryOf(form, next, step, by, now)])) ? next : undefined;
  });
  if (done === undefined) throw conflict();
  return done;
};

/** Changes how a form is read. What was sent before is read so too, when it is tried again. Throws `not-found`, `change.conflict`. */
export const updateLeadForm = (
  { change, ...which }: Which & { change: UpdateLeadForm },
  ports: LeadFormPorts,
): Promise<LeadForm> => changeForm(which, 'changed', () => change, ports);

/**
 * Gives a form another secret; the one before is good for a day more. Throws `not-found`, also for a form of an
 * advertisement, which Meta signs for, and `change.conflict`.
 */
export const rotateLeadFormSecret = async (which: Which, ports: LeadFormPorts): Promise<FormWithSecret> => {
  const rotate = ({ kind, secretVersion }: LeadForm, now: Date) => {
    if (kind !== 'form') throw notFound();
    const previousUntil = addMinutes(now, PREVIOUS_SECRET_HOURS * 60).toISOString();
    return { secretVersion: secretVersion + 1, previousUntil };
  };
  return withSecret(await changeForm(which, 'secret-rotated', rotate, ports), ports);
};

/** Deletes a form: nothing is taken in under its key any more. Throws `not-found`, `change.conflict`. */
export const deleteLeadForm = async ({ by, ...which }: Which, ports: LeadFormPorts): Promise<void> => {
  const form = await findLeadForm(which, ports);
  const entry = entryOf(form, undefined, 'deleted', by, ports.patience.clock());
  if (!(await ports.forms.remove(form, [entry]))) throw conflict();
};

/**
 * Says how a form of an advertisement is read. Throws `not-found` when the shop has no such page, or the form is another
 * page's, and `change.conflict`.
 */
export const mapLeadAdForm = async (
  { pageId, input, ...which }: Which & { pageId: string; input: MapLeadAdForm },
  ports: LeadFormPorts,
): Promise<LeadForm> => {
  const { shopId, formKey, by } = which;
  const [page, form] = await Promise.all([ports.pages.find(shopId, pageId), ports.forms.find(shopId, formKey)]);
  if (page === undefined || (form && form.pageId !== pageId)) throw notFound();
  const now = ports.patience.clock();
  const draft = draftOf({ shopId, formKey, kind: 'lead-ad', pageId }, input, now);
  const { name, mapping, source, tags, consent, country } = draft;
  if (form) return changeForm(which, 'changed', () => ({ name, mapping, source, tags, consent, country }), ports);
  if (await ports.forms.save(draft, [entryOf(undefined, draft, 'created', by, now)])) return draft;
  throw conflict();
};
