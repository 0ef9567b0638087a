// Original file: proto/postern/v1/audit.proto

import type { Long } from '@grpc/proto-loader';

export interface VerifyResult {
  'ok'?: (boolean);
  'rootHash'?: (Buffer | Uint8Array | string);
  'firstBadIndex'?: (number | string | Long);
  'problem'?: (string);
  'logId'?: (string);
  '_firstBadIndex'?: "firstBadIndex";
}

export interface VerifyResult__Output {
  'ok': (boolean);
  'rootHash': (Buffer);
  'firstBadIndex'?: (string);
  'problem': (string);
  'logId': (string);
  '_firstBadIndex'?: "firstBadIndex";
}
