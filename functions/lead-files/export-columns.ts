import type { Language } from '#core/fields.ts';
import type { Consent } from '../contacts/contact.ts';
import { type Lead, leadName } from '../leads/lead.ts';
import { type Pipeline, shownStage } from '../pipelines/pipeline.ts';
import type { User } from '../shops/user.ts';

/** What a column of an export is called, which the import knows it by again. */
const titles: Record<Language, readonly string[]> = {
  es: [
    ...['Teléfono', 'Nombre', 'Apellido', 'Email', 'Etapa', 'Estado del lead', 'Embudo', 'Vendedor', 'Origen'],
    ...['Etiquetas', 'Próxima acción', 'Publicidad', 'Creado', 'Cambiado', 'Id', 'Se llama a sí mismo'],
  ],
  pt: [
    ...['Telefone', 'Nome', 'Sobrenome', 'E-mail', 'Etapa', 'Status do lead', 'Funil', 'Vendedor', 'Origem'],
    ...['Etiquetas', 'Próxima ação', 'Publicidade', 'Criado', 'Alterado', 'Id', 'Chama-se'],
  ],
  en: [
    ...['Phone', 'First name', 'Last name', 'Email', 'Stage', 'Lead status', 'Pipeline', 'Seller', 'Source'],
    ...['Tags', 'Next action', 'Marketing', 'Created', 'Changed', 'Id', 'Calls themself'],
  ],
};

const consents: Record<Language, Record<Consent['state'], string>> = {
  es: { granted: 'aceptada', revoked: 'rechazada', unknown: '' },
  pt: { granted: 'aceita', revoked: 'recusada', unknown: '' },
  en: { granted: 'granted', revoked: 'refused', unknown: '' },
};

/** The first row of an export. */
export const exportHeader = (language: Language): readonly string[] => titles[language];

/** What the ids of leads stand for. */
export interface ExportNames {
  pipelines: readonly Pipeline[];
  users: ReadonlyMap<string, User>;
  language: Language;
}

/** A lead as a row of an export, in the order of {@link exportHeader}. */
export const exportRow = (
  lead: Lead,
  marketing: Consent['state'],
  { pipelines, users, language }: ExportNames,
): string[] => {
  const { pipeline, stage } = shownStage(pipelines, lead);
  const seller = lead.assignedTo === undefined ? '' : (users.get(lead.assignedTo)?.email ?? lead.assignedTo);
  const knownAs = lead.firstName === undefined && lead.lastName === undefined ? (leadName(lead) ?? '') : '';
  return [
    ...[lead.phone ?? '', lead.firstName ?? '', lead.lastName ?? '', lead.email ?? '', stage.name, lead.status],
    ...[pipeline.name, seller, lead.source, lead.tags.join(', '), lead.nextActionAt ?? ''],
    ...[consents[language][marketing], lead.createdAt, lead.updatedAt, lead.leadId, knownAs],
  ];
};
