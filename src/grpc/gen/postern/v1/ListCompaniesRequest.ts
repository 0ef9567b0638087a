// Original file: proto/postern/v1/company.proto

import type { CompanyStatus as _postern_v1_CompanyStatus, CompanyStatus__Output as _postern_v1_CompanyStatus__Output } from '../../postern/v1/CompanyStatus.ts';

export interface ListCompaniesRequest {
  'status'?: (_postern_v1_CompanyStatus);
  'pageSize'?: (number);
  'pageToken'?: (string);
}

export interface ListCompaniesRequest__Output {
  'status': (_postern_v1_CompanyStatus__Output);
  'pageSize': (number);
  'pageToken': (string);
}
