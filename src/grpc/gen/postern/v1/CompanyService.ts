// Original file: proto/postern/v1/company.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CreateCompanyRequest as _postern_v1_CreateCompanyRequest, CreateCompanyRequest__Output as _postern_v1_CreateCompanyRequest__Output } from '../../postern/v1/CreateCompanyRequest.ts';
import type { CreateCompanyResponse as _postern_v1_CreateCompanyResponse, CreateCompanyResponse__Output as _postern_v1_CreateCompanyResponse__Output } from '../../postern/v1/CreateCompanyResponse.ts';
import type { GetCompanyRequest as _postern_v1_GetCompanyRequest, GetCompanyRequest__Output as _postern_v1_GetCompanyRequest__Output } from '../../postern/v1/GetCompanyRequest.ts';
import type { GetCompanyResponse as _postern_v1_GetCompanyResponse, GetCompanyResponse__Output as _postern_v1_GetCompanyResponse__Output } from '../../postern/v1/GetCompanyResponse.ts';
import type { ListCompaniesRequest as _postern_v1_ListCompaniesRequest, ListCompaniesRequest__Output as _postern_v1_ListCompaniesRequest__Output } from '../../postern/v1/ListCompaniesRequest.ts';
import type { ListCompaniesResponse as _postern_v1_ListCompaniesResponse, ListCompaniesResponse__Output as _postern_v1_ListCompaniesResponse__Output } from '../../postern/v1/ListCompaniesResponse.ts';
import type { ReactivateCompanyRequest as _postern_v1_ReactivateCompanyRequest, ReactivateCompanyRequest__Output as _postern_v1_ReactivateCompanyRequest__Output } from '../../postern/v1/ReactivateCompanyRequest.ts';
import type { ReactivateCompanyResponse as _postern_v1_ReactivateCompanyResponse, ReactivateCompanyResponse__Output as _postern_v1_ReactivateCompanyResponse__Output } from '../../postern/v1/ReactivateCompanyResponse.ts';
import type { SuspendCompanyRequest as _postern_v1_SuspendCompanyRequest, SuspendCompanyRequest__Output as _postern_v1_SuspendCompanyRequest__Output } from '../../postern/v1/SuspendCompanyRequest.ts';
import type { SuspendCompanyResponse as _postern_v1_SuspendCompanyResponse, SuspendCompanyResponse__Output as _postern_v1_SuspendCompanyResponse__Output } from '../../postern/v1/SuspendCompanyResponse.ts';

export interface CompanyServiceClient extends grpc.Client {
  CreateCompany(argument: _postern_v1_CreateCompanyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CreateCompanyResponse__Output>): grpc.ClientUnaryCall;
  CreateCompany(argument: _postern_v1_CreateCompanyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_CreateCompanyResponse__Output>): grpc.ClientUnaryCall;
  CreateCompany(argument: _postern_v1_CreateCompanyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CreateCompanyResponse__Output>): grpc.ClientUnaryCall;
  CreateCompany(argument: _postern_v1_CreateCompanyRequest, callback: grpc.requestCallback<_postern_v1_CreateCompanyResponse__Output>): grpc.ClientUnaryCall;
  createCompany(argument: _postern_v1_CreateCompanyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CreateCompanyResponse__Output>): grpc.ClientUnaryCall;
  createCompany(argument: _postern_v1_CreateCompanyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_CreateCompanyResponse__Output>): grpc.ClientUnaryCall;
  createCompany(argument: _postern_v1_CreateCompanyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_CreateCompanyResponse__Output>): grpc.ClientUnaryCall;
  createCompany(argument: _postern_v1_CreateCompanyRequest, callback: grpc.requestCallback<_postern_v1_CreateCompanyResponse__Output>): grpc.ClientUnaryCall;
  
  GetCompany(argument: _postern_v1_GetCompanyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetCompanyResponse__Output>): grpc.ClientUnaryCall;
  GetCompany(argument: _postern_v1_GetCompanyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_GetCompanyResponse__Output>): grpc.ClientUnaryCall;
  GetCompany(argument: _postern_v1_GetCompanyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetCompanyResponse__Output>): grpc.ClientUnaryCall;
  GetCompany(argument: _postern_v1_GetCompanyRequest, callback: grpc.requestCallback<_postern_v1_GetCompanyResponse__Output>): grpc.ClientUnaryCall;
  getCompany(argument: _postern_v1_GetCompanyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetCompanyResponse__Output>): grpc.ClientUnaryCall;
  getCompany(argument: _postern_v1_GetCompanyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_GetCompanyResponse__Output>): grpc.ClientUnaryCall;
  getCompany(argument: _postern_v1_GetCompanyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetCompanyResponse__Output>): grpc.ClientUnaryCall;
  getCompany(argument: _postern_v1_GetCompanyRequest, callback: grpc.requestCallback<_postern_v1_GetCompanyResponse__Output>): grpc.ClientUnaryCall;
  
