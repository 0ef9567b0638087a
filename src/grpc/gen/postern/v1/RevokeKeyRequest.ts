// Original file: proto/postern/v1/key.proto


export interface RevokeKeyRequest {
  'keyId'?: (string);
  'reason'?: (string);
}

export interface RevokeKeyRequest__Output {
  'keyId': (string);
  'reason': (string);
}
