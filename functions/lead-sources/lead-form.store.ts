import { missing, where } from '#platform/expression.ts';
import { saved, type Table, type Write } from '#platform/table.ts';
import { keys, ranges } from '#table/schema.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { LeadForm } from './lead-form.ts';

/** Only forms of a shop's own are found by their key alone: what Meta calls a form is told with its page. */
const lookupWrites = ({ kind, shopId, formKey, version }: LeadForm): Write[] =>
  kind === 'form' && version === 1 ? [{ put: { ...keys.shopByLeadForm(formKey), shopId }, if: [missing] }] : [];

/** Forms, and the look-up that leads from the key of one to its shop. */
export const leadFormStore = (table: Table) => {
  const find = async (shopId: string, formKey: string): Promise<LeadForm | undefined> => {
    const item = await table.get(keys.leadForm(shopId, formKey), { consistent: true });
    return item && LeadForm().parse(item);
  };
  return {
    find,

    /** The form behind a key, whatever its shop. */
    findByKey: async (formKey: string): Promise<LeadForm | undefined> => {
      const item = await table.get(keys.shopByLeadForm(formKey));
      return typeof item?.['shopId'] === 'string' ? find(item['shopId'], formKey) : undefined;
    },

    /** All of a shop: there are few. */
    all: async (shopId: string): Promise<LeadForm[]> => {
      const items = await Array.fromAsync(table.queryAll(ranges.leadForms(shopId)));
      return items.map((item) => LeadForm().parse(item));
    },

    /** Saves a new or a changed form with what it leaves in the audit trail; false when somebody was faster. */
    save: (form: LeadForm, entries: readonly AuditEntry[]): Promise<boolean> =>
      saved(
        table.transact([
          {
            put: { ...keys.leadForm(form.shopId, form.formKey), ...form },
            if: [form.version === 1 ? missing : where('version', '=', form.version - 1)],
          },
          ...lookupWrites(form),
          ...entries.map(auditWrite),
        ]),
      ),

    /** Removes a form, whose key then leads nowhere; false when somebody was faster. */
    remove: ({ shopId, formKey, kind, version }: LeadForm, entries: readonly AuditEntry[]): Promise<boolean> =>
      saved(
        table.transact([
          { delete: keys.leadForm(shopId, formKey), if: [where('version', '=', version)] },
          ...(kind === 'form' ? [{ delete: keys.shopByLeadForm(formKey) }] : []),
          ...entries.map(auditWrite),
        ]),
      ),
  };
};
