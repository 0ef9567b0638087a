// Original file: proto/postern/v1/authorization.proto

import type { Long } from '@grpc/proto-loader';

export interface AuditRecordRef {
  'logId'?: (string);
  'index'?: (number | string | Long);
  'leaf'?: (Buffer | Uint8Array | string);
  'windowId'?: (string);
}

export interface AuditRecordRef__Output {
  'logId': (string);
  'index': (string);
  'leaf': (Buffer);
  'windowId': (string);
}
