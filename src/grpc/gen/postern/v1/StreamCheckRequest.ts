// Original file: proto/postern/v1/authorization.proto

import type { CheckRequest as _postern_v1_CheckRequest, CheckRequest__Output as _postern_v1_CheckRequest__Output } from '../../postern/v1/CheckRequest.ts';
import type { Outcome as _postern_v1_Outcome, Outcome__Output as _postern_v1_Outcome__Output } from '../../postern/v1/Outcome.ts';

export interface StreamCheckRequest {
  'check'?: (_postern_v1_CheckRequest | null);
  'outcome'?: (_postern_v1_Outcome | null);
  'message'?: "check"|"outcome";
}

export interface StreamCheckRequest__Output {
  'check'?: (_postern_v1_CheckRequest__Output | null);
  'outcome'?: (_postern_v1_Outcome__Output | null);
  'message'?: "check"|"outcome";
}
