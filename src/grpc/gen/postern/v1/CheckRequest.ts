// Original file: proto/postern/v1/authorization.proto

import type { Resource as _postern_v1_Resource, Resource__Output as _postern_v1_Resource__Output } from '../../postern/v1/Resource.ts';
import type { Source as _postern_v1_Source, Source__Output as _postern_v1_Source__Output } from '../../postern/v1/Source.ts';
import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from '../../google/protobuf/Struct.ts';
import type { WantGrant as _postern_v1_WantGrant, WantGrant__Output as _postern_v1_WantGrant__Output } from '../../postern/v1/WantGrant.ts';

export interface CheckRequest {
  'requestId'?: (string);
  'correlationId'?: (string);
  'apiKey'?: (string);
  'grant'?: (string);
  'bearerToken'?: (string);
  'operation'?: (string);
  'resource'?: (_postern_v1_Resource | null);
  'claimedCompanyIds'?: (string)[];
  'source'?: (_postern_v1_Source | null);
  'cost'?: (number);
  'context'?: (_google_protobuf_Struct | null);
  'idempotencyKey'?: (string);
  'requestFingerprint'?: (Buffer | Uint8Array | string);
  'wantGrant'?: (_postern_v1_WantGrant | null);
  'credential'?: "apiKey"|"grant"|"bearerToken";
}

export interface CheckRequest__Output {
  'requestId': (string);
  'correlationId': (string);
  'apiKey'?: (string);
  'grant'?: (string);
  'bearerToken'?: (string);
  'operation': (string);
  'resource': (_postern_v1_Resource__Output | null);
  'claimedCompanyIds': (string)[];
  'source': (_postern_v1_Source__Output | null);
  'cost': (number);
  'context': (_google_protobuf_Struct__Output | null);
  'idempotencyKey': (string);
  'requestFingerprint': (Buffer);
  'wantGrant': (_postern_v1_WantGrant__Output | null);
  'credential'?: "apiKey"|"grant"|"bearerToken";
}
