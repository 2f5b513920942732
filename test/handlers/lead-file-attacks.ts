import type { TestRequest } from '../support/events.ts';
import type { Lambdas } from '../support/lambdas.ts';
import type { GivenShop } from './given.ts';

/** An import and an export of a shop, and cursors into the lists of both. */
export interface LeadFiles {
  importId: string;
  exportId: string;
  importCursor: string;
  exportCursor: string;
}

type Attack = { what: string; request: TestRequest; status: 200 | 201 | 400 | 404 | 409 };

const start = { mapping: { phone: 0 } };

/** Puts the file of an import where its page would. */
export const uploadImport = async (lambdas: Lambdas, given: GivenShop, content: string): Promise<string> => {
  const bytes = Buffer.byteLength(content);
  const body = { fileName: `${given.shop.slug}.csv`, bytes };
  const { json } = await lambdas.call('createImport', { as: given.as('admin'), body });
  const { importId } = json['import'] as { importId: string };
  const key = `imports/${given.shop.shopId}/${importId}/file.csv`;
  lambdas.files.set(key, { contentType: 'text/csv', bytes, content: Buffer.from(content) });
  return importId;
};

/** Two imports with a file each, and two exports. */
export const openLeadFiles = async (lambdas: Lambdas, given: GivenShop): Promise<LeadFiles> => {
  const as = given.as('admin');
  const ids: string[] = [];
  for (const name of ['Ana', 'Luz']) ids.push(await uploadImport(lambdas, given, `Tel,Nombre\n1123456789,${name}\n`));
  const made = [];
  for (const tag of ['vip', 'feria']) made.push(await lambdas.call('createExport', { as, body: { filter: { tag } } }));
  const cursorOf = async (name: 'listImports' | 'listExports') =>
    String((await lambdas.call(name, { as, query: { limit: '1' } })).json['nextCursor']);
  return {
    importId: ids[0] ?? '',
    exportId: String(made[0]?.json['exportId']),
    importCursor: await cursorOf('listImports'),
    exportCursor: await cursorOf('listExports'),
  };
};

interface Side {
  given: GivenShop;
  files: LeadFiles;
}

/** B's imports and exports named by an admin of A, on every route of them. */
export const leadFileAttacks = (sides: () => { a: Side; b: Side }) => {
  const asked = (request: TestRequest = {}): TestRequest => ({ as: sides().a.given.as('admin'), ...request });
  const theirImport = (more: TestRequest = {}) => ({
    what: "B's import",
    request: asked({ params: { importId: sides().b.files.importId }, ...more }),
    status: 404 as const,
  });
  const theirExport = () => ({
    what: "B's export",
    request: asked({ params: { exportId: sides().b.files.exportId } }),
    status: 404 as const,
  });
  const swapped = (more: TestRequest = {}) => ({
    what: "A's export for an import",
    request: asked({ params: { importId: sides().a.files.exportId }, ...more }),
    status: 404 as const,
  });
  const cursor = (name: 'importCursor' | 'exportCursor') => ({
    what: "B's cursor",
    request: asked({ query: { cursor: sides().b.files[name] } }),
    status: 400 as const,
  });
  return {
    createImport: (): Attack[] => {
      const body = { fileName: 'mine.csv', bytes: 100 };
      const theirs = { ...body, shopId: sides().b.given.shop.shopId };
      return [
        { what: "B's shop id", request: asked({ body: theirs }), status: 400 },
        { what: 'own import', request: asked({ body }), status: 201 },
      ];
    },
    listImports: (): Attack[] => [cursor('importCursor'), { what: 'own imports', request: asked(), status: 200 }],
    getImport: (): Attack[] => [theirImport(), swapped()],
    previewImport: (): Attack[] => [theirImport(), swapped()],
    startImport: (): Attack[] => [theirImport({ body: start }), swapped({ body: start })],
    resumeImport: (): Attack[] => [theirImport(), swapped()],
    cancelImport: (): Attack[] => [theirImport(), swapped()],
    createExport: (): Attack[] => {
      const theirs = { shopId: sides().b.given.shop.shopId };
      return [
        { what: "B's shop id", request: asked({ body: theirs }), status: 400 },
        { what: 'own export', request: asked({ body: {} }), status: 201 },
      ];
    },
    listExports: (): Attack[] => [cursor('exportCursor'), { what: 'own exports', request: asked(), status: 200 }],
    getExport: (): Attack[] => [theirExport()],
    cancelExport: (): Attack[] => [theirExport()],
  };
};
