// Original file: proto/postern/v1/key.proto

import type { KeyStatus as _postern_v1_KeyStatus, KeyStatus__Output as _postern_v1_KeyStatus__Output } from '../../postern/v1/KeyStatus.ts';

export interface ListKeysRequest {
  'companyId'?: (string);
  'status'?: (_postern_v1_KeyStatus);
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListKeysRequest__Output {
  'companyId': (string);
  'status': (_postern_v1_KeyStatus__Output);
  'pageSize': (number);
  'pageToken': (string);
}
