// Original file: proto/postern/v1/authorization.proto


export interface Subject {
  'companyId'?: (string);
  'keyId'?: (string);
  'scopes'?: (string)[];
}

export interface Subject__Output {
  'companyId': (string);
  'keyId': (string);
  'scopes': (string)[];
}
