// What every candidate is asked before it may answer for real: garbage must not be allowed, nothing at all
// must not be allowed, and an ordinary question must not make it fail. It says nothing of whether the
// policy is a good one: that is what its own tests are for.
import type { Evaluation } from '../../pdp/evaluation-port.ts';

const EMPTY = '{}';

/** Inputs of wrong shapes. Failing on them is all right, allowing them is not. */
const GARBAGE: readonly string[] = [
  EMPTY,
  'null',
  'true',
  '[]',
  '42',
  '"allow"',
  '[{"allow":true}]',
  '{"allow":true,"reason":"allowed"}',
  '{"request":null,"key":null,"company":null,"environment":null,"signals":null}',
  '{"request":{},"key":{},"company":{},"environment":"","signals":[]}',
  '{"request":[],"key":"key","company":0,"environment":{},"signals":true}',
  '{"request":{"operation":["payments.create"]},"key":{"scopes":"*"},"company":{"id":["cmp_aurora"]}}',
];

/** An ordinary question; the answer does not matter. */
export const ORDINARY = JSON.stringify({
  request: {
    id: 'self-test',
    operation: 'payments.read',
    resource: { type: 'payment', id: 'pay_1', company_id: 'cmp_aurora', attributes: null },
    claimed_company_ids: ['cmp_aurora'],
    source: { ip: '192.0.2.1', user_agent: 'self-test' },
    cost: 1,
    context: null,
    time: '2026-01-01T00:00:00Z',
    time_us: 1_767_225_600_000_000,
  },
  key: {
    id: 'key_00000000-0000-7000-8000-000000000000',
    company_id: 'cmp_aurora',
    status: 'active',
    environment: 'live',
    scopes: ['payments:read'],
    created_at: 1_767_225_600_000_000,
    not_before: null,
    expires_at: null,
    last_used_at: null,
    networks: [],
    labels: {},
  },
  company: { id: 'cmp_aurora', status: 'active', plan: 'standard', labels: {} },
  environment: 'live',
  signals: [],
});

/** Asks a fresh policy. Returns what is wrong with its answers, in sentences; empty when nothing is. */
export function selfTest(evaluate: (input: string) => Evaluation): readonly string[] {
  const problems: string[] = [];
  for (const input of GARBAGE) {
    if (allows(evaluate(input))) problems.push(`The policy allows the input ${input}.`);
  }
  for (const [name, input] of [
    ['an empty input', EMPTY],
    ['an ordinary input', ORDINARY],
  ] as const) {
    const evaluation = evaluate(input);
    if (evaluation.ok || evaluation.problem === 'undefined') continue;
    problems.push(`The policy fails on ${name}: ${evaluation.problem}.`);
  }
  return problems;
}

/** True unless it is certain that the answer does not allow. */
function allows(evaluation: Evaluation): boolean {
  if (!evaluation.ok) return false;
  try {
    const decision: unknown = JSON.parse(evaluation.output);
    if (typeof decision !== 'object' || decision === null) return decision === true;
    return 'allow' in decision && decision.allow !== false;
  } catch {
    return true;
  }
}
