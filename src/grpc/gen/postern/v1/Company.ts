// Original file: proto/postern/v1/company.proto

import type { CompanyStatus as _postern_v1_CompanyStatus, CompanyStatus__Output as _postern_v1_CompanyStatus__Output } from '../../postern/v1/CompanyStatus.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Long } from '@grpc/proto-loader';

export interface Company {
  'companyId'?: (string);
  'status'?: (_postern_v1_CompanyStatus);
  'plan'?: (string);
  'label'?: (string);
  'createdAt'?: (_google_protobuf_Timestamp | null);
  'version'?: (number | string | Long);
}

export interface Company__Output {
  'companyId': (string);
  'status': (_postern_v1_CompanyStatus__Output);
  'plan': (string);
  'label': (string);
  'createdAt': (_google_protobuf_Timestamp__Output | null);
  'version': (string);
}
