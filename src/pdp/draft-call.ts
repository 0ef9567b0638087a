// Drafts a call: everything that is decided before the ledger settles it. It reads the epoch before any
// row, and one policy, one time and one key for all items; what it drafts carries what it read.
import type { SaltedHash } from '../core/commitment.ts';
import { PosternError } from '../core/error.ts';
import { judgeAuthentication } from '../core/judge-key.ts';
import type { ChargeTerms } from '../core/limit.ts';
import { strictestPlan } from '../core/limit-charges.ts';
import { sourceBucket } from '../core/network.ts';
import type { Reason } from '../core/reason.ts';
import type { Environment } from '../core/registry.ts';
import type { CheckCall } from '../core/request.ts';
import type { AuthenticateParts, PresentedSecret } from './authenticate.ts';
import type { AnswerSubject, CallOrigin } from './check-port.ts';
import type { ControlBlock } from './control-block.ts';
import { type DraftedItem, draftItem } from './draft-item.ts';
import type { ActivePolicy, FoundKey, IdSource, PolicyEvaluator, RegistryReader } from './evaluation-port.ts';
import { settleSubjectOf } from './row-memo.ts';
import type { SettleCall, SettleItem } from './settle-port.ts';

/** Where the policy's answers came from; whoever reports them sets them back. */
export interface AnswerTally {
  evaluated: number;
  remembered: number;
}

/** Where an evaluation is entered before it begins, so that the watchdog can settle it. */
export interface EvaluationSlot {
  /** The call with the one item that is evaluated, decided as policy_failed. */
  enter(call: SettleCall, startedMonoUs: number): void;
  leave(): void;
}

export interface DraftParts extends AuthenticateParts {
  readonly control: ControlBlock;
  readonly registry: RegistryReader;
  readonly policies: ActivePolicy;
  readonly ids: IdSource;
  /** SHA-256 over the salt's bytes and a text's UTF-8 bytes, in hexadecimal. */
  readonly saltedHash: SaltedHash;
  readonly monoUs: () => number;
  readonly slot: EvaluationSlot;
  readonly environment: Environment;
  readonly ipv6PrefixBits: number;
  readonly answers: AnswerTally;
  /** Told of a policy without a usable answer: for the log, never for the caller. */
  readonly onPolicyFailure: (revision: string, problem: string) => void;
}

export interface DraftRequest {
  readonly call: CheckCall;
  readonly origin: CallOrigin;
  readonly secret: PresentedSecret;
}

/** What the answer is made from, once the call is settled. */
export interface DraftedCall {
  readonly items: readonly DraftedItem[];
  readonly revision: string;
  /** Null when authentication failed. */
  readonly subject: AnswerSubject | null;
}

/** What all items of a call share. */
export interface DraftContext {
  readonly parts: DraftParts;
  readonly request: DraftRequest;
  readonly policy: PolicyEvaluator;
  readonly nowUs: number;
  readonly found: FoundKey | null;
  readonly failure: Reason | null;
  /** The call without its items. */
  readonly head: Omit<SettleCall, 'items'>;
}

/**
 * Drafts every item of the call.
 * @throws PosternError policy_unavailable while no policy is in force.
 */
export function draftCall(
  parts: DraftParts,
  request: DraftRequest,
): { readonly settle: SettleCall; readonly drafted: DraftedCall } {
  const context = openDraft(parts, request);
  const items: DraftedItem[] = [];
  const settleItems: SettleItem[] = [];
  for (const item of request.call.items) {
    const { drafted, settle } = draftItem(context, item);
    items.push(drafted);
    settleItems.push(settle);
  }
  const { found, failure, head, policy } = context;
  const isKnown = found !== null && failure === null;
  const subject = isKnown
    ? { companyId: found.company.companyId, keyId: found.key.keyId, scopes: found.key.scopes }
    : null;
  return {
    settle: { ...head, items: settleItems },
    drafted: { items, revision: policy.revision, subject },
  };
}

function openDraft(parts: DraftParts, request: DraftRequest): DraftContext {
  const policy = parts.policies.current();
  if (policy === null) throw new PosternError('policy_unavailable', 'No policy is in force.');
  // INVARIANT: the epoch is read before the row. A change after this read raises it, and settling sees that.
  const epoch = parts.control.epoch();
  const nowUs = parts.control.nowUs(parts.monoUs());
  const { fault, lookups } = request.secret;
  const row = parts.registry.findKey(lookups, epoch, nowUs);
  const found = fault === null ? row : null;
  const presented = fault === null ? 'key' : fault === 'key_missing' ? 'missing' : 'malformed';
  const ip = request.call.source.ip;
  const failure = judgeAuthentication({ presented, found, nowUs, environment: parts.environment, ip });
  const bucket = sourceBucket(ip, parts.ipv6PrefixBits);
  return {
    parts,
    request,
    policy,
    nowUs,
    found,
    failure,
    head: {
      deadlineMonoUs: request.origin.deadlineMonoUs,
      epoch,
      generation: policy.generation,
      subject: found === null ? null : settleSubjectOf(found),
      sourceBucket: bucket,
      base: found === null || failure !== null ? NO_TERMS : baseOf(policy, found.company.plan),
    },
  };
}

const NO_TERMS: readonly ChargeTerms[] = [];

/**
 * Of a plan that the policy does not know every item is policy_failed, and charged as under the strictest one
 * that it knows: otherwise whoever is refused for it could fill the log without a limit.
 */
function baseOf({ plans }: PolicyEvaluator, plan: string): readonly ChargeTerms[] {
  return (plans.get(plan) ?? strictestPlan(plans.values()))?.base ?? NO_TERMS;
}
