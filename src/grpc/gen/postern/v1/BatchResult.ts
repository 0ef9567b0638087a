// Original file: proto/postern/v1/authorization.proto

import type { CheckResponse as _postern_v1_CheckResponse, CheckResponse__Output as _postern_v1_CheckResponse__Output } from '../../postern/v1/CheckResponse.ts';
import type { Status as _google_rpc_Status, Status__Output as _google_rpc_Status__Output } from '../../google/rpc/Status.ts';

export interface BatchResult {
  'response'?: (_postern_v1_CheckResponse | null);
  'error'?: (_google_rpc_Status | null);
  'result'?: "response"|"error";
}

export interface BatchResult__Output {
  'response'?: (_postern_v1_CheckResponse__Output | null);
  'error'?: (_google_rpc_Status__Output | null);
  'result'?: "response"|"error";
}
