// Original file: proto/postern/v1/key.proto

import type { Key as _postern_v1_Key, Key__Output as _postern_v1_Key__Output } from '../../postern/v1/Key.ts';

export interface ListKeysResponse {
  'keys'?: (_postern_v1_Key)[];
  'nextPageToken'?: (string);
  'editedKeyIds'?: (string)[];
}

export interface ListKeysResponse__Output {
  'keys': (_postern_v1_Key__Output)[];
  'nextPageToken': (string);
  'editedKeyIds': (string)[];
}
