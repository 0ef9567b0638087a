// One record of each kind, made of fictional facts by the real encoders.
import { hash } from 'node:crypto';
import { commitAll, type PrivateValue } from '../../src/core/commitment.ts';
import {
  encodeCheckFragment,
  encodeDecisionLeaf,
  encodePolicyFragment,
} from '../../src/core/decision-leaf.ts';
import {
  encodeAdmin,
  encodeErased,
  encodeLogOpened,
  encodeOutcome,
  encodePolicyEvent,
  encodeRecovered,
  encodeWindowClosed,
  encodeWindowOpened,
  type LeafPlace,
} from '../../src/core/leaf.ts';

const LOG_ID = '5d0c4a3b1e2f60718293a4b5c6d7e8f9';
const AT_US = 1_767_225_600_000_000;
const DECISION_ID = 'dec_1b671a64-40d5-491e-99b0-da01ff1f3341';
const KEY_ID = 'key_019b76da-a800-7c1e-9f00-3a5b8d2e4f61';
const WINDOW_ID = 'win_019b76da-b000-7d2f-8e11-4b6c9e3f5a72';
const REVISION = hash('sha256', 'a fictional revision');
const ACTOR = { identity: 'owner', listener: 'admin_unix' } as const;

export const PRIVATE_VALUES: readonly PrivateValue[] = [
  { field: 'resource_company_id', value: 'cmp_aurora' },
  { field: 'resource_id', value: 'account "7" é' },
  { field: 'source_ip', value: '192.0.2.7' },
  { field: 'user_agent', value: 'example-client/1.0' },
];

/** SHA-256 over the salt's bytes and the text, as the page says it. */
export function saltedHashByHand(saltHex: string, text: string): string {
  return hash('sha256', Buffer.concat([Buffer.from(saltHex, 'hex'), Buffer.from(text)]));
}

function commitmentsTo(values: readonly PrivateValue[]): string {
  const salt = (): string => '00112233445566778899aabbccddeeff';
  return commitAll(values, salt, saltedHashByHand).commitments;
}

const at = (index: number): LeafPlace => ({ logId: LOG_ID, index });

/** Allowed, with everything that a decision can hold. */
function allowedDecision(): string {
  const verdict = {
    subject: 'key',
    limit: 60,
    remaining: 59,
    resetAfterUs: 1_000_000,
    retryAfterUs: 0,
  } as const;
  return encodeDecisionLeaf({
    check: encodeCheckFragment({
      authentication: null,
      claims: 1,
      commitments: commitmentsTo(PRIVATE_VALUES),
      companyId: 'cmp_aurora',
      correlationId: 'corr-0042',
      environment: 'live',
      evaluatedAtUs: AT_US,
      keyId: KEY_ID,
      listener: 'decision_tcp',
      operation: 'payments.create',
      requestId: 'req-"quoted"-0001',
      resourceType: 'bank_account',
      revision: REVISION,
    }),
    decisionId: DECISION_ID,
    reason: 'allowed',
    index: 1,
    limits: [
      { ...verdict, name: 'key_per_minute', refused: false },
      {
        ...verdict,
        name: 'company_per_hour',
        subject: 'company',
        limit: 6_000,
        remaining: 5_999,
        refused: false,
      },
    ],
    logId: LOG_ID,
    policy: encodePolicyFragment({
      code: 'payments.second_factor',
      cost: 5,
      evaluationUs: 41,
      flags: [],
      labels: { risk: 'low', team: 'payments' },
      obligations: [{ name: 'mask_fields' }],
      reason: 'allowed',
    }),
    settledAtUs: AT_US + 350,
  });
}

/** Denied before anything was known. */
function refusedDecision(): string {
  return encodeDecisionLeaf({
    check: encodeCheckFragment({
      authentication: 'key_missing',
      claims: 0,
      commitments: commitmentsTo([]),
      companyId: null,
      correlationId: '',
      environment: 'live',
      evaluatedAtUs: AT_US + 1_000,
      keyId: null,
      listener: 'decision_unix',
      operation: 'payments.read',
      requestId: 'req-0002',
      resourceType: '',
      revision: null,
    }),
    decisionId: 'dec_6fa459ea-ee8a-4ca4-894e-db77e160355e',
    reason: 'key_missing',
    index: 2,
    limits: [],
    logId: LOG_ID,
    policy: '',
    settledAtUs: AT_US + 1_400,
  });
}

function windowLeaves(): readonly (readonly [string, string])[] {
  const source = saltedHashByHand('00112233445566778899aabbccddeeff', '"198.51.100.0/24"');
  return [
    [
      'window_opened',
      encodeWindowOpened(at(3), {
        windowId: WINDOW_ID,
        windowKind: 'source_failures',
        keyId: null,
        companyId: null,
        sourceCommitment: source,
        openedAtUs: AT_US + 2_000_000,
      }),
    ],
    [
      'window_closed',
      encodeWindowClosed(at(4), {
        windowId: WINDOW_ID,
        windowKind: 'source_failures',
        openedAtUs: AT_US + 2_000_000,
        closedAtUs: AT_US + 14_000_000,
        counts: [
          { keyId: KEY_ID, reason: 'key_revoked', count: 2 },
          { keyId: null, reason: 'key_unknown', count: 1_840 },
        ],
        because: 'idle',
      }),
    ],
  ];
}

function adminSide(): readonly (readonly [string, string])[] {
  return [
    [
      'admin',
      encodeAdmin(at(6), {
        action: 'set_key_status',
        actor: ACTOR,
        atUs: AT_US + 20_000_000,
        result: 'done',
        companyId: 'cmp_aurora',
        keyId: KEY_ID,
        requestId: null,
        details: { status: 'revoked', why: 'found in a public repository' },
      }),
    ],
    [
      'policy',
      encodePolicyEvent(at(7), {
        event: 'refused',
        revision: hash('sha256', 'a fictional candidate'),
        previous: REVISION,
        source: 'policies/',
        trust: 'unsigned',
        problems: [{ file: 'policies/postern/decision.rego', line: 12, message: 'var amount is unsafe' }],
        atUs: AT_US + 30_000_000,
      }),
    ],
  ];
}

/** Names of golden files, without extension, and the leaves that belong in them. */
export function sampleLeaves(): ReadonlyMap<string, string> {
  return new Map([
    ['log_opened', encodeLogOpened(at(0), { openedAtUs: AT_US - 60_000_000, software: 'postern 0.1.0' })],
    ['decision', allowedDecision()],
    ['decision-refused', refusedDecision()],
    ...windowLeaves(),
    [
      'outcome',
      encodeOutcome(at(5), {
        decisionId: DECISION_ID,
        decisionIndex: 1,
        status: 'downstream_error',
        httpStatus: 502,
        errorCategory: 'bank_timeout',
        reportedAtUs: AT_US + 16_000_000,
      }),
    ],
    ...adminSide(),
    ['recovered', encodeRecovered(at(8), { atUs: AT_US + 40_000_000, cause: 'write_failed', logSize: 8 })],
    [
      'erased',
      encodeErased(at(9), { atUs: AT_US + 50_000_000, indexes: [1], fields: ['source_ip', 'user_agent'] }),
    ],
  ]);
}
