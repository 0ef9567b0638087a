// Original file: proto/postern/v1/key.proto


export interface DeactivateKeyRequest {
  'keyId'?: (string);
}

export interface DeactivateKeyRequest__Output {
  'keyId': (string);
}
