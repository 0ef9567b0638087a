// Looks at a database file before SQLite does. A file that was cut short or never finished must be
// refused by name: SQLite would take an empty one for a new database and silently begin again.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { PosternError } from '../core/error.ts';

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';

function damaged(path: string, what: string): PosternError {
  return new PosternError(
    'storage_damaged',
    `${basename(path)} is damaged: ${what}. Restore the data directory from a backup; nothing was changed.`,
    { facts: { problem: 'database_damaged' } },
  );
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return header;
}

/** The page size field holds 1 for 65536. */
function pageBytes(header: Buffer): number {
  const field = header.readUInt16BE(16);
  return field === 1 ? 65_536 : field;
}

/**
 * Whether the database exists. Call it before the process opens it: closing a file drops the locks that
 * the process holds on it.
 * @throws PosternError storage_damaged when the file cannot be a whole database (file format: sqlite.org/fileformat2.html).
 */
export function databaseExists(path: string): boolean {
  const bytes = sizeOf(path);
  const walBytes = sizeOf(`${path}-wal`) ?? 0;
  if (bytes === null) {
    if (walBytes > 0) throw damaged(path, 'the file is missing but its -wal file is there');
    return false;
  }
  if (bytes < HEADER_BYTES) throw damaged(path, `it has ${bytes} bytes, less than the header of a database`);
  const header = readHeader(path);
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw damaged(path, 'it is not an SQLite database');
  // With a WAL, pages may still stand there; SQLite copies them when it opens the file.
  if (walBytes === 0) {
    const pages = header.readUInt32BE(28);
    const expected = pages * pageBytes(header);
    if (bytes < expected) throw damaged(path, `it has ${bytes} bytes where its header counts ${expected}`);
  }
  return true;
}
