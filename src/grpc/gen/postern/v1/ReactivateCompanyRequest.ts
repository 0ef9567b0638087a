// Original file: proto/postern/v1/company.proto


export interface ReactivateCompanyRequest {
  'companyId'?: (string);
}

export interface ReactivateCompanyRequest__Output {
  'companyId': (string);
}
