// Original file: proto/postern/v1/authorization.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface Grant {
  'token'?: (string);
  'expiresAt'?: (_google_protobuf_Timestamp | null);
}

export interface Grant__Output {
  'token': (string);
  'expiresAt': (_google_protobuf_Timestamp__Output | null);
}
