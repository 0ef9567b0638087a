// Original file: proto/postern/v1/authorization.proto


export interface Source {
  'ip'?: (string);
  'userAgent'?: (string);
}

export interface Source__Output {
  'ip': (string);
  'userAgent': (string);
}
