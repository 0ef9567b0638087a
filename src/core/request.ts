// A check as the core sees it: every field validated after decoding. What the partner controls never
// makes an error; it is carried as a fault that `decide` turns into a reason.

/** Caps of CONTRACT.md, enforced by `core/parse-request.ts` and quoted in docs/errors.md, where a test compares them. */
export const REQUEST_ID_CHARS_MAX = 128;
export const OPERATION_CHARS_MAX = 128;
export const CREDENTIAL_BYTES_MAX = 512;
export const RESOURCE_TYPE_CHARS_MAX = 64;
export const RESOURCE_ID_BYTES_MAX = 256;
export const CLAIMS_MAX = 16;
export const USER_AGENT_CHARS_MAX = 256;
export const COST_MAX = 1_000_000;
export const ATTRIBUTES_BYTES_MAX = 4_096;
export const CONTEXT_BYTES_MAX = 8_192;
export const STRUCT_DEPTH_MAX = 8;
export const BATCH_ITEMS_MAX = 100;
export const STREAM_IN_FLIGHT_MAX = 256;
export const OUTCOMES_MAX = 1_000;

/** JSON as it came in a google.protobuf.Struct. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/**
 * A JSON object as it is written: a Struct of some thousand empty objects holds fourteen times as much as values, and
 * every check that waits would hold it. Its texts are well-formed, its numbers finite, its depth STRUCT_DEPTH_MAX.
 */
export type JsonText = string;

export interface CheckResource {
  readonly type: string;
  /** Empty when the host named none. */
  readonly id: string;
  /** The owner as the host knows it; empty when it named none. */
  readonly companyId: string;
  readonly attributes: JsonText | null;
}

/** What was wrong with what the partner controls. Each leads to one reason in `decide`. */
export interface PartnerFaults {
  /** The resource id (or the owner's id) is not one → resource_malformed. */
  readonly resourceMalformed: boolean;
  /** A claim is not a company id, or there are too many → claim_company_mismatch. */
  readonly claimMalformed: boolean;
}

/** One item of a check, without credential and source. */
export interface CheckItem {
  readonly requestId: string;
  readonly correlationId: string;
  readonly operation: string;
  readonly resource: CheckResource | null;
  /** Well-formed claims only; see `faults`. */
  readonly claimedCompanyIds: readonly string[];
  readonly cost: number;
  readonly context: JsonText | null;
  readonly faults: PartnerFaults;
}

/** The caller's address, normalised; null when none or ill-formed. */
export interface CheckSource {
  readonly ip: string | null;
  readonly userAgent: string;
}

/** The presented credential. `apiKey` is null when none was given. Never logged, never stored. */
export interface CheckCredential {
  readonly apiKey: string | null;
}

/** What is decided together: one credential, one source, one or more items. */
export interface CheckCall {
  readonly credential: CheckCredential;
  readonly source: CheckSource;
  readonly items: readonly CheckItem[];
}
