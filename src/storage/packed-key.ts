// A key with its company as two ids and some numbers. Only what was verified is packed, and nobody else can
// reach what was: unpacking asks no MAC again. Scopes, networks and plans repeat from key to key and stand beside.
import { COMPANY_STATUSES, ENVIRONMENTS, KEY_STATUSES } from '../core/registry.ts';
import { isPrintableAscii } from '../core/text-rules.ts';
import type { FoundKey } from '../pdp/evaluation-port.ts';
import { RowMemo } from '../pdp/row-memo.ts';
import { SharedValues } from './shared-values.ts';

/** How many numbers and words `pack` writes. */
export const KEY_NUMBERS = 9;
export const KEY_WORDS = 4;

/** Of each kind; beyond it all rows are forgotten. */
const SHARED_MAX = 4_096;
/** Lists with longer texts are rarely shared. */
const SHARED_CHARS_MAX = 1_024;

const STATUS_RADIX = 4;

/** A row, and when its last use was read, and when all of it was read and verified: microseconds. */
export interface ReadRow {
  readonly found: FoundKey;
  readonly readAtUs: number;
  readonly verifiedAtUs: number;
}

/** What packed rows refer to. */
export class PackedShapes {
  readonly #lists = new SharedValues<readonly string[]>(SHARED_MAX);
  readonly #plans = new SharedValues<string>(SHARED_MAX);

  /** Whether it has to be cleared, and with it all rows, before another one is packed. */
  get isFull(): boolean {
    // A row brings two lists at most.
    return this.#lists.isFull || this.#plans.isFull;
  }

  clear(): void {
    this.#lists.clear();
    this.#plans.clear();
  }

  /** Writes what a row holds beside its ids, numbers from `numberAt` and words from `wordAt` on. */
  pack(
    { found, readAtUs, verifiedAtUs }: ReadRow,
    into: { readonly numbers: Float64Array; readonly words: Uint32Array },
    at: { readonly number: number; readonly word: number },
  ): void {
    const { keySeq, key, company } = found;
    const { numbers, words } = into;
    numbers[at.number] = keySeq;
    numbers[at.number + 1] = key.version;
    numbers[at.number + 2] = key.createdAtUs;
    numbers[at.number + 3] = key.notBeforeUs ?? Number.NaN;
    numbers[at.number + 4] = key.expiresAtUs ?? Number.NaN;
    numbers[at.number + 5] = key.lastUsedAtUs ?? Number.NaN;
    numbers[at.number + 6] = company.version;
    numbers[at.number + 7] = readAtUs;
    numbers[at.number + 8] = verifiedAtUs;
    words[at.word] =
      (KEY_STATUSES.indexOf(key.status) * STATUS_RADIX + ENVIRONMENTS.indexOf(key.environment)) *
        STATUS_RADIX +
      COMPANY_STATUSES.indexOf(company.status);
    words[at.word + 1] = this.#lists.numberOf(key.scopes);
    words[at.word + 2] = this.#lists.numberOf(key.networks);
    words[at.word + 3] = this.#plans.numberOf(company.plan);
  }

  /** The row again, with an empty memo. */
  unpack(
    ids: { readonly keyId: string; readonly companyId: string },
    from: { readonly numbers: Float64Array; readonly words: Uint32Array },
    at: { readonly number: number; readonly word: number },
  ): ReadRow {
    const { numbers, words } = from;
    const statuses = words[at.word] ?? 0;
    const { keyId, companyId } = ids;
    const found: FoundKey = {
      keySeq: numbers[at.number] ?? 0,
      key: {
        keyId,
        companyId,
        status: KEY_STATUSES[Math.trunc(statuses / STATUS_RADIX ** 2)] ?? 'revoked',
        environment: ENVIRONMENTS[Math.trunc(statuses / STATUS_RADIX) % STATUS_RADIX] ?? 'test',
        scopes: this.#lists.valueOf(words[at.word + 1] ?? 0) ?? [],
        networks: this.#lists.valueOf(words[at.word + 2] ?? 0) ?? [],
        createdAtUs: numbers[at.number + 2] ?? 0,
        notBeforeUs: timeOrNull(numbers[at.number + 3]),
        expiresAtUs: timeOrNull(numbers[at.number + 4]),
        lastUsedAtUs: timeOrNull(numbers[at.number + 5]),
        version: numbers[at.number + 1] ?? 0,
      },
      company: {
        companyId,
        status: COMPANY_STATUSES[statuses % STATUS_RADIX] ?? 'closed',
        plan: this.#plans.valueOf(words[at.word + 3] ?? 0) ?? '',
        version: numbers[at.number + 6] ?? 0,
      },
      memo: new RowMemo(),
    };
    return { found, readAtUs: numbers[at.number + 7] ?? 0, verifiedAtUs: numbers[at.number + 8] ?? 0 };
  }
}

/** Whether the row can be packed: its company is its key's, its ids are ASCII, and its lists are short. */
export function isPackable({ key, company }: FoundKey): boolean {
  const chars = key.scopes.join('').length + key.networks.join('').length;
  const isOfItsCompany = key.companyId === company.companyId;
  return isOfItsCompany && chars <= SHARED_CHARS_MAX && isPrintableAscii(key.keyId + key.companyId);
}

function timeOrNull(timeUs: number | undefined): number | null {
  return timeUs === undefined || Number.isNaN(timeUs) ? null : timeUs;
}
