// Original file: proto/postern/v1/policy.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { PolicyProblem as _postern_v1_PolicyProblem, PolicyProblem__Output as _postern_v1_PolicyProblem__Output } from '../../postern/v1/PolicyProblem.ts';

export interface PolicyRefusal {
  'refusedAt'?: (_google_protobuf_Timestamp | null);
  'revision'?: (string);
  'problems'?: (_postern_v1_PolicyProblem)[];
}

export interface PolicyRefusal__Output {
  'refusedAt': (_google_protobuf_Timestamp__Output | null);
  'revision': (string);
  'problems': (_postern_v1_PolicyProblem__Output)[];
}
