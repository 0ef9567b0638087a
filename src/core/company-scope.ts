// Company scope, the invariant behind everything: a call runs in its key's company and reaches nothing of
// another one, whatever the caller claims and whatever the policy says.
import type { Reason } from './reason.ts';
import type { CheckItem } from './request.ts';

/** What of an item bears on company scope. */
export type ScopedItem = Pick<CheckItem, 'resource' | 'claimedCompanyIds' | 'faults'>;

/** The invariant that an item breaks. */
export interface ScopeViolation {
  readonly reason: Reason & ('resource_malformed' | 'resource_company_mismatch' | 'claim_company_mismatch');
  /**
   * Whether the policy could see it in its input. An ill-formed id or claim is kept from the policy, so
   * its answer says nothing about it.
   */
  readonly visible: boolean;
}

const MALFORMED: ScopeViolation = { reason: 'resource_malformed', visible: false };
const RESOURCE: ScopeViolation = { reason: 'resource_company_mismatch', visible: true };
const CLAIM: ScopeViolation = { reason: 'claim_company_mismatch', visible: true };
const CLAIM_MALFORMED: ScopeViolation = { reason: 'claim_company_mismatch', visible: false };

/**
 * The first invariant, in the order of precedence, that the item breaks for a key of this company, or
 * null. Company ids are compared bytewise: no case folding, no trimming.
 */
export function judgeCompanyScope(item: ScopedItem, companyId: string): ScopeViolation | null {
  if (item.faults.resourceMalformed) return MALFORMED;
  const owner = item.resource?.companyId ?? '';
  if (owner !== '' && owner !== companyId) return RESOURCE;
  for (const claim of item.claimedCompanyIds) if (claim !== companyId) return CLAIM;
  return item.faults.claimMalformed ? CLAIM_MALFORMED : null;
}

/**
 * Whether the policy is to be asked about an authenticated item. An ill-formed resource precedes all that
 * it could say, and ill-formed text must not reach it.
 */
export function needsEvaluation(item: ScopedItem): boolean {
  return !item.faults.resourceMalformed;
}
