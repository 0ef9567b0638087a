// Writes `.tar.gz` files of any shape, crafted ones too, for tests of the bundle reader.
import { gzipSync } from 'node:zlib';

export interface TarEntry {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** ustar's type flag; `0` is a plain file, `2` a symbolic link, `5` a directory. */
  readonly type?: string;
  /** Says another size than the bytes have. */
  readonly sizeBytes?: number;
}

/** The entries as a gzipped ustar archive. */
export function tarGz(entries: readonly TarEntry[]): Uint8Array {
  return gzipSync(Buffer.concat([...entries.map(blocksOf), Buffer.alloc(1_024)]));
}

function blocksOf({
  name,
  bytes = new Uint8Array(),
  type = '0',
  sizeBytes = bytes.length,
}: TarEntry): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000600\0', 100);
  header.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (bytes.length % 512)) % 512);
  return Buffer.concat([header, bytes, padding]);
}
