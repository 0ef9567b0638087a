// Original file: proto/postern/v1/audit.proto

import type { Long } from '@grpc/proto-loader';

export interface AuditRecord {
  'logId'?: (string);
  'index'?: (number | string | Long);
  'leaf'?: (Buffer | Uint8Array | string);
  'private'?: (Buffer | Uint8Array | string);
}

export interface AuditRecord__Output {
  'logId': (string);
  'index': (string);
  'leaf': (Buffer);
  'private': (Buffer);
}
