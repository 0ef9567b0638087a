// A chunk as it stands in the index database, with the checksum that tells when it is not what was written:
// SQLite passes on changed bytes of a row as if nothing had happened.
import { crc32 } from 'node:zlib';
import type { SqlRow } from '../sql-port.ts';
import { indexDamaged } from './index-damage.ts';
import { chunkWords, orderedBytes } from './term-run.ts';

/** The columns of `chunks` that `readChunk` takes, in its order. */
export const CHUNK_READS = 'run, first, entries, crc';

/** Values for the same columns: sorted entries of a run. */
export function storeChunk(
  run: number,
  words: Uint32Array,
): readonly [number, Uint8Array, Uint8Array, number] {
  const first = orderedBytes(words[1] ?? 0, words[0] ?? 0);
  const entries = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  return [run, first, entries, checksum(run, first, entries)];
}

/** @throws PosternError storage_damaged when it is not what was stored. */
export function readChunk(row: SqlRow): Uint32Array {
  const [run, first, entries, crc] = row;
  if (!(first instanceof Uint8Array && entries instanceof Uint8Array)) throw damaged();
  if (checksum(Number(run), first, entries) !== crc) throw damaged();
  return chunkWords(entries);
}

function checksum(run: number, first: Uint8Array, entries: Uint8Array): number {
  return crc32(entries, crc32(first, run));
}

function damaged() {
  return indexDamaged('a chunk is not what was written');
}
