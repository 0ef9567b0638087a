// Original file: proto/postern/v1/key.proto

import type { Key as _postern_v1_Key, Key__Output as _postern_v1_Key__Output } from '../../postern/v1/Key.ts';

export interface CreateKeyResponse {
  'key'?: (_postern_v1_Key | null);
  'secret'?: (string);
}

export interface CreateKeyResponse__Output {
  'key': (_postern_v1_Key__Output | null);
  'secret': (string);
}
