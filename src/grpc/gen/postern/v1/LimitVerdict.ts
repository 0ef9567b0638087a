// Original file: proto/postern/v1/authorization.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Long } from '@grpc/proto-loader';

export interface LimitVerdict {
  'name'?: (string);
  'subject'?: (string);
  'limit'?: (number | string | Long);
  'remaining'?: (number | string | Long);
  'resetAfter'?: (_google_protobuf_Duration | null);
  'retryAfter'?: (_google_protobuf_Duration | null);
  'refused'?: (boolean);
}

export interface LimitVerdict__Output {
  'name': (string);
  'subject': (string);
  'limit': (string);
  'remaining': (string);
  'resetAfter': (_google_protobuf_Duration__Output | null);
  'retryAfter': (_google_protobuf_Duration__Output | null);
  'refused': (boolean);
}
