// Original file: proto/postern/v1/policy.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetPolicyStatusRequest as _postern_v1_GetPolicyStatusRequest, GetPolicyStatusRequest__Output as _postern_v1_GetPolicyStatusRequest__Output } from '../../postern/v1/GetPolicyStatusRequest.ts';
import type { GetPolicyStatusResponse as _postern_v1_GetPolicyStatusResponse, GetPolicyStatusResponse__Output as _postern_v1_GetPolicyStatusResponse__Output } from '../../postern/v1/GetPolicyStatusResponse.ts';

export interface PolicyServiceClient extends grpc.Client {
  GetPolicyStatus(argument: _postern_v1_GetPolicyStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetPolicyStatusResponse__Output>): grpc.ClientUnaryCall;
  GetPolicyStatus(argument: _postern_v1_GetPolicyStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_GetPolicyStatusResponse__Output>): grpc.ClientUnaryCall;
  GetPolicyStatus(argument: _postern_v1_GetPolicyStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetPolicyStatusResponse__Output>): grpc.ClientUnaryCall;
  GetPolicyStatus(argument: _postern_v1_GetPolicyStatusRequest, callback: grpc.requestCallback<_postern_v1_GetPolicyStatusResponse__Output>): grpc.ClientUnaryCall;
  getPolicyStatus(argument: _postern_v1_GetPolicyStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetPolicyStatusResponse__Output>): grpc.ClientUnaryCall;
  getPolicyStatus(argument: _postern_v1_GetPolicyStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_postern_v1_GetPolicyStatusResponse__Output>): grpc.ClientUnaryCall;
  getPolicyStatus(argument: _postern_v1_GetPolicyStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_postern_v1_GetPolicyStatusResponse__Output>): grpc.ClientUnaryCall;
  getPolicyStatus(argument: _postern_v1_GetPolicyStatusRequest, callback: grpc.requestCallback<_postern_v1_GetPolicyStatusResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface PolicyServiceHandlers extends grpc.UntypedServiceImplementation {
  GetPolicyStatus: grpc.handleUnaryCall<_postern_v1_GetPolicyStatusRequest__Output, _postern_v1_GetPolicyStatusResponse>;
  
}

export interface PolicyServiceDefinition extends grpc.ServiceDefinition {
  GetPolicyStatus: MethodDefinition<_postern_v1_GetPolicyStatusRequest, _postern_v1_GetPolicyStatusResponse, _postern_v1_GetPolicyStatusRequest__Output, _postern_v1_GetPolicyStatusResponse__Output>
}
