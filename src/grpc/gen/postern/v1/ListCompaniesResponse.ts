// Original file: proto/postern/v1/company.proto

import type { Company as _postern_v1_Company, Company__Output as _postern_v1_Company__Output } from '../../postern/v1/Company.ts';

export interface ListCompaniesResponse {
  'companies'?: (_postern_v1_Company)[];
  'nextPageToken'?: (string);
  'editedCompanyIds'?: (string)[];
}

export interface ListCompaniesResponse__Output {
  'companies': (_postern_v1_Company__Output)[];
  'nextPageToken': (string);
  'editedCompanyIds': (string)[];
}
