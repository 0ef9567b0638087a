// Original file: proto/postern/v1/audit.proto

import type { RecordFilter as _postern_v1_RecordFilter, RecordFilter__Output as _postern_v1_RecordFilter__Output } from '../../postern/v1/RecordFilter.ts';

export interface QueryRecordsRequest {
  'filter'?: (_postern_v1_RecordFilter | null);
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface QueryRecordsRequest__Output {
  'filter': (_postern_v1_RecordFilter__Output | null);
  'pageSize': (number);
  'pageToken': (string);
}
