// What a stream of requests has received and nobody reads, because its results are not taken: HTTP/2's window bounds
// its bytes, not in how many pieces they come, nor what is behind them. Each piece is an object, and holds all that
// the socket brought together with it.
import type { ServerHttp2Stream } from 'node:http2';
import { inOwnMemory } from './own-memory.ts';

/** Told of pieces that wait in a stream. */
export interface PieceCounter {
  /** One more waits. */
  addPiece(bytes: number): void;
}

/** The part of a stream that it is about. */
export type PieceStream = Pick<ServerHttp2Stream, 'readableFlowing' | 'readableLength' | 'push'>;

/** Counts every piece that this stream does not hand on at once, and cuts it off from what came with it. */
export function countUnreadPieces(stream: PieceStream, counter: PieceCounter): void {
  const push = stream.push;
  stream.push = (piece: Buffer | null): boolean => {
    if (piece === null || (stream.readableFlowing === true && stream.readableLength === 0)) {
      return push.call(stream, piece);
    }
    const goesOn = push.call(stream, inOwnMemory(piece));
    counter.addPiece(piece.length);
    return goesOn;
  };
}