  ListCompanies(argument: _postern_v1_ListCompaniesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ListCompaniesResponse__Output>): grpc.ClientUnaryCall;
  ListCompanies(argument: _postern_v1_ListCompaniesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_ListCompaniesResponse__Output>): grpc.ClientUnaryCall;
  ListCompanies(argument: _postern_v1_ListCompaniesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ListCompaniesResponse__Output>): grpc.ClientUnaryCall;
  ListCompanies(argument: _postern_v1_ListCompaniesRequest, callback: grpc.requestCallback<_postern_v1_ListCompaniesResponse__Output>): grpc.ClientUnaryCall;
  listCompanies(argument: _postern_v1_ListCompaniesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ListCompaniesResponse__Output>): grpc.ClientUnaryCall;
  listCompanies(argument: _postern_v1_ListCompaniesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_ListCompaniesResponse__Output>): grpc.ClientUnaryCall;
  listCompanies(argument: _postern_v1_ListCompaniesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ListCompaniesResponse__Output>): grpc.ClientUnaryCall;
  listCompanies(argument: _postern_v1_ListCompaniesRequest, callback: grpc.requestCallback<_postern_v1_ListCompaniesResponse__Output>): grpc.ClientUnaryCall;
  
  ReactivateCompany(argument: _postern_v1_ReactivateCompanyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ReactivateCompanyResponse__Output>): grpc.ClientUnaryCall;
  ReactivateCompany(argument: _postern_v1_ReactivateCompanyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_ReactivateCompanyResponse__Output>): grpc.ClientUnaryCall;
  ReactivateCompany(argument: _postern_v1_ReactivateCompanyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ReactivateCompanyResponse__Output>): grpc.ClientUnaryCall;
  ReactivateCompany(argument: _postern_v1_ReactivateCompanyRequest, callback: grpc.requestCallback<_postern_v1_ReactivateCompanyResponse__Output>): grpc.ClientUnaryCall;
  reactivateCompany(argument: _postern_v1_ReactivateCompanyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ReactivateCompanyResponse__Output>): grpc.ClientUnaryCall;
  reactivateCompany(argument: _postern_v1_ReactivateCompanyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_ReactivateCompanyResponse__Output>): grpc.ClientUnaryCall;
  reactivateCompany(argument: _postern_v1_ReactivateCompanyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_ReactivateCompanyResponse__Output>): grpc.ClientUnaryCall;
  reactivateCompany(argument: _postern_v1_ReactivateCompanyRequest, callback: grpc.requestCallback<_postern_v1_ReactivateCompanyResponse__Output>): grpc.ClientUnaryCall;
  
  SuspendCompany(argument: _postern_v1_SuspendCompanyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_SuspendCompanyResponse__Output>): grpc.ClientUnaryCall;
  SuspendCompany(argument: _postern_v1_SuspendCompanyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_SuspendCompanyResponse__Output>): grpc.ClientUnaryCall;
  SuspendCompany(argument: _postern_v1_SuspendCompanyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_SuspendCompanyResponse__Output>): grpc.ClientUnaryCall;
  SuspendCompany(argument: _postern_v1_SuspendCompanyRequest, callback: grpc.requestCallback<_postern_v1_SuspendCompanyResponse__Output>): grpc.ClientUnaryCall;
  suspendCompany(argument: _postern_v1_SuspendCompanyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_SuspendCompanyResponse__Output>): grpc.ClientUnaryCall;
  suspendCompany(argument: _postern_v1_SuspendCompanyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_SuspendCompanyResponse__Output>): grpc.ClientUnaryCall;
  suspendCompany(argument: _postern_v1_SuspendCompanyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_SuspendCompanyResponse__Output>): grpc.ClientUnaryCall;
  suspendCompany(argument: _postern_v1_SuspendCompanyRequest, callback: grpc.requestCallback<_postern_v1_SuspendCompanyResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface CompanyServiceHandlers extends grpc.UntypedServiceImplementation {
  CreateCompany: grpc.handleUnaryCall<_postern_v1_CreateCompanyRequest__Output, _postern_v1_CreateCompanyResponse>;
  
  GetCompany: grpc.handleUnaryCall<_postern_v1_GetCompanyRequest__Output, _postern_v1_GetCompanyResponse>;
  
  ListCompanies: grpc.handleUnaryCall<_postern_v1_ListCompaniesRequest__Output, _postern_v1_ListCompaniesResponse>;
  
  ReactivateCompany: grpc.handleUnaryCall<_postern_v1_ReactivateCompanyRequest__Output, _postern_v1_ReactivateCompanyResponse>;
  
  SuspendCompany: grpc.handleUnaryCall<_postern_v1_SuspendCompanyRequest__Output, _postern_v1_SuspendCompanyResponse>;
  
}

export interface CompanyServiceDefinition extends grpc.ServiceDefinition {
  CreateCompany: MethodDefinition<_postern_v1_CreateCompanyRequest, _postern_v1_CreateCompanyResponse, _postern_v1_CreateCompanyRequest__Output, _postern_v1_CreateCompanyResponse__Output>
  GetCompany: MethodDefinition<_postern_v1_GetCompanyRequest, _postern_v1_GetCompanyResponse, _postern_v1_GetCompanyRequest__Output, _postern_v1_GetCompanyResponse__Output>
  ListCompanies: MethodDefinition<_postern_v1_ListCompaniesRequest, _postern_v1_ListCompaniesResponse, _postern_v1_ListCompaniesRequest__Output, _postern_v1_ListCompaniesResponse__Output>
  ReactivateCompany: MethodDefinition<_postern_v1_ReactivateCompanyRequest, _postern_v1_ReactivateCompanyResponse, _postern_v1_ReactivateCompanyRequest__Output, _postern_v1_ReactivateCompanyResponse__Output>
  SuspendCompany: MethodDefinition<_postern_v1_SuspendCompanyRequest, _postern_v1_SuspendCompanyResponse, _postern_v1_SuspendCompanyRequest__Output, _postern_v1_SuspendCompanyResponse__Output>
}
