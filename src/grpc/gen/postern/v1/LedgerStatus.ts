// Original file: proto/postern/v1/system.proto

import type { Long } from '@grpc/proto-loader';

export interface LedgerStatus {
  'logId'?: (string);
  'logSize'?: (number | string | Long);
  'rootHash'?: (Buffer | Uint8Array | string);
  'durability'?: (string);
  'writable'?: (boolean);
  'indexed'?: (number | string | Long);
  'dataDirectory'?: (string);
}

export interface LedgerStatus__Output {
  'logId': (string);
  'logSize': (string);
  'rootHash': (Buffer);
  'durability': (string);
  'writable': (boolean);
  'indexed': (string);
  'dataDirectory': (string);
}
