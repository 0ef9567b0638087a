// The fictional companies and keys of a run. Everything follows from a key's number, so that the seeder
// and the load generator agree without telling each other.
import { hash } from 'node:crypto';
import { formatKey } from '../../src/core/key-format.ts';
import type { CompanyRecord, KeyRecord } from '../../src/core/registry.ts';
import { formatUuidV7 } from '../../src/core/uuid.ts';

const KEYS_PER_COMPANY = 10;
const CREATED_AT_MS = Date.UTC(2026, 0, 1);
const SCOPES = ['payments:*', 'accounts:read', 'results:read'];

/** The secret that a partner presents. */
export function benchKeyText(key: number): string {
  return formatKey('pst', 'live', hash('sha256', `bench key ${key}`, 'buffer'));
}

export function benchCompanyCount(keys: number): number {
  return Math.ceil(keys / KEYS_PER_COMPANY);
}

export function benchCompanyId(key: number): string {
  return `cmp_bench_${Math.floor(key / KEYS_PER_COMPANY)}`;
}

export function benchKeyRecord(key: number): KeyRecord {
  const random = new Uint8Array(10);
  new DataView(random.buffer).setUint32(6, key);
  return {
    keyId: `key_${formatUuidV7(CREATED_AT_MS + key, random)}`,
    companyId: benchCompanyId(key),
    status: 'active',
    environment: 'live',
    label: 'bench',
    scopes: SCOPES,
    networks: [],
    createdAtUs: CREATED_AT_MS * 1_000,
    notBeforeUs: null,
    expiresAtUs: null,
    lastUsedAtUs: null,
    version: 1,
    revokedReason: '',
  };
}

/** @param company Number of the company, from 0. Its plan is the one whose limits are charged and never bind. */
export function benchCompanyRecord(company: number): CompanyRecord {
  return {
    companyId: `cmp_bench_${company}`,
    status: 'active',
    plan: 'unlimited',
    label: 'bench',
    createdAtUs: CREATED_AT_MS * 1_000,
    version: 1,
  };
}
