// Records of companies and keys as the core sees them. Times are integer microseconds since the
// Unix epoch. The secret is never part of a record.

export type KeyStatus = 'active' | 'inactive' | 'revoked';
export type CompanyStatus = 'active' | 'suspended' | 'closed';
export type Environment = 'live' | 'test';

export const KEY_STATUSES: readonly KeyStatus[] = ['active', 'inactive', 'revoked'];
export const COMPANY_STATUSES: readonly CompanyStatus[] = ['active', 'suspended', 'closed'];
export const ENVIRONMENTS: readonly Environment[] = ['live', 'test'];

export interface KeyRecord {
  /** `key_` + UUIDv7. */
  readonly keyId: string;
  readonly companyId: string;
  readonly status: KeyStatus;
  readonly environment: Environment;
  readonly label: string;
  readonly scopes: readonly string[];
  /** CIDR texts; empty means anywhere. */
  readonly networks: readonly string[];
  readonly createdAtUs: number;
  readonly notBeforeUs: number | null;
  readonly expiresAtUs: number | null;
  /** Exact to the minute; null when never used. */
  readonly lastUsedAtUs: number | null;
  /** Rises with every change of the row, from 1. */
  readonly version: number;
  readonly revokedReason: string;
}

/** What of a key a decision may depend on; the rest is for people. */
export type KeyFacts = Omit<KeyRecord, 'label' | 'revokedReason'>;

/** What a new key is made of. */
export interface KeyDraft {
  readonly companyId: string;
  readonly environment: Environment;
  readonly label: string;
  readonly scopes: readonly string[];
  /** CIDR texts in their one normal form; empty means anywhere. */
  readonly networks: readonly string[];
  readonly notBeforeUs: number | null;
  readonly expiresAtUs: number | null;
}

export interface CompanyRecord {
  readonly companyId: string;
  readonly status: CompanyStatus;
  readonly plan: string;
  readonly label: string;
  readonly createdAtUs: number;
  /** Rises with every change of the row, from 1. */
  readonly version: number;
}

/** What of a company a decision may depend on. */
export type CompanyFacts = Omit<CompanyRecord, 'label' | 'createdAtUs'>;

/** Company ids: given by the admin, compared bytewise (CONTRACT.md, On the wire). */
export const COMPANY_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
