// Drafts a call: everything that is decided before the ledger settles it. It reads the epoch before any
// row, and one policy, one time and one key for all items; what it drafts carries what it read.
import { commitAll } from '../core/commitment.ts';
import { needsEvaluation } from '../core/company-scope.ts';
import { type Authorization, authorize } from '../core/decide.ts';
import { encodeCheckFragment, encodePolicyFragment } from '../core/decision-leaf.ts';
import { PosternError } from '../core/error.ts';
import { judgeAuthentication } from '../core/judge-key.ts';
import type { LimitCharge } from '../core/limit.ts';
import { baseCharges, namedCharges } from '../core/limit-charges.ts';
import { sourceBucket } from '../core/network.ts';
import { encodeCompanyPart, encodeKeyPart, encodePolicyInput } from '../core/policy-input.ts';
import { parsePolicyOutcome } from '../core/policy-outcome.ts';
import type { Reason } from '../core/reason.ts';
import type { Environment } from '../core/registry.ts';
import type { CheckCall, CheckItem } from '../core/request.ts';
import type { AuthenticateParts, PresentedSecret } from './authenticate.ts';
import type { AnswerSubject, CallOrigin } from './check-port.ts';
import type { ControlBlock } from './control-block.ts';
import type { ActivePolicy, FoundKey, IdSource, PolicyEvaluator, RegistryReader } from './evaluation-port.ts';
import type { SettleCall, SettleItem } from './settle-port.ts';

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
  readonly saltedHash: (saltHex: string, text: string) => string;
  readonly monoUs: () => number;
  readonly slot: EvaluationSlot;
  readonly environment: Environment;
  readonly ipv6PrefixBits: number;
  /** Told of a policy without a usable answer: for the log, never for the caller. */
  readonly onPolicyFailure: (revision: string, problem: string) => void;
}

export interface DraftRequest {
  readonly call: CheckCall;
  readonly origin: CallOrigin;
  readonly secret: PresentedSecret;
}

/** What an item was drafted as. */
export interface DraftedItem {
  readonly decisionId: string;
  readonly decision: Pick<Authorization, 'reason' | 'code' | 'obligations'>;
}

export interface DraftedCall {
  readonly call: SettleCall;
  readonly items: readonly DraftedItem[];
  readonly revision: string;
  /** Null when authentication failed. */
  readonly subject: AnswerSubject | null;
}

/** What all items of a call share. */
interface DraftContext {
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
export function draftCall(parts: DraftParts, request: DraftRequest): DraftedCall {
  const context = openDraft(parts, request);
  const items: DraftedItem[] = [];
  const settleItems: SettleItem[] = [];
  for (const item of request.call.items) {
    const { drafted, settle } = draftItem(context, item);
    items.push(drafted);
    settleItems.push(settle);
  }
  const { found, failure } = context;
  return {
    call: { ...context.head, items: settleItems },
    items,
    revision: context.policy.revision,
    subject:
      found === null || failure !== null
        ? null
        : { companyId: found.company.companyId, keyId: found.key.keyId, scopes: found.key.scopes },
  };
}

function openDraft(parts: DraftParts, request: DraftRequest): DraftContext {
  const policy = parts.policies.current();
  if (policy === null) throw new PosternError('policy_unavailable', 'No policy is in force.');
  // INVARIANT: the epoch is read before the row. A change after this read raises it, and settling sees that.
  const epoch = parts.control.epoch();
  const nowUs = parts.control.nowUs(parts.monoUs());
  const { fault, lookups } = request.secret;
  const row = parts.registry.findKey(lookups, epoch);
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
      base: found === null || failure !== null ? [] : baseOf(policy, found, bucket),
    },
  };
}

function subjectOf(found: FoundKey): SettleCall['subject'] {
  return {
    keySeq: found.keySeq,
    keyId: found.key.keyId,
    keyVersion: found.key.version,
    companyId: found.company.companyId,
    companyVersion: found.company.version,
    notBeforeUs: found.key.notBeforeUs,
    expiresAtUs: found.key.expiresAtUs,
  };
}

/** None when the policy does not know the plan: every item is then policy_failed. */
function baseOf(policy: PolicyEvaluator, found: FoundKey, bucket: string): readonly LimitCharge[] {
  const plan = policy.plans.get(found.company.plan);
  if (plan === undefined) return [];
  return baseCharges(plan, {
    keyId: found.key.keyId,
    companyId: found.company.companyId,
    operation: '',
    sourceBucket: bucket,
  });
}

