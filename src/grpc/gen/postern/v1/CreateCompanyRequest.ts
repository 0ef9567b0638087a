// Original file: proto/postern/v1/company.proto


export interface CreateCompanyRequest {
  'companyId'?: (string);
  'plan'?: (string);
  'label'?: (string);
}

export interface CreateCompanyRequest__Output {
  'companyId': (string);
  'plan': (string);
  'label': (string);
}
