// Original file: proto/postern/v1/audit.proto

import type { VerifyResult as _postern_v1_VerifyResult, VerifyResult__Output as _postern_v1_VerifyResult__Output } from '../../postern/v1/VerifyResult.ts';
import type { Long } from '@grpc/proto-loader';

export interface VerifyLogResponse {
  'records'?: (number | string | Long);
  'logSize'?: (number | string | Long);
  'result'?: (_postern_v1_VerifyResult | null);
}

export interface VerifyLogResponse__Output {
  'records': (string);
  'logSize': (string);
  'result': (_postern_v1_VerifyResult__Output | null);
}
