// How often the caller of a connection may cancel calls: what HTTP/2's own guard against rapid resets allows, but
// counted here. When that guard closes a session, Node 24 can abort the whole process at the next collection (a
// stream whose headers were half read has no object yet), so it must never come to act.
import type { Server } from '@grpc/grpc-js';
import { assert } from '../core/assert.ts';

/** nghttp2's own numbers. */
const BURST = 1_000;
const PER_SECOND = 33;

/** More than a connection can bring between two looks at its allowance. */
const NEVER = 1_000_000_000;

export class CancelAllowance {
  #used = 0;
  #sinceMs = 0;

  /** Counts one. Returns false when it was one too many. `nowMs` never goes back. */
  take(nowMs: number): boolean {
    const refilled = ((nowMs - this.#sinceMs) * PER_SECOND) / 1_000;
    this.#used = Math.max(0, this.#used - refilled) + 1;
    this.#sinceMs = nowMs;
    return this.#used <= BURST;
  }
}

/** Keeps nghttp2 from closing sessions of this server for resets; grpc-js has no option for it. */
export function leaveResetsToUs(server: Server): void {
  const options: unknown = Reflect.get(server, 'commonServerOptions');
  assert(typeof options === 'object' && options !== null, 'grpc-js keeps its options elsewhere');
  Object.assign(options, { streamResetBurst: NEVER, streamResetRate: NEVER });
}
