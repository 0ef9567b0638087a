// Original file: proto/postern/v1/policy.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { PolicyRefusal as _postern_v1_PolicyRefusal, PolicyRefusal__Output as _postern_v1_PolicyRefusal__Output } from '../../postern/v1/PolicyRefusal.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetPolicyStatusResponse {
  'activeRevision'?: (string);
  'activatedAt'?: (_google_protobuf_Timestamp | null);
  'source'?: (string);
  'trust'?: (string);
  'lastRefusal'?: (_postern_v1_PolicyRefusal | null);
  'generation'?: (number | string | Long);
}

export interface GetPolicyStatusResponse__Output {
  'activeRevision': (string);
  'activatedAt': (_google_protobuf_Timestamp__Output | null);
  'source': (string);
  'trust': (string);
  'lastRefusal': (_postern_v1_PolicyRefusal__Output | null);
  'generation': (string);
}
