// Original file: proto/postern/v1/audit.proto

import type { Effect as _postern_v1_Effect, Effect__Output as _postern_v1_Effect__Output } from '../../postern/v1/Effect.ts';
import type { Reason as _postern_v1_Reason, Reason__Output as _postern_v1_Reason__Output } from '../../postern/v1/Reason.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface RecordFilter {
  'kinds'?: (string)[];
  'companyId'?: (string);
  'keyId'?: (string);
  'operation'?: (string);
  'effect'?: (_postern_v1_Effect);
  'reasons'?: (_postern_v1_Reason)[];
  'requestId'?: (string);
  'correlationId'?: (string);
  'decisionId'?: (string);
  'since'?: (_google_protobuf_Timestamp | null);
  'until'?: (_google_protobuf_Timestamp | null);
}

export interface RecordFilter__Output {
  'kinds': (string)[];
  'companyId': (string);
  'keyId': (string);
  'operation': (string);
  'effect': (_postern_v1_Effect__Output);
  'reasons': (_postern_v1_Reason__Output)[];
  'requestId': (string);
  'correlationId': (string);
  'decisionId': (string);
  'since': (_google_protobuf_Timestamp__Output | null);
  'until': (_google_protobuf_Timestamp__Output | null);
}
