// The facts of a golden case as the core takes them: the raw request, the key's row, and the fixed time,
// ids and secrets. All fictional.

import type { ResolvedKey } from '../../../src/core/judge-key.ts';
import { formatKey, parseKey } from '../../../src/core/key-format.ts';
import type { RawCheck } from '../../../src/core/raw-request.ts';
import type { GoldenRequest, GoldenSetup } from './golden-case.ts';

/** 2030-01-01T00:00:00Z. */
export const NOW_US = 1_893_456_000_000_000;
const SECOND_US = 1_000_000;
const KEY_ID = 'key_01857e8f-0000-7000-8000-000000000001';
const ISSUED = formatKey('pst', 'live', new Uint8Array(32).fill(1));
const UNKNOWN = formatKey('pst', 'live', new Uint8Array(32).fill(2));
const FORMAT = { prefix: 'pst', acceptedPatterns: [] };

/** What was presented, by its shape. */
export function presentedShape(apiKey: string | null): 'missing' | 'malformed' | 'key' {
  if (apiKey === null) return 'missing';
  return parseKey(apiKey, FORMAT) === 'malformed' ? 'malformed' : 'key';
}

/** The request as the codec would give it. */
export function rawRequest(request: GoldenRequest): RawCheck {
  const { credential, resource, source } = request;
  const texts = { issued: ISSUED, unknown: UNKNOWN, none: null };
  return {
    requestId: request.request_id,
    correlationId: '',
    apiKey: typeof credential === 'string' ? texts[credential] : credential.text,
    operation: request.operation,
    resource:
      resource === undefined
        ? null
        : { type: resource.type, id: resource.id, companyId: resource.company_id ?? '', attributes: null },
    claimedCompanyIds: request.claimed_company_ids ?? [],
    source: source === undefined ? null : { ip: source.ip, userAgent: source.user_agent ?? '' },
    cost: request.cost ?? 0,
    context: null,
    idempotencyKey: '',
    requestFingerprint: [],
    wantGrant: null,
  };
}

/** The rows that the setup makes. */
export function resolvedKey({ key, company }: GoldenSetup): ResolvedKey {
  const at = (seconds: number | undefined) => (seconds === undefined ? null : NOW_US + seconds * SECOND_US);
  return {
    key: {
      keyId: KEY_ID,
      companyId: 'cmp_aurora',
      status: key.status,
      environment: key.environment,
      scopes: key.scopes,
      networks: key.networks ?? [],
      createdAtUs: NOW_US - 86_400 * SECOND_US,
      notBeforeUs: at(key.not_before_in_s),
      expiresAtUs: at(key.expires_in_s),
      lastUsedAtUs: null,
      version: 1,
    },
    company: { companyId: 'cmp_aurora', ...company, version: 1 },
  };
}
