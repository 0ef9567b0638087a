// Original file: proto/postern/v1/authorization.proto


// Original file: proto/postern/v1/authorization.proto

export const _postern_v1_OutcomeResult_State = {
  STATE_UNSPECIFIED: 'STATE_UNSPECIFIED',
  STATE_RECORDED: 'STATE_RECORDED',
  STATE_ALREADY_RECORDED: 'STATE_ALREADY_RECORDED',
  STATE_DECISION_UNKNOWN: 'STATE_DECISION_UNKNOWN',
} as const;

export type _postern_v1_OutcomeResult_State =
  | 'STATE_UNSPECIFIED'
  | 0
  | 'STATE_RECORDED'
  | 1
  | 'STATE_ALREADY_RECORDED'
  | 2
  | 'STATE_DECISION_UNKNOWN'
  | 3

export type _postern_v1_OutcomeResult_State__Output = typeof _postern_v1_OutcomeResult_State[keyof typeof _postern_v1_OutcomeResult_State]

export interface OutcomeResult {
  'decisionId'?: (string);
  'state'?: (_postern_v1_OutcomeResult_State);
}

export interface OutcomeResult__Output {
  'decisionId': (string);
  'state': (_postern_v1_OutcomeResult_State__Output);
}
