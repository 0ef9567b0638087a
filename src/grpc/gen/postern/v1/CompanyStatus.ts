// Original file: proto/postern/v1/company.proto

export const CompanyStatus = {
  COMPANY_STATUS_UNSPECIFIED: 'COMPANY_STATUS_UNSPECIFIED',
  COMPANY_STATUS_ACTIVE: 'COMPANY_STATUS_ACTIVE',
  COMPANY_STATUS_SUSPENDED: 'COMPANY_STATUS_SUSPENDED',
  COMPANY_STATUS_CLOSED: 'COMPANY_STATUS_CLOSED',
} as const;

export type CompanyStatus =
  | 'COMPANY_STATUS_UNSPECIFIED'
  | 0
  | 'COMPANY_STATUS_ACTIVE'
  | 1
  | 'COMPANY_STATUS_SUSPENDED'
  | 2
  | 'COMPANY_STATUS_CLOSED'
  | 3

export type CompanyStatus__Output = typeof CompanyStatus[keyof typeof CompanyStatus]
