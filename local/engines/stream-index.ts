import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Gives the local server's change records the index that they lack: for each write to a table with a stream it looks for
 * the highest number by reading all records there are, so that after 20,000 changes a write takes ten times as long, and
 * an import never ends. Does nothing where there is no such table, for then the server is another one than we know.
 */
export const indexStreamRecords = (dir: string): void => {
  const file = join(dir, 'dynamodb.db');
  if (!existsSync(file)) return;
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    const known = database.prepare("SELECT 1 FROM sqlite_master WHERE name = '_stream_records'").get();
    if (known === undefined) return;
    database.exec(
      `CREATE INDEX IF NOT EXISTS vidriera_stream_records
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER))`,
    );
  } finally {
    database.close();
  }
};
