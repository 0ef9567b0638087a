// Original file: proto/postern/v1/audit.proto

import type { AuditRecord as _postern_v1_AuditRecord, AuditRecord__Output as _postern_v1_AuditRecord__Output } from '../../postern/v1/AuditRecord.ts';

export interface TailRecordsResponse {
  'records'?: (_postern_v1_AuditRecord)[];
}

export interface TailRecordsResponse__Output {
  'records': (_postern_v1_AuditRecord__Output)[];
}
