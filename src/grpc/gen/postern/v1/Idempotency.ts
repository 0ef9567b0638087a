// Original file: proto/postern/v1/authorization.proto

import type { Outcome as _postern_v1_Outcome, Outcome__Output as _postern_v1_Outcome__Output } from '../../postern/v1/Outcome.ts';

// Original file: proto/postern/v1/authorization.proto

export const _postern_v1_Idempotency_State = {
  STATE_UNSPECIFIED: 'STATE_UNSPECIFIED',
  STATE_FIRST: 'STATE_FIRST',
  STATE_IN_PROGRESS: 'STATE_IN_PROGRESS',
  STATE_DONE: 'STATE_DONE',
  STATE_UNKNOWN: 'STATE_UNKNOWN',
} as const;

export type _postern_v1_Idempotency_State =
  | 'STATE_UNSPECIFIED'
  | 0
  | 'STATE_FIRST'
  | 1
  | 'STATE_IN_PROGRESS'
  | 2
  | 'STATE_DONE'
  | 3
  | 'STATE_UNKNOWN'
  | 4

export type _postern_v1_Idempotency_State__Output = typeof _postern_v1_Idempotency_State[keyof typeof _postern_v1_Idempotency_State]

export interface Idempotency {
  'state'?: (_postern_v1_Idempotency_State);
  'firstDecisionId'?: (string);
  'outcome'?: (_postern_v1_Outcome | null);
}

export interface Idempotency__Output {
  'state': (_postern_v1_Idempotency_State__Output);
  'firstDecisionId': (string);
  'outcome': (_postern_v1_Outcome__Output | null);
}
