// Original file: proto/postern/v1/policy.proto


export interface PolicyProblem {
  'file'?: (string);
  'line'?: (number);
  'message'?: (string);
}

export interface PolicyProblem__Output {
  'file': (string);
  'line': (number);
  'message': (string);
}
