// Original file: proto/postern/v1/system.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { LedgerStatus as _postern_v1_LedgerStatus, LedgerStatus__Output as _postern_v1_LedgerStatus__Output } from '../../postern/v1/LedgerStatus.ts';
import type { ClockStatus as _postern_v1_ClockStatus, ClockStatus__Output as _postern_v1_ClockStatus__Output } from '../../postern/v1/ClockStatus.ts';
import type { EvaluatorStatus as _postern_v1_EvaluatorStatus, EvaluatorStatus__Output as _postern_v1_EvaluatorStatus__Output } from '../../postern/v1/EvaluatorStatus.ts';

export interface GetStatusResponse {
  'version'?: (string);
  'nodeVersion'?: (string);
  'sqliteVersion'?: (string);
  'startedAt'?: (_google_protobuf_Timestamp | null);
  'ready'?: (boolean);
  'notReadyBecause'?: (string)[];
  'ledger'?: (_postern_v1_LedgerStatus | null);
  'clock'?: (_postern_v1_ClockStatus | null);
  'evaluators'?: (_postern_v1_EvaluatorStatus)[];
  'decisionAddresses'?: (string)[];
  'environment'?: (string);
}

export interface GetStatusResponse__Output {
  'version': (string);
  'nodeVersion': (string);
  'sqliteVersion': (string);
  'startedAt': (_google_protobuf_Timestamp__Output | null);
  'ready': (boolean);
  'notReadyBecause': (string)[];
  'ledger': (_postern_v1_LedgerStatus__Output | null);
  'clock': (_postern_v1_ClockStatus__Output | null);
  'evaluators': (_postern_v1_EvaluatorStatus__Output)[];
  'decisionAddresses': (string)[];
  'environment': (string);
}
