// The ledger's one row of state about the log, and whether the log agrees with it. A log that lost its
// end, or whose end was edited, must stop the ledger: appending to it would bury the damage.
import { hash } from 'node:crypto';
import { PosternError } from '../core/error.ts';
import { HASH_BYTES, leafHashText, MerkleFrontier } from '../core/merkle.ts';
import type { SqlDatabase, SqlValue } from './sql-port.ts';
import { openSqlite } from './sqlite.ts';

/** At most so many last records are hashed again at start: some 10 ms. */
const TAIL_RECORDS_MAX = 4_096;

/** What a start finds. */
export interface LedgerHead {
  readonly logId: string;
  readonly frontier: MerkleFrontier;
  /** The ledger's time as last committed, in microseconds. */
  readonly clockUs: number;
  readonly policyRevision: string;
  readonly pepperCheck: Uint8Array;
}

export const sha256 = (message: Uint8Array | string): Uint8Array =>
  digestBytes(hash('sha256', message, 'binary'));

/** Leaf hash of a leaf's text. */
export const hashLeaf = (leaf: string): Uint8Array => sha256(leafHashText(leaf));

/**
 * A digest that came as a text of one character a byte. As bytes it would come in a buffer of its own
 * outside of the heap, which costs twice as much as hashing a node does.
 */
function digestBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES);
  for (let at = 0; at < HASH_BYTES; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

const damaged = (what: string) =>
  new PosternError('storage_damaged', `The audit log does not agree with itself: ${what}.`, {
    facts: { problem: 'log_damaged' },
  });

/**
 * Reads the head and compares the end of the log with it.
 * @throws PosternError storage_damaged.
 */
export function loadHead(database: SqlDatabase): LedgerHead {
  const row = database
    .prepare('SELECT log_id, size, frontier, clock_us, policy_revision, pepper_check FROM head WHERE id = 1')
    .row();
  if (row === null) throw damaged('its head is missing');
  const [logId, size, bytes, clockUs, policyRevision, pepperCheck] = row;
  const frontier = bytes instanceof Uint8Array ? MerkleFrontier.decode(bytes, sha256) : null;
  if (frontier === null || frontier.size !== size) throw damaged('its head is malformed');
  verifyEnd(database, frontier);
  return {
    logId: String(logId),
    frontier,
    clockUs: Number(clockUs),
    policyRevision: String(policyRevision),
    pepperCheck: bytesOf(pepperCheck),
  };
}

/**
 * What tells the pepper of a ledger from others, in any version of the database; null when it cannot be read,
 * which whoever opens the database finds out.
 */
export function storedPepperCheck(path: string): Uint8Array | null {
  try {
    const database = openSqlite(path, { mode: 'read' });
    try {
      const row = database.prepare('SELECT pepper_check FROM head WHERE id = 1').row();
      return row === null ? null : bytesOf(row[0]);
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}

function bytesOf(value: SqlValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}

/** Compares the number of the last record, and the complete subtrees at the end, with the rows. */
function verifyEnd(database: SqlDatabase, frontier: MerkleFrontier): void {
  const ends = database.prepare('SELECT min(idx), max(idx) FROM log').row();
  const first = ends?.[0];
  const last = ends?.[1];
  if (frontier.size === 0 || first !== 0) throw damaged('its first record is missing');
  if (last !== frontier.size - 1) {
    throw damaged(`it ends at record ${String(last)} where ${frontier.size} records were committed`);
  }
  const tailRecords = frontier.size % TAIL_RECORDS_MAX;
  const start = frontier.size - tailRecords;
  const tail = MerkleFrontier.empty(sha256);
  const rows = database.prepare('SELECT leaf FROM log WHERE idx >= ? ORDER BY idx').rows(start);
  for (const row of rows) tail.append(hashLeaf(String(row[0])));
  if (tail.size !== tailRecords || !endsWith(frontier.encode(), rootsOf(tail))) {
    throw damaged(`records from ${start} on were changed`);
  }
}

/** The tail starts where the larger subtrees end, so its subtrees are the frontier's last ones. */
function rootsOf(tail: MerkleFrontier): Uint8Array {
  const sizeBytes = MerkleFrontier.empty(sha256).encode().length;
  return tail.encode().subarray(sizeBytes);
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(bytes.length - end.length)).equals(end);
}
