// Original file: proto/postern/v1/audit.proto

import type { AuditRecord as _postern_v1_AuditRecord, AuditRecord__Output as _postern_v1_AuditRecord__Output } from '../../postern/v1/AuditRecord.ts';
import type { Long } from '@grpc/proto-loader';

export interface QueryRecordsResponse {
  'records'?: (_postern_v1_AuditRecord)[];
  'nextPageToken'?: (string);
  'completeBelow'?: (number | string | Long);
  'logSize'?: (number | string | Long);
}

export interface QueryRecordsResponse__Output {
  'records': (_postern_v1_AuditRecord__Output)[];
  'nextPageToken': (string);
  'completeBelow': (string);
  'logSize': (string);
}
