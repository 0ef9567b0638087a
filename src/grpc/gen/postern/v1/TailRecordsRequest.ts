// Original file: proto/postern/v1/audit.proto

import type { RecordFilter as _postern_v1_RecordFilter, RecordFilter__Output as _postern_v1_RecordFilter__Output } from '../../postern/v1/RecordFilter.ts';
import type { Long } from '@grpc/proto-loader';

export interface TailRecordsRequest {
  'fromIndex'?: (number | string | Long);
  'filter'?: (_postern_v1_RecordFilter | null);
  'stopAtEnd'?: (boolean);
  '_fromIndex'?: "fromIndex";
}

export interface TailRecordsRequest__Output {
  'fromIndex'?: (string);
  'filter': (_postern_v1_RecordFilter__Output | null);
  'stopAtEnd': (boolean);
  '_fromIndex'?: "fromIndex";
}
