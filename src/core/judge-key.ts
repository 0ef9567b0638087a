// Authentication: judges the row that a credential led to, or that there was none. Settled before the
// policy is asked, which can never overrule it. Every question is asked in the order of precedence, so
// that the use of a revoked key is always seen.
import { parseIp } from './ip-address.ts';
import { networkContains, parseNetwork } from './network.ts';
import type { Reason } from './reason.ts';
import type { CompanyFacts, Environment, KeyFacts } from './registry.ts';

/** A key's row with its company's. */
export interface ResolvedKey {
  readonly key: KeyFacts;
  readonly company: CompanyFacts;
}

/** What was presented, judged by its shape alone. */
export type PresentedCredential = 'missing' | 'malformed' | 'key';

export interface AuthenticationFacts {
  readonly presented: PresentedCredential;
  /** Null when no key has this secret. Ignored unless a key was presented. */
  readonly found: ResolvedKey | null;
  readonly nowUs: number;
  /** Of this sidecar. */
  readonly environment: Environment;
  /** Normalised; null when none or ill-formed. */
  readonly ip: string | null;
}

/** Why authentication failed, or null when it went well. `source_throttled` is for the ledger to say. */
export function judgeAuthentication(facts: AuthenticationFacts): Reason | null {
  if (facts.presented === 'missing') return 'key_missing';
  if (facts.presented === 'malformed') return 'key_malformed';
  return judgeKey(facts.found, facts);
}

/** Why this key does not authenticate now, or null. */
export function judgeKey(
  found: ResolvedKey | null,
  facts: { readonly nowUs: number; readonly environment: Environment; readonly ip: string | null },
): Reason | null {
  // A key beside another company's row is damage in storage; it must not open either company.
  if (found === null || found.key.companyId !== found.company.companyId) return 'key_unknown';
  const { key, company } = found;
  if (key.status === 'revoked') return 'key_revoked';
  if (key.status !== 'active') return 'key_inactive';
  if (key.notBeforeUs !== null && facts.nowUs < key.notBeforeUs) return 'key_not_yet_valid';
  if (key.expiresAtUs !== null && facts.nowUs >= key.expiresAtUs) return 'key_expired';
  if (key.environment !== facts.environment) return 'environment_mismatch';
  if (company.status !== 'active') return 'company_inactive';
  if (!isFromNetworks(key.networks, facts.ip)) return 'network_not_allowed';
  return null;
}

/** No networks: from anywhere. Otherwise an address is needed, and one network that contains it. */
function isFromNetworks(networks: readonly string[], ip: string | null): boolean {
  if (networks.length === 0) return true;
  const address = ip === null ? null : parseIp(ip);
  if (address === null) return false;
  for (const text of networks) {
    const network = parseNetwork(text);
    if (network !== null && networkContains(network, address)) return true;
  }
  return false;
}
