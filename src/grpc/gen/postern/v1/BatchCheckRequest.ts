// Original file: proto/postern/v1/authorization.proto

import type { Source as _postern_v1_Source, Source__Output as _postern_v1_Source__Output } from '../../postern/v1/Source.ts';
import type { BatchItem as _postern_v1_BatchItem, BatchItem__Output as _postern_v1_BatchItem__Output } from '../../postern/v1/BatchItem.ts';

export interface BatchCheckRequest {
  'apiKey'?: (string);
  'grant'?: (string);
  'bearerToken'?: (string);
  'source'?: (_postern_v1_Source | null);
  'items'?: (_postern_v1_BatchItem)[];
  'credential'?: "apiKey"|"grant"|"bearerToken";
}

export interface BatchCheckRequest__Output {
  'apiKey'?: (string);
  'grant'?: (string);
  'bearerToken'?: (string);
  'source': (_postern_v1_Source__Output | null);
  'items': (_postern_v1_BatchItem__Output)[];
  'credential'?: "apiKey"|"grant"|"bearerToken";
}
