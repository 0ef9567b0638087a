// Original file: proto/postern/v1/system.proto


export interface EvaluatorStatus {
  'number'?: (number);
  'state'?: (string);
  'kills'?: (number);
}

export interface EvaluatorStatus__Output {
  'number': (number);
  'state': (string);
  'kills': (number);
}
