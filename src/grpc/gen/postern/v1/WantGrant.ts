// Original file: proto/postern/v1/authorization.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface WantGrant {
  'operations'?: (string)[];
  'ttl'?: (_google_protobuf_Duration | null);
  'audience'?: (string);
}

export interface WantGrant__Output {
  'operations': (string)[];
  'ttl': (_google_protobuf_Duration__Output | null);
  'audience': (string);
}
