/**
 * Checks that clients in two languages make alike: each as the JSON form of CheckRequest, with the reason
 * it must be answered with. For sidecars with failures to spare, because each is made more than once.
 */

import type { SidecarClient } from '../../src/client/connect.ts';
import { formatKey } from '../../src/core/key-format.ts';
import type { CheckRequest } from '../../src/grpc/gen/postern/v1/CheckRequest.ts';
import type { CheckResponse__Output } from '../../src/grpc/gen/postern/v1/CheckResponse.ts';
import { createCompany, createKey } from './sidecar-registry.ts';

/** A check in the JSON form of protobuf; `context` is what its one Struct holds. */
export type PlainCheck = Omit<CheckRequest, 'context'> & { readonly context?: { readonly note: string } };

export interface HostChecks {
  /** A key of cmp_aurora that may do everything. */
  readonly apiKey: string;
  readonly checks: Readonly<Record<string, PlainCheck>>;
  readonly reasons: Readonly<Record<string, string>>;
}

const NETWORK = '192.0.2.0/24';

/** Makes companies and keys, and the checks that go with them. */
export async function makeHostChecks(admin: SidecarClient): Promise<HostChecks> {
  await createCompany(admin, 'cmp_aurora');
  await createCompany(admin, 'cmp_borealis');
  const { secret: apiKey } = await createKey(admin, 'cmp_aurora');
  const reader = await createKey(admin, 'cmp_aurora', { scopes: ['banks:read'] });
  const bound = await createKey(admin, 'cmp_aurora', { networks: [NETWORK] });
  const other = await createKey(admin, 'cmp_aurora', { environment: 'test' });
  const revoked = await createKey(admin, 'cmp_aurora');
  await admin.keys.revoke({ keyId: revoked.keyId, reason: 'for a test' });
  const source = { ip: '198.51.100.7', userAgent: 'partner/1.0 ✓' };
  const create = { operation: 'payments.create', source };
  const bank = { type: 'bank', id: 'bnk_€_1', companyId: 'cmp_aurora' };
  const unknown = formatKey('pst', 'live', new Uint8Array(32).fill(7));
  const made: readonly (readonly [reason: string, check: PlainCheck])[] = [
    ['allowed', { ...create, apiKey, correlationId: 'c-1', claimedCompanyIds: ['cmp_aurora'], cost: 3 }],
    ['allowed', { apiKey, operation: 'banks.read', source, resource: bank, context: { note: 'α' } }],
    ['allowed', { ...create, apiKey: bound.secret, source: { ip: '192.0.2.9' } }],
    ['key_missing', create],
    ['key_malformed', { ...create, apiKey: `${apiKey}x` }],
    ['key_unknown', { ...create, apiKey: unknown }],
    ['key_revoked', { ...create, apiKey: revoked.secret }],
    ['environment_mismatch', { ...create, apiKey: other.secret }],
    ['network_not_allowed', { ...create, apiKey: bound.secret }],
    ['resource_malformed', { apiKey, operation: 'banks.read', resource: { ...bank, id: 'a\u0000b' } }],
    [
      'resource_company_mismatch',
      { apiKey, operation: 'banks.read', resource: { ...bank, companyId: 'cmp_borealis' } },
    ],
    [
      'resource_owner_missing',
      { apiKey, operation: 'banks.update', resource: { type: 'bank', id: 'bnk_1' } },
    ],
    ['claim_company_mismatch', { ...create, apiKey, claimedCompanyIds: ['cmp_aurora', 'cmp_borealis'] }],
    ['operation_unknown', { apiKey, operation: 'payments.levitate', source }],
    ['scope_missing', { ...create, apiKey: reader.secret }],
  ];
  const named = made.map(([reason, check], place) => [`${place} ${reason}`, check] as const);
  return {
    apiKey,
    checks: Object.fromEntries(named.map(([name, check]) => [name, { ...check, requestId: name }])),
    reasons: Object.fromEntries(named.map(([name], place) => [name, made[place]?.[0] ?? ''])),
  };
}

/** An answer without what is new in each one (ids, times, what is left of a limit). */
export function lastingPartOf(answer: CheckResponse__Output) {
  const { requestId, effect, reason, code, publicError, subject, policyRevision, obligations } = answer;
  return {
    ...{ requestId, effect, reason, code, policyRevision, obligations },
    // What is not there is null in one language's form and absent in the other's.
    publicError: publicError ?? null,
    subject: subject ?? null,
    limits: answer.limits.map(({ name, subject: counted, limit, refused }) => ({
      name,
      counted,
      limit,
      refused,
    })),
    headers: answer.responseHeaders.map(({ name }) => name),
  };
}
