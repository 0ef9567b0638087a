// Original file: proto/postern/v1/authorization.proto


export interface PublicError {
  'httpStatus'?: (number);
  'code'?: (string);
  'message'?: (string);
}

export interface PublicError__Output {
  'httpStatus': (number);
  'code': (string);
  'message': (string);
}
