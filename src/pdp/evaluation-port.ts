// The ports an evaluator decides with: reading the registry, hashing secrets, evaluating the policy.
import type { PlanLimits } from '../core/limit.ts';
import type { CompanyFacts, KeyFacts } from '../core/registry.ts';
import type { RememberedOutcomes } from './remembered-outcomes.ts';
import type { RowMemo } from './row-memo.ts';

/** A key found by its secret, with its company. */
export interface FoundKey {
  /** Row number of the key. */
  readonly keySeq: number;
  readonly key: KeyFacts;
  readonly company: CompanyFacts;
  /** Whoever reads the row makes an empty one. */
  readonly memo: RowMemo;
}

/** Reads committed rows. Rows whose MAC does not fit are reported and not found. */
export interface RegistryReader {
  /**
   * Finds the key that one of the lookup hashes belongs to. Looks up every hash, also after a hit, so
   * that the work does not depend on the answer. Unknown ones are never cached; `nowUs` is the ledger's
   * time, by which a last use is never more than a minute old.
   */
  findKey(lookups: readonly string[], epoch: number, nowUs: number): FoundKey | null;
}

/** Turns a presented secret into lookup hashes, one for each active scheme. */
export interface SecretHasher {
  /** HMAC-SHA-256(pepper, SHA-256(secret)) for each active scheme; 64 hexadecimal characters each. */
  lookups(secret: string): readonly string[];
  /** The same for a new key, under the scheme that new keys get, as 32 bytes. */
  newLookup(secret: string): Uint8Array;
}

/** Result of an evaluation: the JSON text of the decision, or why there is none. */
export type Evaluation =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly problem: string };

/** One loaded policy, ready to evaluate. Synchronous: the watchdog bounds it. */
export interface PolicyEvaluator {
  readonly revision: string;
  readonly generation: number;
  /** Base limits of each plan in the bundle's data. */
  readonly plans: ReadonlyMap<string, PlanLimits>;
  /** What it answered before; null when every check must be evaluated. */
  readonly remembered: RememberedOutcomes | null;
  /** Evaluates `postern/decision` over this input (JSON text, well-formed UTF-16). Never throws. */
  evaluate(input: string): Evaluation;
}

/** The policy that is in force for a check that starts now. */
export interface ActivePolicy {
  /** Null while none is loaded. */
  current(): PolicyEvaluator | null;
}

/** Randomness and ids. Faked in tests. */
export interface IdSource {
  /** `dec_` + UUIDv4. */
  decisionId(): string;
  /** 16 random bytes as 32 hexadecimal characters. */
  salt(): string;
}
