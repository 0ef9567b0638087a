// Original file: proto/postern/v1/authorization.proto

import type { BatchResult as _postern_v1_BatchResult, BatchResult__Output as _postern_v1_BatchResult__Output } from '../../postern/v1/BatchResult.ts';

export interface BatchCheckResponse {
  'results'?: (_postern_v1_BatchResult)[];
}

export interface BatchCheckResponse__Output {
  'results': (_postern_v1_BatchResult__Output)[];
}
