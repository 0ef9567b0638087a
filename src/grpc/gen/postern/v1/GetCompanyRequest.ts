// Original file: proto/postern/v1/company.proto


export interface GetCompanyRequest {
  'companyId'?: (string);
}

export interface GetCompanyRequest__Output {
  'companyId': (string);
}
