// Original file: proto/postern/v1/authorization.proto


// Original file: proto/postern/v1/authorization.proto

export const _postern_v1_Outcome_Status = {
  STATUS_UNSPECIFIED: 'STATUS_UNSPECIFIED',
  STATUS_SUCCESS: 'STATUS_SUCCESS',
  STATUS_CLIENT_ERROR: 'STATUS_CLIENT_ERROR',
  STATUS_SERVER_ERROR: 'STATUS_SERVER_ERROR',
  STATUS_DOWNSTREAM_ERROR: 'STATUS_DOWNSTREAM_ERROR',
  STATUS_UNKNOWN: 'STATUS_UNKNOWN',
} as const;

export type _postern_v1_Outcome_Status =
  | 'STATUS_UNSPECIFIED'
  | 0
  | 'STATUS_SUCCESS'
  | 1
  | 'STATUS_CLIENT_ERROR'
  | 2
  | 'STATUS_SERVER_ERROR'
  | 3
  | 'STATUS_DOWNSTREAM_ERROR'
  | 4
  | 'STATUS_UNKNOWN'
  | 5

export type _postern_v1_Outcome_Status__Output = typeof _postern_v1_Outcome_Status[keyof typeof _postern_v1_Outcome_Status]

export interface Outcome {
  'decisionId'?: (string);
  'status'?: (_postern_v1_Outcome_Status);
  'httpStatus'?: (number);
  'errorCategory'?: (string);
}

export interface Outcome__Output {
  'decisionId': (string);
  'status': (_postern_v1_Outcome_Status__Output);
  'httpStatus': (number);
  'errorCategory': (string);
}
