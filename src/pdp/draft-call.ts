// Drafts a call: everything that is decided before the ledger settles it. It reads the epoch before any
// row, and one policy, one time and one key for all items; what it drafts carries what it read.
import type { SaltedHash } from '../core/commitment.ts';
import { PosternError } from '../core/error.ts';
import { judgeAuthentication } from '../core/judge-key.ts';
import type { LimitCharge } from '../core/limit.ts';
import { baseCharges, strictestPlan } from '../core/limit-charges.ts';
import { sourceBucket } from '../core/network.ts';
import type { Reason } from '../core/reason.ts';
import type { Environment } from '../core/registry.ts';
import type { CheckCall } from '../core/request.ts';
import type { AuthenticateParts, PresentedSecret } from './authenticate.ts';
import type { AnswerSubject, CallOrigin } from './check-port.ts';
import type { ControlBlock } from './control-block.ts';
import { type DraftedItem, draftItem } from './draft-item.ts';
import type { ActivePolicy, FoundKey, IdSource, PolicyEvaluator, RegistryReader } from './evaluation-port.ts';
import type { SettleCall, SettleItem, SettleSubject } from './settle-port.ts';

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
      subject: found === null ? null : subjectOf(found),
      sourceBucket: bucket,
      base: found === null || failure !== null ? NO_CHARGES : baseOf(policy, found),
    },
  };
}

const NO_CHARGES: readonly LimitCharge[] = [];

function subjectOf({ keySeq, key, company, memo }: FoundKey): SettleSubject {
  memo.subject ??= {
    keySeq,
    keyId: key.keyId,
    keyVersion: key.version,
    companyId: company.companyId,
    companyVersion: company.version,
    notBeforeUs: key.notBeforeUs,
    expiresAtUs: key.expiresAtUs,
    written: { base: null, text: '' },
  };
  return memo.subject;
}

/**
 * Of a plan that the policy does not know every item is policy_failed, and charged as under the strictest one
 * that it knows: otherwise whoever is refused for it could fill the log without a limit.
 */
function baseOf(policy: PolicyEvaluator, { key, company, memo }: FoundKey): readonly LimitCharge[] {
  const plan = policy.plans.get(company.plan) ?? strictestPlan(policy.plans.values());
  if (plan === null) return NO_CHARGES;
  if (memo.plan !== plan) {
    memo.plan = plan;
    // A plan's limits count by key and by company, which the row tells; never by source or operation.
    memo.base = baseCharges(plan, {
      keyId: key.keyId,
      companyId: company.companyId,
      operation: '',
      sourceBucket: '',
    });
  }
  return memo.base;
}
