// Original file: proto/postern/v1/key.proto

import type { KeyStatus as _postern_v1_KeyStatus, KeyStatus__Output as _postern_v1_KeyStatus__Output } from '../../postern/v1/KeyStatus.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Key {
  'keyId'?: (string);
  'companyId'?: (string);
  'status'?: (_postern_v1_KeyStatus);
  'environment'?: (string);
  'label'?: (string);
  'scopes'?: (string)[];
  'networks'?: (string)[];
  'createdAt'?: (_google_protobuf_Timestamp | null);
  'notBefore'?: (_google_protobuf_Timestamp | null);
  'expiresAt'?: (_google_protobuf_Timestamp | null);
  'lastUsedAt'?: (_google_protobuf_Timestamp | null);
  'version'?: (number | string | Long);
  'revokedReason'?: (string);
}

export interface Key__Output {
  'keyId': (string);
  'companyId': (string);
  'status': (_postern_v1_KeyStatus__Output);
  'environment': (string);
  'label': (string);
  'scopes': (string)[];
  'networks': (string)[];
  'createdAt': (_google_protobuf_Timestamp__Output | null);
  'notBefore': (_google_protobuf_Timestamp__Output | null);
  'expiresAt': (_google_protobuf_Timestamp__Output | null);
  'lastUsedAt': (_google_protobuf_Timestamp__Output | null);
  'version': (string);
  'revokedReason': (string);
}
