// Original file: proto/postern/v1/company.proto


export interface SuspendCompanyRequest {
  'companyId'?: (string);
  'reason'?: (string);
}

export interface SuspendCompanyRequest__Output {
  'companyId': (string);
  'reason': (string);
}
