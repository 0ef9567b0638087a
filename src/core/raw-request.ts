// A check as it comes from the decoder, before anything about it is believed. The gRPC codec fills it
// from the generated types; field for field as in proto/postern/v1/authorization.proto.
import type { JsonText } from './request.ts';

/** A google.protobuf.Struct as JSON, or why it could not be taken as JSON; null when absent. */
export type RawStruct = { readonly json: JsonText } | { readonly problem: string } | null;

export interface RawResource {
  readonly type: string;
  readonly id: string;
  readonly companyId: string;
  readonly attributes: RawStruct;
}

export interface RawSource {
  readonly ip: string;
  readonly userAgent: string;
}

/** At most one is set. */
export interface RawCredential {
  readonly apiKey?: string | null | undefined;
  readonly grant?: string | null | undefined;
  readonly bearerToken?: string | null | undefined;
}

/** BatchItem, and the same part of CheckRequest. */
export interface RawItem {
  readonly requestId: string;
  readonly correlationId: string;
  readonly operation: string;
  readonly resource: RawResource | null;
  readonly claimedCompanyIds: readonly string[];
  readonly cost: number;
  readonly context: RawStruct;
  readonly idempotencyKey: string;
  readonly requestFingerprint: { readonly length: number };
  readonly wantGrant: object | null;
}

/** CheckRequest. */
export interface RawCheck extends RawItem, RawCredential {
  readonly source: RawSource | null;
}

/** BatchCheckRequest. */
export interface RawBatch extends RawCredential {
  readonly source: RawSource | null;
  readonly items: readonly RawItem[];
}
