// Original file: proto/postern/v1/authorization.proto

import type { StreamResult as _postern_v1_StreamResult, StreamResult__Output as _postern_v1_StreamResult__Output } from '../../postern/v1/StreamResult.ts';

export interface StreamCheckResponse {
  'results'?: (_postern_v1_StreamResult)[];
}

export interface StreamCheckResponse__Output {
  'results': (_postern_v1_StreamResult__Output)[];
}
