// Original file: proto/postern/v1/authorization.proto

import type { Struct as _google_protobuf_Struct, Struct__Output as _google_protobuf_Struct__Output } from '../../google/protobuf/Struct.ts';

export interface Obligation {
  'name'?: (string);
  'parameters'?: (_google_protobuf_Struct | null);
}

export interface Obligation__Output {
  'name': (string);
  'parameters': (_google_protobuf_Struct__Output | null);
}
