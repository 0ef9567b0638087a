// Original file: proto/postern/v1/key.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';

export interface CreateKeyRequest {
  'requestId'?: (string);
  'companyId'?: (string);
  'environment'?: (string);
  'label'?: (string);
  'scopes'?: (string)[];
  'networks'?: (string)[];
  'notBefore'?: (_google_protobuf_Timestamp | null);
  'expiresAt'?: (_google_protobuf_Timestamp | null);
}

export interface CreateKeyRequest__Output {
  'requestId': (string);
  'companyId': (string);
  'environment': (string);
  'label': (string);
  'scopes': (string)[];
  'networks': (string)[];
  'notBefore': (_google_protobuf_Timestamp__Output | null);
  'expiresAt': (_google_protobuf_Timestamp__Output | null);
}
