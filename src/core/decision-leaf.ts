// The audit leaf of a decision, written by string concatenation because it is written for every check.
// Members stand in canonical order by construction; a test compares with an RFC 8785 writer. It must
// never hold a credential, nor a value that may be personal in the clear.
import { assert } from './assert.ts';
import { quoteText, quoteTextOrNull, quoteTexts, writeInteger } from './canonical-json.ts';
import { flatObject } from './flat-object.ts';
import type { LimitVerdict } from './limit.ts';
import { REASON_TABLE, type Reason } from './reason.ts';
import type { Environment } from './registry.ts';

/** What is known before the policy is evaluated. Empty texts and nulls are written as null. */
export interface CheckFacts {
  /** Null when authentication went well, else its failure. */
  readonly authentication: Reason | null;
  /** How many company ids the caller claimed, ill-formed ones not counted. */
  readonly claims: number;
  /** Canonical JSON from `commitAll`. */
  readonly commitments: string;
  readonly companyId: string | null;
  readonly correlationId: string;
  readonly environment: Environment;
  readonly evaluatedAtUs: number;
  readonly keyId: string | null;
  readonly listener: string;
  readonly operation: string;
  readonly requestId: string;
  readonly resourceType: string;
  /** Revision of the policy in force; null when none was. */
  readonly revision: string | null;
}

/** The leaf's member `check`, as canonical JSON. */
export function encodeCheckFragment(facts: CheckFacts): string {
  return flatObject(
    `{"authentication":"${facts.authentication ?? 'ok'}","claims":${writeInteger(facts.claims)},"commitments":${facts.commitments},"company_id":${quoteTextOrNull(facts.companyId)},"correlation_id":${quoteTextOrNull(facts.correlationId)},"environment":"${facts.environment}","evaluated_at":"${writeInteger(facts.evaluatedAtUs)}","host":"unauthenticated","key_id":${quoteTextOrNull(facts.keyId)},"listener":${quoteText(facts.listener)},"operation":${quoteText(facts.operation)},"request_id":${quoteText(facts.requestId)},"resource_type":${quoteTextOrNull(facts.resourceType)},"revision":${quoteTextOrNull(facts.revision)}}`,
  );
}

/** Marks of the sidecar on a decision. */
export type DecisionFlag = 'policy_overruled';

/** What the policy said. */
export interface PolicyFacts {
  readonly code: string;
  /** Null when the policy gave no usable answer. */
  readonly cost: number | null;
  readonly evaluationUs: number;
  readonly flags: readonly DecisionFlag[];
  readonly labels: Readonly<Record<string, string>>;
  /** Names only: parameters are for the host. */
  readonly obligations: readonly { readonly name: string }[];
  /** The reason before limits. */
  readonly reason: Reason;
}

/** The leaf's member `policy`, as canonical JSON. A check that was not evaluated has `null` there. */
export function encodePolicyFragment(facts: PolicyFacts): string {
  const cost = facts.cost === null ? 'null' : writeInteger(facts.cost);
  const obligations =
    facts.obligations.length === 0 ? '[]' : quoteTexts(facts.obligations.map((each) => each.name));
  return `{"code":${quoteTextOrNull(facts.code)},"cost":${cost},"evaluation_us":${writeInteger(facts.evaluationUs)},"flags":${quoteTexts(facts.flags)},"labels":${encodeLabels(facts.labels)},"obligations":${obligations},"reason":"${facts.reason}"}`;
}

function encodeLabels(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels);
  if (names.length === 0) return '{}';
  if (names.length > 1) names.sort();
  let json = '{';
  for (const name of names) {
    json += `${json === '{' ? '' : ','}${quoteText(name)}:${quoteText(labels[name] ?? '')}`;
  }
  return `${json}}`;
}

/** Everything of a decision's leaf. */
export interface DecisionLeafFacts {
  /** From `encodeCheckFragment`. */
  readonly check: string;
  /** `dec_` + UUIDv4. */
  readonly decisionId: string;
  readonly reason: Reason;
  readonly index: number;
  readonly limits: readonly LimitVerdict[];
  readonly logId: string;
  /** From `encodePolicyFragment`; empty when the policy was not evaluated. */
  readonly policy: string;
  readonly settledAtUs: number;
}

/** The leaf of a decision: exactly the text whose UTF-8 bytes are stored and hashed. */
export function encodeDecisionLeaf(facts: DecisionLeafFacts): string {
  const policy = facts.policy === '' ? 'null' : facts.policy;
  const { effect, reason } = membersOf(facts.reason);
  return `{"check":${facts.check},"decision_id":"${facts.decisionId}${effect}${writeInteger(facts.index)}","kind":"decision","limits":${encodeVerdicts(facts.limits)},"log_id":"${facts.logId}","policy":${policy}${reason}${writeInteger(facts.settledAtUs)}","v":1}`;
}

/** Pieces of a leaf that follow from its reason: the fewer pieces, the less is allocated for a leaf. */
interface ReasonMembers {
  /** Between the decision's id and its index. */
  readonly effect: string;
  /** Between the policy's object and the time. */
  readonly reason: string;
}

/** For each reason, written once. */
const REASON_MEMBERS: ReadonlyMap<Reason, ReasonMembers> = new Map(
  REASON_TABLE.map((row) => {
    const effect = row.name === 'allowed' ? 'allow' : 'deny';
    const publicSide =
      row.public === null ? 'null' : `{"code":"${row.public.code}","http_status":${row.public.httpStatus}}`;
    return [
      row.name,
      {
        effect: `","effect":"${effect}","index":"`,
        reason: `,"public":${publicSide},"reason":"${row.name}","settled_at":"`,
      },
    ];
  }),
);

function membersOf(reason: Reason): ReasonMembers {
  const members = REASON_MEMBERS.get(reason);
  assert(members !== undefined, 'a reason that is not in the table');
  return members;
}

function encodeVerdicts(verdicts: readonly LimitVerdict[]): string {
  if (verdicts.length === 0) return '[]';
  let json = '';
  for (const verdict of verdicts) {
    const { limit, name, refused, remaining, resetAfterUs, retryAfterUs, subject } = verdict;
    json += json === '' ? '[' : ',';
    json += `{"limit":${writeInteger(limit)},"name":${quoteText(name)},"refused":${refused ? 'true' : 'false'},"remaining":${writeInteger(remaining)},"reset_after_us":${writeInteger(resetAfterUs)},"retry_after_us":${writeInteger(retryAfterUs)},"subject":"${subject}"}`;
  }
  return `${json}]`;
}
