// Original file: proto/postern/v1/key.proto


export interface GetKeyRequest {
  'keyId'?: (string);
}

export interface GetKeyRequest__Output {
  'keyId': (string);
}
