// Original file: proto/postern/v1/authorization.proto

import type { OutcomeResult as _postern_v1_OutcomeResult, OutcomeResult__Output as _postern_v1_OutcomeResult__Output } from '../../postern/v1/OutcomeResult.ts';

export interface ReportOutcomesResponse {
  'results'?: (_postern_v1_OutcomeResult)[];
}

export interface ReportOutcomesResponse__Output {
  'results': (_postern_v1_OutcomeResult__Output)[];
}
