// Randomness and ids from the system's generator, drawn in larger pieces because a draw for each check
// would cost more than the check's hashing. A piece of randomness is never given out twice.
import { randomFillSync, randomUUID } from 'node:crypto';
import { formatUuidV7, UUID_V7_RANDOM_BYTES } from '../core/uuid.ts';
import type { IdSource } from '../pdp/evaluation-port.ts';

const POOL_BYTES = 8_192;
const SALT_BYTES = 16;
const SECRET_BYTES = 32;

/** Randomness and every id that the sidecar gives out. One for each thread. */
export class Ids implements IdSource {
  readonly #pool = Buffer.alloc(POOL_BYTES);
  #used = POOL_BYTES;

  /** `dec_` + UUIDv4: unguessable, because it entitles to report the outcome. */
  decisionId(): string {
    return `dec_${randomUUID()}`;
  }

  /** 16 random bytes as 32 hexadecimal characters. */
  salt(): string {
    const start = this.#take(SALT_BYTES);
    return this.#pool.toString('hex', start, start + SALT_BYTES);
  }

  /** `key_` + UUIDv7 of this time. */
  keyId(nowUs: number): string {
    return `key_${this.#uuidV7(nowUs)}`;
  }

  /** `win_` + UUIDv7 of this time. */
  windowId(nowUs: number): string {
    return `win_${this.#uuidV7(nowUs)}`;
  }

  /** 32 random bytes for a new key. Not from the pool, which outlives the call. */
  secret(): Uint8Array {
    return randomFillSync(new Uint8Array(SECRET_BYTES));
  }

  #uuidV7(nowUs: number): string {
    const start = this.#take(UUID_V7_RANDOM_BYTES);
    return formatUuidV7(nowUs / 1_000, this.#pool.subarray(start, start + UUID_V7_RANDOM_BYTES));
  }

  #take(bytes: number): number {
    if (this.#used + bytes > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += bytes;
    return start;
  }
}
