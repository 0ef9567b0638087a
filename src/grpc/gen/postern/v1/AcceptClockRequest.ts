// Original file: proto/postern/v1/system.proto


export interface AcceptClockRequest {
  'reason'?: (string);
}

export interface AcceptClockRequest__Output {
  'reason': (string);
}
