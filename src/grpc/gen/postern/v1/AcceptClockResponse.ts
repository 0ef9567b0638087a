// Original file: proto/postern/v1/system.proto

import type { ClockStatus as _postern_v1_ClockStatus, ClockStatus__Output as _postern_v1_ClockStatus__Output } from '../../postern/v1/ClockStatus.ts';

export interface AcceptClockResponse {
  'clock'?: (_postern_v1_ClockStatus | null);
}

export interface AcceptClockResponse__Output {
  'clock': (_postern_v1_ClockStatus__Output | null);
}
