// Original file: proto/postern/v1/key.proto


export interface ActivateKeyRequest {
  'keyId'?: (string);
}

export interface ActivateKeyRequest__Output {
  'keyId': (string);
}
