// What of a golden case holds over gRPC too: all but ids, salts and times, for both sides of the comparison.
import { jsonOfStruct } from '../../../src/client/struct.ts';
import type { CheckResponse__Output } from '../../../src/grpc/gen/postern/v1/CheckResponse.ts';
import type { GoldenCase } from './golden-case.ts';

interface Limit {
  readonly name: string;
  readonly subject: string;
  readonly limit: number | string;
  readonly refused: boolean;
}

interface Expected {
  readonly effect: string;
  readonly reason: string;
  readonly code: string;
  readonly public_error: unknown;
  readonly subject: { readonly companyId: string; readonly scopes: readonly string[] } | null;
  readonly obligations: unknown;
  readonly limits: readonly Limit[];
  readonly leaf: string;
}

const limitOf = ({ name, subject, limit, refused }: Limit) => ({
  name,
  subject,
  limit: Number(limit),
  refused,
});

const without = (names: readonly string[], record: object) =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));

/** Members of a decision's leaf that the same case always has. */
function lastingLeaf(leaf: string) {
  const { check, policy, limits, ...rest } = JSON.parse(leaf);
  return {
    ...without(['decision_id', 'index', 'log_id', 'settled_at'], rest),
    check: {
      ...without(['commitments', 'evaluated_at', 'key_id', 'listener', 'revision'], check),
      committed: Object.keys(check.commitments),
      hasKey: check.key_id !== null,
    },
    policy: policy === null ? null : without(['evaluation_us'], policy),
    limits: limits.map(limitOf),
  };
}

/** What the case expects of an answer over gRPC; the leaf is null when the answer is counted in a window. */
export function expectedOverGrpc({ expect }: GoldenCase, keyId: string, isCounted: boolean) {
  const expected = expect as Expected;
  return {
    ...expected,
    flags: undefined,
    subject: expected.subject === null ? null : { ...expected.subject, keyId },
    limits: expected.limits.map(limitOf),
    leaf: isCounted ? null : lastingLeaf(expected.leaf),
  };
}

/** The same of an answer. */
export function givenOverGrpc(answer: CheckResponse__Output) {
  const { publicError, subject, obligations, limits, auditRecord } = answer;
  const isCounted = auditRecord?.windowId !== '';
  return {
    effect: answer.effect.replace('EFFECT_', '').toLowerCase(),
    reason: answer.reason.replace('REASON_', '').toLowerCase(),
    code: answer.code,
    public_error: publicError && {
      http_status: publicError.httpStatus,
      code: publicError.code,
      message: publicError.message,
    },
    subject,
    obligations: obligations.map(({ name, parameters }) => ({
      name,
      parameters: parameters && jsonOfStruct(parameters),
    })),
    flags: undefined,
    limits: limits.map(limitOf),
    leaf: isCounted ? null : lastingLeaf(String(auditRecord?.leaf)),
  };
}
