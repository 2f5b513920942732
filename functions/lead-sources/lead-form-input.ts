import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';
import { formSettings } from './lead-form.ts';

const optionalSettings = () => {
  const { name: _, ...rest } = formSettings();
  return z.partial(z.object(rest)).shape;
};

/** A form of the shop's own site, to be made. */
export const CreateLeadForm = lazy(() => z.strictObject({ name: formSettings().name, ...optionalSettings() }));
export type CreateLeadForm = z.infer<Lazy<typeof CreateLeadForm>>;

/** A change of a form: only what it names. */
export const UpdateLeadForm = lazy(() => z.strictObject(z.partial(z.object(formSettings())).shape));
export type UpdateLeadForm = z.infer<Lazy<typeof UpdateLeadForm>>;

/** How a form of an advertisement is read from now on. */
export const MapLeadAdForm = lazy(() => z.strictObject({ name: formSettings().name, ...optionalSettings() }));
export type MapLeadAdForm = z.infer<Lazy<typeof MapLeadAdForm>>;
