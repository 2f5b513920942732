import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { startDynoxide } from '../../local/engines/dynoxide.ts';

it('finds the number of the next change in an index, however many there were', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'vidriera-stream-'));
  const server = await startDynoxide({ dir, onDeath: (error) => console.error(error) });
  const database = new DatabaseSync(join(dir, 'dynamodb.db'), { readOnly: true });
  const query = `EXPLAIN QUERY PLAN
    SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = 'any'`;
  expect(JSON.stringify(database.prepare(query).all())).toContain('USING COVERING INDEX');
  database.close();
  await server.stop();
  rmSync(dir, { recursive: true });
});