function draftItem(context: DraftContext, item: CheckItem): { drafted: DraftedItem; settle: SettleItem } {
  const { parts, failure, found } = context;
  const decisionId = parts.ids.decisionId();
  const { check, kept } = draftFacts(context, item);
  if (failure !== null || found === null) {
    const reason = failure ?? 'key_unknown';
    return {
      drafted: { decisionId, decision: { reason, code: '', obligations: [] } },
      settle: { decisionId, reason, check, policy: '', private: kept, named: [] },
    };
  }
  const settle: SettleItem = {
    decisionId,
    reason: 'policy_failed',
    check,
    policy: '',
    private: kept,
    named: [],
  };
  if (!needsEvaluation(item)) {
    const decision = authorize(item, found.company.companyId, null);
    return { drafted: { decisionId, decision }, settle: { ...settle, reason: decision.reason } };
  }
  const { decision, evaluationUs } = evaluateItem(context, found, item, settle);
  const named = namedCharges(decision.named, decision.cost ?? 1, {
    keyId: found.key.keyId,
    companyId: found.company.companyId,
    operation: item.operation,
    sourceBucket: context.head.sourceBucket,
  });
  const policy = encodePolicyFragment({ ...decision, evaluationUs });
  return { drafted: { decisionId, decision }, settle: { ...settle, reason: decision.reason, policy, named } };
}

/** The leaf's member `check`, and the values behind its commitments. */
function draftFacts(context: DraftContext, item: CheckItem): { check: string; kept: string } {
  const { parts, request, found, failure, policy, nowUs } = context;
  const { source } = request.call;
  const { commitments, private: kept } = commitAll(
    [
      { field: 'resource_company_id', value: item.resource?.companyId ?? '' },
      { field: 'resource_id', value: item.resource?.id ?? '' },
      { field: 'source_ip', value: source.ip ?? '' },
      { field: 'user_agent', value: source.userAgent },
    ],
    () => parts.ids.salt(),
    parts.saltedHash,
  );
  const check = encodeCheckFragment({
    authentication: failure,
    claims: item.claimedCompanyIds.length,
    commitments,
    companyId: found?.company.companyId ?? null,
    correlationId: item.correlationId,
    environment: parts.environment,
    evaluatedAtUs: nowUs,
    keyId: found?.key.keyId ?? null,
    listener: request.origin.listener,
    operation: item.operation,
    requestId: item.requestId,
    resourceType: item.resource?.type ?? '',
    revision: policy.revision,
  });
  return { check, kept };
}

/** The row's parts of the policy input, encoded once for as long as the row is cached. */
const ENCODED_ROWS = new WeakMap<FoundKey, EncodedRow>();

interface EncodedRow {
  readonly keyPart: string;
  readonly companyPart: string;
}

function encodedRow(found: FoundKey): EncodedRow {
  const known = ENCODED_ROWS.get(found);
  if (known !== undefined) return known;
  const encoded = { keyPart: encodeKeyPart(found.key), companyPart: encodeCompanyPart(found.company) };
  ENCODED_ROWS.set(found, encoded);
  return encoded;
}

function evaluateItem(
  context: DraftContext,
  found: FoundKey,
  item: CheckItem,
  settle: SettleItem,
): { decision: Authorization; evaluationUs: number } {
  const { parts, policy, request, nowUs } = context;
  if (!policy.plans.has(found.company.plan)) {
    parts.onPolicyFailure(policy.revision, 'the plan of the company is not in the policy');
    return { decision: authorize(item, found.company.companyId, null), evaluationUs: 0 };
  }
  const input = encodePolicyInput({
    item,
    source: request.call.source,
    nowUs,
    environment: parts.environment,
    ...encodedRow(found),
  });
  const startedMonoUs = parts.monoUs();
  parts.slot.enter({ ...context.head, items: [settle] }, startedMonoUs);
  const evaluation = policy.evaluate(input);
  parts.slot.leave();
  const evaluationUs = Math.trunc(parts.monoUs() - startedMonoUs);
  const parsed = evaluation.ok ? parsePolicyOutcome(evaluation.output) : evaluation;
  if (!parsed.ok) parts.onPolicyFailure(policy.revision, parsed.problem);
  const answer = parsed.ok ? parsed.outcome : null;
  return { decision: authorize(item, found.company.companyId, answer), evaluationUs };
}
