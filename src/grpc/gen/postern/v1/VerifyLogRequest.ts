// Original file: proto/postern/v1/audit.proto

import type { Long } from '@grpc/proto-loader';

export interface VerifyLogRequest {
  'progressEvery'?: (number | string | Long);
}

export interface VerifyLogRequest__Output {
  'progressEvery': (string);
}
