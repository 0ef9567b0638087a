// Original file: proto/postern/v1/system.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

export interface ClockStatus {
  'now'?: (_google_protobuf_Timestamp | null);
  'wallOffset'?: (_google_protobuf_Duration | null);
  'jumpPending'?: (boolean);
}

export interface ClockStatus__Output {
  'now': (_google_protobuf_Timestamp__Output | null);
  'wallOffset': (_google_protobuf_Duration__Output | null);
  'jumpPending': (boolean);
}
