// Original file: proto/postern/v1/authorization.proto

import type { Outcome as _postern_v1_Outcome, Outcome__Output as _postern_v1_Outcome__Output } from '../../postern/v1/Outcome.ts';

export interface ReportOutcomesRequest {
  'outcomes'?: (_postern_v1_Outcome)[];
}

export interface ReportOutcomesRequest__Output {
  'outcomes': (_postern_v1_Outcome__Output)[];
}
