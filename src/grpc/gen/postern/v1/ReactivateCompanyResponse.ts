// Original file: proto/postern/v1/company.proto

import type { Company as _postern_v1_Company, Company__Output as _postern_v1_Company__Output } from '../../postern/v1/Company.ts';

export interface ReactivateCompanyResponse {
  'company'?: (_postern_v1_Company | null);
}

export interface ReactivateCompanyResponse__Output {
  'company': (_postern_v1_Company__Output | null);
}
