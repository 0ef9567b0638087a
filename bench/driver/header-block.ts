// The header block of a gRPC call (RFC 7541), built by hand: the first call of a connection names the
// headers and has the server keep them, later ones refer to them. What the server sends is never decoded.

const INCREMENTAL = 0x40;
const INDEXED = 0x80;
/** Places in the static table. */
const AUTHORITY = 1;
const METHOD_POST = 3;
const PATH = 4;
const SCHEME_HTTP = 6;
const CONTENT_TYPE = 31;
/** The newest entry of the dynamic table stands here. */
const NEWEST = 62;

/** A string without Huffman coding; ours are shorter than 127 bytes. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
}

function kept(nameIndex: number, value: string): Buffer {
  return Buffer.concat([Buffer.from([INCREMENTAL | nameIndex]), text(value)]);
}

function keptNew(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([INCREMENTAL]), text(name), text(value)]);
}

export interface CallHeaders {
  /** For the first call of a connection. */
  readonly first: Buffer;
  /** For every later one. */
  readonly later: Buffer;
}

/** @param path E.g. `/postern.v1.AuthorizationService/Check`. */
export function callHeaders(path: string, authority: string): CallHeaders {
  const fixed = Buffer.from([INDEXED | METHOD_POST, INDEXED | SCHEME_HTTP]);
  const named = [
    kept(PATH, path),
    kept(AUTHORITY, authority),
    keptNew('te', 'trailers'),
    kept(CONTENT_TYPE, 'application/grpc'),
    keptNew('user-agent', 'postern-bench'),
  ];
  // Pseudo-headers come first; the oldest entry has the highest number.
  const references = named.map((_, place) => INDEXED | (NEWEST + named.length - 1 - place));
  return { first: Buffer.concat([fixed, ...named]), later: Buffer.concat([fixed, Buffer.from(references)]) };
}
