// Original file: proto/postern/v1/authorization.proto

import type { CheckResponse as _postern_v1_CheckResponse, CheckResponse__Output as _postern_v1_CheckResponse__Output } from '../../postern/v1/CheckResponse.ts';
import type { Status as _google_rpc_Status, Status__Output as _google_rpc_Status__Output } from '../../google/rpc/Status.ts';
import type { OutcomeResult as _postern_v1_OutcomeResult, OutcomeResult__Output as _postern_v1_OutcomeResult__Output } from '../../postern/v1/OutcomeResult.ts';

export interface StreamResult {
  'id'?: (string);
  'response'?: (_postern_v1_CheckResponse | null);
  'error'?: (_google_rpc_Status | null);
  'outcome'?: (_postern_v1_OutcomeResult | null);
  'result'?: "response"|"error"|"outcome";
}

export interface StreamResult__Output {
  'id': (string);
  'response'?: (_postern_v1_CheckResponse__Output | null);
  'error'?: (_google_rpc_Status__Output | null);
  'outcome'?: (_postern_v1_OutcomeResult__Output | null);
  'result'?: "response"|"error"|"outcome";
}
